"""When a person works, and their absences as calendar files."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, UploadFile
from pydantic import AwareDatetime

from oppspot.accounts.queries.people import get_user
from oppspot.calendars.api.parts import (
    FILE_EXAMPLE,
    FILE_REFUSALS,
    Anybody,
    CalendarFile,
    TeamReader,
    calendar_file,
    content_of,
)
from oppspot.calendars.business_time import intervals, is_open, next_open
from oppspot.calendars.organisation import OrgCalendars
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.schemas import HolidayAnswer, ImportedAnswer, OpenStretch, PersonCalendarAnswer
from oppspot.calendars.services.files import export_absences, import_absences_file
from oppspot.core.clock import utc_now
from oppspot.core.errors import invalid
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/people/{user_id}")
_LONGEST: Final = timedelta(days=100)
_USUAL: Final = timedelta(days=14)
_FURTHEST: Final = timedelta(days=300)


@router.get("", summary="Read when a person works", responses=REFUSALS_OF_ONE)
async def read_person(
    request: Request,
    actor: TeamReader,
    user_id: UUID,
    start: Annotated[AwareDatetime | None, Query(description="Now, where left out.")] = None,
    end: Annotated[AwareDatetime | None, Query(description="14 days after the start, where left out.")] = None,
) -> PersonCalendarAnswer:
    """Return the working time of a person, hours, holidays and absences together, for up to 100 days."""
    now = utc_now()
    begins = (start or now).astimezone(UTC)
    if not abs(begins - now) <= _FURTHEST:
        raise invalid("query.start", "is too far away", f"within {_FURTHEST.days} days of now")
    ends = begins + _USUAL if end is None else end.astimezone(UTC)
    if not timedelta() <= ends - begins <= _LONGEST:
        raise invalid("query.end", "is before the start or too far after it", f"up to {_LONGEST.days} days later")
    async with transaction_of(request, actor) as tx:
        await get_user(tx, user_id)
        calendars = await load_calendars(tx, actor.org_id, now, since=min(begins, now))
    return _answer(calendars, user_id, now, begins, ends)


def _answer(
    calendars: OrgCalendars, user_id: UUID, now: datetime, start: datetime, end: datetime
) -> PersonCalendarAnswer:
    found = calendars.composed(user_id)
    calendar = found.calendar
    holidays = {day: name for day, name in calendar.holidays.items() if start.date() <= day <= end.date()}
    return PersonCalendarAnswer(
        time_zone=calendar.zone,
        hours_from=found.hours_from,
        holidays_from=found.holidays_from,
        country=found.country,
        subdivision=found.subdivision,
        open_now=is_open([calendar], now),
        next_open=next_open([calendar], now),
        absent_until=calendars.absent_until(user_id, now),
        covered_by=calendars.cover_of(user_id, now),
        open=[OpenStretch(start=opens, end=closes) for opens, closes in intervals([calendar], start, end)],
        holidays=[HolidayAnswer(day=day, name=name) for day, name in holidays.items()],
    )


@router.post(
    "/absences/files",
    summary="Send a calendar file of a person's absences",
    responses=FILE_REFUSALS,
    openapi_extra=FILE_EXAMPLE,
)
async def send_absences(request: Request, actor: Anybody, user_id: UUID, file: UploadFile) -> ImportedAnswer:
    """Enter what an .ics file says, from a month ago to two years ahead, as often as it is sent."""
    content = await content_of(file)
    async with transaction_of(request, actor) as tx:
        return ImportedAnswer.of(await import_absences_file(tx, actor, user_id, content, utc_now()))


@router.get(
    "/absences.ics",
    summary="Take out a person's absences as a calendar file",
    responses=REFUSALS_OF_ONE,
    response_class=CalendarFile,
)
async def take_absences(request: Request, actor: TeamReader, user_id: UUID) -> CalendarFile:
    """Return an .ics file; reasons are in it for the person and for managers."""
    async with transaction_of(request, actor) as tx:
        return calendar_file(await export_absences(tx, actor, user_id, utc_now()), "absences")
