"""Absences: people enter their own, managers everybody's."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from oppspot.calendars.api.parts import Anybody, TeamReader
from oppspot.calendars.queries.absences import get_absence, list_absences
from oppspot.calendars.reading_bodies import entry_of_body
from oppspot.calendars.schemas import AbsenceAnswer, AbsenceBody, NewAbsenceBody
from oppspot.calendars.services import absences
from oppspot.calendars.services.absences import may_see_reasons
from oppspot.calendars.services.files import zone_of_person
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import invalid
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, transaction_of

router = APIRouter()
_USUAL = timedelta(days=92)


@router.get("/absences", summary="List absences", responses=REFUSALS)
async def list_all(
    request: Request,
    actor: TeamReader,
    user_id: Annotated[UUID | None, Query(description="Of one person; left out: of all.")] = None,
    start: Annotated[AwareDatetime | None, Query(description="Now, where left out.")] = None,
    end: Annotated[AwareDatetime | None, Query(description="92 days after the start, where left out.")] = None,
) -> list[AbsenceAnswer]:
    """Return the absences that touch a stretch of time, 2,000 at most, by beginning."""
    begins = start or utc_now()
    ends = end or min(begins, utc_now() + timedelta(days=50_000)) + _USUAL
    async with transaction_of(request, actor) as tx:
        found = await list_absences(tx, begins, ends, rep_id=user_id)
    return [AbsenceAnswer.of(one, with_reason=may_see_reasons(actor, one.rep_id)) for one in found]


@router.post("/absences", status_code=201, summary="Enter an absence", responses=REFUSALS_OF_ONE)
async def enter(request: Request, actor: Anybody, body: NewAbsenceBody) -> AbsenceAnswer:
    """Enter a time off: one's own, or with `team.write` anybody's."""
    rep_id = body.user_id or actor.user_id
    if rep_id is None:
        raise invalid("user_id", "is missing", "whose absence it is: a key has none of its own")
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        entry = entry_of_body(body, rep_id, await zone_of_person(tx, actor, rep_id, now))
        return await _answer(tx, actor, await absences.enter_absence(tx, actor, entry, now))


@router.put("/absences/{absence_id}", summary="Change an absence", responses=REFUSALS_OF_ONE)
async def change(request: Request, actor: Anybody, absence_id: UUID, body: AbsenceBody) -> AbsenceAnswer:
    """Make a time off what the body says; it stays the same person's."""
    async with transaction_of(request, actor) as tx:
        absence = await get_absence(tx, absence_id)
        entry = entry_of_body(body, absence.rep_id, absence.time_zone)
        await absences.change_absence(tx, actor, absence_id, entry, utc_now())
        return await _answer(tx, actor, absence_id)


@router.delete("/absences/{absence_id}", status_code=204, summary="Remove an absence", responses=REFUSALS_OF_ONE)
async def remove(request: Request, actor: Anybody, absence_id: UUID) -> None:
    """Remove a time off."""
    async with transaction_of(request, actor) as tx:
        await absences.remove_absence(tx, actor, absence_id, utc_now())


async def _answer(tx: Transaction, actor: Actor, absence_id: UUID) -> AbsenceAnswer:
    absence = await get_absence(tx, absence_id)
    return AbsenceAnswer.of(absence, with_reason=may_see_reasons(actor, absence.rep_id))
