"""How whoever reads the desk stands: whether new leads come, and when theirs is next; pausing is done here."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import CurrentReader, needs
from oppspot.accounts.services.reps import update_rep_profile
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.core.text_shapes import STORABLE
from oppspot.routing import ledger_words
from oppspot.routing.pages.outcome_words import PRESENCES
from oppspot.routing.queries.ledgers import open_books
from oppspot.routing.queries.standing import find_pause
from oppspot.routing.rep_states import state_of
from oppspot.web import Flash, redirect
from oppspot.web.forms import read_form
from oppspot.web.parameters import transaction_of

router = APIRouter()
Worker = Annotated[Actor, Depends(needs("leads.work"))]
PAUSES: Final = (("hour", "For an hour"), ("day", "Until tomorrow"), ("open", "Until I end it"))
_DESK: Final = "/inbox"


async def get_own_standing(tx: Transaction, actor: Actor, now: datetime) -> Mapping[str, Any] | None:
    """Return how the reader stands; None for who takes no leads."""
    works = actor.user_id if actor.can("leads.work") else None
    pause = await find_pause(tx, actor.org_id, works) if works else None
    if pause is None:
        return None
    books = await open_books(tx, actor.org_id, now)
    rep = next(each for each in books.reps if each.id == actor.user_id)
    mine = [(pool, member) for pool in books.pools if pool.in_use and (member := pool.member(rep.id))]
    return {
        "rep": rep,
        "state": state_of(rep, now, books.calendars.absent_until(rep.id, now), pause.until),
        "reason": pause.reason,
        "mine": mine,
        "words": ledger_words,
        "presences": PRESENCES,
        "pauses": PAUSES,
    }


class PauseForm(BaseModel):
    """For how long somebody wants no new leads, and why."""

    model_config = ConfigDict(extra="forbid")

    span: Literal["hour", "day", "open"]
    reason: Annotated[str, Field(max_length=200, pattern=STORABLE)] = ""


@router.post("/inbox/pause")
async def pause(request: Request, actor: Worker, reader: CurrentReader) -> Response:
    """Let no new leads come for a while."""
    form = await read_form(request, PauseForm)
    if form.body is None:
        return redirect(request, _DESK, Flash(next(iter(form.errors.values())), "problem"))
    now = utc_now()
    until = _until(form.body.span, now, ZoneInfo(reader.time_zone))
    changes = {"available": False, "paused_until": until, "pause_reason": form.body.reason}
    return await _change(request, actor, reader.user_id, changes, "Paused: no new leads come to you.")


@router.post("/inbox/resume")
async def resume(request: Request, actor: Worker, reader: CurrentReader) -> Response:
    """Let new leads come again."""
    return await _change(request, actor, reader.user_id, {"available": True}, "New leads come to you again.")


async def _change(request: Request, actor: Actor, user_id: Any, changes: dict[str, Any], said: str) -> Response:
    try:
        async with transaction_of(request, actor) as tx:
            await update_rep_profile(tx, actor, user_id, changes, utc_now())
    except Invalid as error:
        return redirect(request, _DESK, Flash(error.detail, "problem"))
    return redirect(request, _DESK, Flash(said))


def _until(span: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    if span == "hour":
        return now + timedelta(hours=1)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone) if span == "day" else None
