"""One lead: who, company, score with reasons, scorecard, owner and why, clock, timeline, notes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.leads.pages import wording
from oppspot.leads.pages.custom_fields import shown_attributes
from oppspot.leads.pages.happenings import tell
from oppspot.leads.pages.next_step import next_step
from oppspot.leads.queries.details import get_lead, list_notes, list_timeline
from oppspot.leads.services.attributes import list_definitions
from oppspot.qualification.pages.card import get_card, shown_card
from oppspot.routing.pages.lead_clocks import get_lead_clocks
from oppspot.routing.queries.takers import find_taker
from oppspot.scoring.pages.reasons import missing, summary
from oppspot.scoring.queries.history import find_score
from oppspot.web import render

router = APIRouter()
LeadReader = Annotated[Actor, Depends(needs("leads.read"))]
_MOST_PEOPLE = 500


@router.get("/leads/{lead_id}", response_class=HTMLResponse)
async def show_lead(request: Request, actor: LeadReader, lead_id: UUID) -> HTMLResponse:
    """Show everything about one lead."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor, lead_id, request.query_params.get("before"), utc_now())
    return render(request, "leads/lead.html", context, block="lead")


async def _context(
    tx: Transaction, actor: Actor, lead_id: UUID, before: str | None, now: datetime
) -> Mapping[str, Any]:
    whole = await get_lead(tx, actor.org_id, lead_id)
    stored = await find_score(tx, actor.org_id, lead_id)
    timeline = await list_timeline(tx, actor.org_id, lead_id, limit=30, cursor=before)
    people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    names = {str(person.user.id): person.user.name for person in people}
    card = await get_card(tx, actor, whole)
    is_own = whole.assignment is not None and whole.assignment.rep_id == actor.user_id
    taker = await find_taker(tx, actor.org_id, actor.user_id, now) if whole.lies_in_queue else None
    clocks = await get_lead_clocks(tx, actor, whole, now)
    can_take = taker is not None and actor.can("leads.work")
    return {
        "whole": whole,
        "lead": whole.lead,
        "contact": whole.contact,
        "company": whole.company,
        "assignment": whole.assignment,
        "owner_name": names.get(str(whole.lead.owner_id)),
        "is_own": is_own,
        "next_step": next_step(whole, card, clocks["first_touch"], clocks["touches"], is_own=is_own, can_take=can_take),
        "score": stored.score if stored else None,
        "score_summary": summary(stored.score) if stored else [],
        "attributes": await _attributes(tx, actor, whole.lead.attributes),
        "missing": missing(stored.score)[:3] if stored else [],
        "notes": await list_notes(tx, actor.org_id, lead_id),
        "happenings": [tell(event, names) for event in timeline.items],
        "older": timeline.next_cursor,
        "reps": _reps(people),
        "taker": taker,
        "wording": wording,
        **shown_card(card),
        **clocks,
        "on_lead": True,
    }


async def _attributes(tx: Transaction, actor: Actor, held: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return shown_attributes(held, await list_definitions(tx, actor.org_id)) if held else []


def _reps(people: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(person.user.id), person.user.name) for person in people if person.profile and person.user.active]
