"""What people decide against a framework: a verdict, a score or both, with reason and expiry; and its history."""

from datetime import date, datetime, time, tzinfo
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid, NotFound
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import STORABLE
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.models import OverrideRecord
from oppspot.qualification.pages.card import Card, get_card
from oppspot.qualification.pages.words import shown_status, verdict_tone
from oppspot.qualification.queries.past import list_overrides
from oppspot.qualification.services.overriding import override_verdict, withdraw_override
from oppspot.web import Flash, redirect, render
from oppspot.web.flashes import Undo
from oppspot.web.forms import BLANK_IS_NONE, Form, blank, read_form
from oppspot.web.shell import zone_of

router = APIRouter(prefix="/leads/{lead_id}/qualification/{framework}/override")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_PAGE: Final = "qualification/override.html"
_END_OF_DAY: Final = time(23, 59)


class OverrideForm(BaseModel):
    """The form of an override; fields left empty decide nothing."""

    model_config = ConfigDict(extra="ignore")

    status: Annotated[str | None, BLANK_IS_NONE, Field(max_length=60)] = None
    overall_score: Annotated[int | None, BLANK_IS_NONE, Field(ge=0, le=100)] = None
    reason: Annotated[str, Field(max_length=2_000, pattern=STORABLE)] = ""
    expires_on: Annotated[date | None, BLANK_IS_NONE] = None


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID, framework: str) -> HTMLResponse:
    """Show what the machine says, what people decided, and the form to decide otherwise."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, history = await _loaded(tx, actor, lead_id, framework)
    return render(request, _PAGE, _context(card, history, blank()), block="drawer")


@router.post("")
async def override(request: Request, actor: Writer, lead_id: UUID, framework: str) -> Response:
    """Put a verdict, a score or both beside the machine's."""
    form = await read_form(request, OverrideForm)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, history = await _loaded(tx, actor, lead_id, framework)
        if form.body is not None:
            form = await _save(tx, actor, card, form, form.body, zone_of(request))
    if form.body is None:
        return render(request, _PAGE, _context(card, history, form), block="drawer", status=422)
    undo = Undo(f"{card.home}/override/{history[0].id}/restore" if card.override else f"{card.home}/override/withdraw")
    return redirect(request, card.home, Flash("Kept beside what the machine says.", undo=undo))


@router.post("/withdraw")
async def withdraw(request: Request, actor: Writer, lead_id: UUID, framework: str) -> Response:
    """Let what the machine says count again."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, history = await _loaded(tx, actor, lead_id, framework)
        if card.override is None:
            return redirect(request, card.home, Flash("There is nothing to take back.", "notice"))
        await withdraw_override(tx, actor, lead_id, framework, utc_now())
    undo = Undo(f"{card.home}/override/{history[0].id}/restore")
    return redirect(request, card.home, Flash("What the machine says counts again.", undo=undo))


@router.post("/{override_id}/restore")
async def restore(request: Request, actor: Writer, lead_id: UUID, framework: str, override_id: UUID) -> Response:
    """Decide again what was decided before, unless its time is over."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        card, history = await _loaded(tx, actor, lead_id, framework)
        former = next((item for item in history if item.id == override_id), None)
        if former is None or (former.status is None and former.overall_score is None):
            raise NotFound("There is no such override.")
        if former.expires_at is not None and former.expires_at <= utc_now():
            return redirect(request, card.home, Flash("Its time is over.", "problem"))
        await override_verdict(
            tx,
            actor,
            lead_id,
            framework,
            utc_now(),
            reason=former.reason,
            status=former.status,
            overall_score=former.overall_score,
            expires_at=former.expires_at,
        )
    return redirect(request, card.home, Flash("The override counts again."))


async def _save(
    tx: Transaction, actor: Actor, card: Card, form: Form[OverrideForm], body: OverrideForm, zone: tzinfo
) -> Form[OverrideForm]:
    expires_at = datetime.combine(body.expires_on, _END_OF_DAY, zone) if body.expires_on else None
    try:
        await override_verdict(
            tx,
            actor,
            card.whole.lead.id,
            card.framework.name,
            utc_now(),
            reason=body.reason,
            status=body.status,
            overall_score=body.overall_score,
            expires_at=expires_at,
        )
    except Invalid as error:
        refused = form.refused(error, "reason")
        errors = {("expires_on" if name == "expires_at" else name): text for name, text in refused.errors.items()}
        return Form(None, form.values, errors)
    return form


async def _loaded(tx: Transaction, actor: Actor, lead_id: UUID, framework: str) -> tuple[Card, list[OverrideRecord]]:
    card = await get_card(tx, actor, await get_lead(tx, actor.org_id, lead_id), framework)
    return card, await list_overrides(tx, actor.org_id, lead_id, framework)


def _context(card: Card, history: list[OverrideRecord], form: Form[Any]) -> dict[str, Any]:
    return {
        "card": card,
        "whole": card.whole,
        "framework": card.framework,
        "assessment": card.scorecard.assessment,
        "override": card.override,
        "history": history,
        "form": form,
        "verdicts": [(verdict.status, shown_status(verdict.status)) for verdict in card.framework.verdicts],
        "verdict_tone": lambda status: verdict_tone(card.framework, status),
        "shown_status": shown_status,
    }
