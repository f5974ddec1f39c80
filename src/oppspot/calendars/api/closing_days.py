"""Closing days of the organisation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, UploadFile

from oppspot.calendars.api.parts import (
    FILE_EXAMPLE,
    FILE_REFUSALS,
    CalendarFile,
    TeamReader,
    TeamWriter,
    calendar_file,
    content_of,
)
from oppspot.calendars.entries import FIRST_DAY, LAST_DAY
from oppspot.calendars.organisation import Closing
from oppspot.calendars.queries.settings import get_closing_day, list_closing_days
from oppspot.calendars.schemas import ClosingDayAnswer, ClosingDayBody, Day, ImportedAnswer
from oppspot.calendars.services.closing_days import add_closing_day, remove_closing_day
from oppspot.calendars.services.files import export_closing_days, import_closing_days_file
from oppspot.core.clock import utc_now
from oppspot.web import problems
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, transaction_of

router = APIRouter()


@router.get("/closing-days", summary="List closing days", responses=REFUSALS)
async def list_days(
    request: Request,
    actor: TeamReader,
    first: Annotated[Day | None, Query()] = None,
    last: Annotated[Day | None, Query()] = None,
) -> list[ClosingDayAnswer]:
    """Return the days on which the organisation is closed, or works although it is a holiday."""
    async with transaction_of(request, actor) as tx:
        found = await list_closing_days(tx, first or FIRST_DAY, last or LAST_DAY)
    return [ClosingDayAnswer.model_validate(day) for day in found]


@router.post(
    "/closing-days", status_code=201, summary="Add a closing day", responses=REFUSALS | problems.responses(409)
)
async def add_day(request: Request, actor: TeamWriter, body: ClosingDayBody) -> ClosingDayAnswer:
    """Close on a day, or work on a holiday; 409 when something is said of that day already."""
    async with transaction_of(request, actor) as tx:
        day_id = await add_closing_day(tx, actor, Closing(body.day, body.name, body.works), utc_now())
        return ClosingDayAnswer.model_validate(await get_closing_day(tx, day_id))


@router.delete(
    "/closing-days/{closing_day_id}", status_code=204, summary="Remove a closing day", responses=REFUSALS_OF_ONE
)
async def remove_day(request: Request, actor: TeamWriter, closing_day_id: UUID) -> None:
    """Take back what is said of a day."""
    async with transaction_of(request, actor) as tx:
        await remove_closing_day(tx, actor, closing_day_id, utc_now())


@router.post(
    "/closing-days/files",
    summary="Send a calendar file of closing days",
    responses=FILE_REFUSALS,
    openapi_extra=FILE_EXAMPLE,
)
async def send_days(request: Request, actor: TeamWriter, file: UploadFile) -> ImportedAnswer:
    """Close on every whole day of an .ics file, from a month ago to two years ahead."""
    content = await content_of(file)
    async with transaction_of(request, actor) as tx:
        return ImportedAnswer.of(await import_closing_days_file(tx, actor, content, utc_now()))


@router.get(
    "/closing-days.ics",
    summary="Take out closing days as a calendar file",
    responses=REFUSALS,
    response_class=CalendarFile,
)
async def take_days(request: Request, actor: TeamReader) -> CalendarFile:
    """Return an .ics file."""
    async with transaction_of(request, actor) as tx:
        return calendar_file(await export_closing_days(tx, utc_now()), "closing-days")
