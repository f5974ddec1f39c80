"""Everybody who had a lead: from when to when, how it came to them, how it ended, and how they kept its clocks."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.leads.pages import wording
from oppspot.leads.queries.details import get_lead
from oppspot.routing.pages import clock_words
from oppspot.routing.pages.outcome_words import SIGNS
from oppspot.routing.queries.assignment_history import list_assignments
from oppspot.routing.queries.clocks import LeadClock
from oppspot.routing.queries.decision_list import DecisionFilter, list_decisions
from oppspot.web import render
from oppspot.web.parameters import transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_MOST_DECISIONS: Final = 20
# How somebody's time with a lead ended, or how it stands.
ENDINGS: Final = {
    "assigned": ("Not accepted yet", "accent"),
    "accepted": ("Accepted", "accent"),
    "working": ("Working on it", "accent"),
    "completed": ("Completed", "good"),
    "reassigned": ("Went to somebody else", "neutral"),
    "rejected": ("Handed back", "warn"),
    "withdrawn": ("Taken back", "neutral"),
}


@router.get("/leads/{lead_id}/assignments", response_class=HTMLResponse)
async def show_assignments(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show who had a lead, the last first, and the decisions about it."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        assignments, clocks = await list_assignments(tx, actor.org_id, lead_id)
        about = DecisionFilter(lead_id=lead_id)
        decisions = await list_decisions(tx, actor.org_id, about, limit=_MOST_DECISIONS)
    context = {
        "whole": whole,
        "rows": [(each, _judged(clocks.get(each.id, []), now)) for each in assignments],
        "unheld": _judged(clocks.get(None, []), now),
        "decisions": decisions,
        "endings": ENDINGS,
        "now": now,
        "signs": SIGNS,
        "clock_words": clock_words,
        "wording": wording,
    }
    return render(request, "routing/assignments.html", context, block="assignments")


def _judged(clocks: list[LeadClock], now: datetime) -> list[tuple[LeadClock, Any]]:
    return [(clock, clock.verdict(now)) for clock in sorted(clocks, key=lambda clock: clock.started_at)]
