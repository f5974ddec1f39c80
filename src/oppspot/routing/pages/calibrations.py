"""Moving turns by hand: asked, shown, then done; and undone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.routing import ledger_words
from oppspot.routing.calibration import MOST_LEADS, Kind, LevelWith
from oppspot.routing.fairness import LEAD
from oppspot.routing.ledger_schemas import CalibrationBody
from oppspot.routing.policies import Reason
from oppspot.routing.queries.ledgers import get_pool
from oppspot.routing.services.calibrating import Plan, calibrate, plan_calibration, undo_calibration
from oppspot.routing.services.wishing import Missed, find_missed, read_wish
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, check_form, read_form

router = APIRouter()
Writer = Annotated[Actor, Depends(needs("routing.write"))]
KINDS = (
    (
        Kind.CATCH_UP.value,
        "Catch up",
        "They are owed so many leads more: the next turns come sooner, one after another.",
    ),
    (Kind.EVEN.value, "Even", "Owed nothing, ahead of nothing: as somebody who joins now."),
    (Kind.LEVEL.value, "Level with a colleague", "As the one who is owed most, or the one furthest ahead."),
)
LEVELS = (
    (LevelWith.MOST_OWED.value, "whoever is owed most"),
    (LevelWith.FURTHEST_AHEAD.value, "whoever is furthest ahead"),
)


class Confirmed(CalibrationBody):
    """The form under a preview: what was shown, with why."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    seen: Annotated[str, Field(max_length=64)]


@router.get("/routing/ledger/{pool}/calibrate", response_class=HTMLResponse)
async def ask_calibration(request: Request, actor: Writer, pool: str) -> HTMLResponse:
    """Ask whose turns are moved, and show what would come of it; writes nothing."""
    typed = dict(request.query_params)
    return await _ask(request, actor, pool, check_form(typed, CalibrationBody) if "kind" in typed else blank(typed))


@router.post("/routing/ledger/{pool}/calibrations")
async def make_calibration(request: Request, actor: Writer, pool: str) -> Response:
    """Carry out what was shown; where the ledger has moved since, show it again."""
    form = await read_form(request, Confirmed)
    if form.body is None:
        return await _ask(request, actor, pool, form)
    now, body = utc_now(), form.body
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            wish, _ = await read_wish(tx, actor.org_id, pool, body, now)
            await calibrate(tx, actor, pool, wish, body.reason, body.seen, now)
    except Invalid as error:
        return await _ask(request, actor, pool, form.refused(error, "leads"))
    except Conflict as error:
        return await _ask(request, actor, pool, Form(body, form.values), moved=error.detail)
    return redirect(request, f"/routing/ledger/{pool}", Flash("Calibrated. It stands in the ledger and can be undone."))


@router.post("/routing/ledger/{pool}/calibrations/{calibration_id}/undo")
async def take_back(request: Request, actor: Writer, pool: str, calibration_id: UUID) -> Response:
    """Make the opposite entry."""
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await undo_calibration(tx, actor, pool, calibration_id, utc_now())
    except Conflict as error:
        return redirect(request, f"/routing/ledger/{pool}", Flash(error.detail, "problem"))
    return redirect(request, f"/routing/ledger/{pool}", Flash("Undone by the opposite entry."))


async def _ask(request: Request, actor: Actor, address: str, form: Form[Any], moved: str | None = None) -> HTMLResponse:
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, pool = await get_pool(tx, actor.org_id, address, now)
        form, plan, missed = await _shown(tx, actor, address, form)
    context = {
        "pool": pool,
        "form": form,
        "plan": plan,
        "missed": missed,
        "moved": moved,
        "members": [(str(each.rep.id), each.rep.name) for each in pool.members if each.weight],
        "kinds": KINDS,
        "levels": LEVELS,
        "most": MOST_LEADS,
        "changes": _changes(plan) if plan else [],
        "words": ledger_words,
    }
    status = 409 if moved else 422 if form.errors and request.method == "POST" else 200
    return render(request, "routing/calibrate.html", context, block="calibrate", status=status)


async def _shown(
    tx: Transaction, actor: Actor, address: str, form: Form[Any]
) -> tuple[Form[Any], Plan | None, Missed | None]:
    """Return the form with what is wrong with it, and the preview where one can be shown."""
    if form.body is None:
        return form, None, await _suggested(tx, actor, address, form)
    try:
        wish, missed = await read_wish(tx, actor.org_id, address, form.body, utc_now())
        return form, await plan_calibration(tx, actor.org_id, address, wish, utc_now()), missed
    except Invalid as error:
        return form.refused(error, "leads"), None, None


async def _suggested(tx: Transaction, actor: Actor, address: str, form: Form[Any]) -> Missed | None:
    """Return what the person who is asked about missed in their last absence, to begin with."""
    try:
        body = CalibrationBody(rep_id=UUID(str(form.values.get("rep_id", ""))), kind=Kind.CATCH_UP)
    except ValueError:
        return None
    return await find_missed(tx, actor.org_id, address, body, utc_now())


def _changes(plan: Plan) -> list[tuple[str, float, float, int]]:
    """Return for each member their name, what they are owed before and after, and how many leads more they get."""
    extra = {each.rep.id: gain for each, gain in zip(plan.members, plan.shown.gains, strict=True)}
    return [
        (each.rep.name, each.owed, each.owed + plan.changes.get(each.rep.id, 0) / LEAD, extra.get(each.rep.id, 0))
        for each in plan.pool.members
        if each.weight
    ]
