"""What the pages of calendars share: who may, files that come and go, hours as they are typed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from oppspot.accounts import working_hours
from oppspot.accounts.access import CurrentActor, needs
from oppspot.accounts.pages.hours import read_hours
from oppspot.accounts.schemas.forms import HoursForm as TypedHours
from oppspot.calendars.entries import HoursEntry
from oppspot.calendars.ical.reading import MAX_FILE_BYTES
from oppspot.calendars.models import PersonalAbsence
from oppspot.calendars.schemas import HoursForm
from oppspot.calendars.services.absences import shown_days
from oppspot.calendars.services.closing_days import Imported
from oppspot.calendars.types import WEEKDAYS, Block
from oppspot.core.actor import Actor
from oppspot.core.errors import invalid
from oppspot.web import Flash

TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]
Anybody = CurrentActor
_AROUND: Final = 100_000


async def uploaded(request: Request) -> bytes:
    """Return the file of a form; raises Invalid when there is none."""
    async with request.form(max_files=1, max_fields=2, max_part_size=_AROUND) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise invalid("file", "is missing; choose one first")
        return await file.read(MAX_FILE_BYTES + 1)


def told(imported: Imported) -> list[Flash]:
    """Return what came of a file, and the first of what was left out."""
    notes = [Flash(note, "notice") for note in imported.notes[:2]]
    return [*notes, Flash(imported.sentence)]


def entry_of(form: HoursForm) -> HoursEntry:
    """Return hours as typed; raises Invalid naming each day that cannot be read."""
    typed: dict[str, Any] = {f"hours_{day}": text for day, text in form.days().items()}
    hours = read_hours(TypedHours(time_zone="UTC", **typed))
    return HoursEntry(hours, form.time_zone, form.country, form.subdivision)


def values_of(entry: HoursEntry) -> dict[str, Any]:
    """Return hours as the form shows them."""
    days = {f"hours_{day}": working_hours.write_day(entry.hours.get(day, [])) for day in working_hours.DAYS}
    return days | {
        "time_zone": entry.time_zone or "",
        "country": entry.country or "",
        "subdivision": entry.subdivision or "",
    }


def week_in_words(week: tuple[tuple[Block, ...], ...]) -> list[tuple[str, str]]:
    """Return the days of a week with their blocks in words."""
    return [(working_hours.DAYS[day], _blocks(blocks)) for day, blocks in zip(WEEKDAYS, week, strict=True)]


def _blocks(blocks: tuple[Block, ...]) -> str:
    if blocks == ((0, 1440),):
        return "all day"
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in blocks) or "off"  # noqa: RUF001 — a range


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def when_in_words(absence: PersonalAbsence) -> str:
    """Return when somebody is away, by the clock it was entered by: days, or days with times."""
    first, last = shown_days(absence)
    days = _day(first) if first == last else f"{_day(first)} – {_day(last)}"  # noqa: RUF001 — a range
    if absence.all_day:
        return days
    zone = ZoneInfo(absence.time_zone)
    starts, ends = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    if starts.date() == ends.date():
        return f"{days}, {starts:%H:%M}–{ends:%H:%M}"  # noqa: RUF001
    return f"{_day(starts)}, {starts:%H:%M} – {_day(ends)}, {ends:%H:%M}"  # noqa: RUF001


def clock_in_words(moment: datetime | None, zone: str) -> str | None:
    """Return a moment as a wall clock in a zone shows it."""
    if moment is None:
        return None
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {_day(local)}, {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def renamed(errors: Mapping[str, str]) -> dict[str, str]:
    """Return errors by the names that the fields have on the page."""
    return {name.replace("hours.", "hours_"): message for name, message in errors.items()}
