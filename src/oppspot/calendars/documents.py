"""Writes a calendar as JSON and reads it again, so that a stored decision can be taken again. Pure.

What is as in ALWAYS_OPEN is left out: `{}` is around the clock.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from oppspot.calendars.types import EVERY_MINUTE, Absence, Calendar

Document = dict[str, Any]


def to_document(calendar: Calendar) -> Document:
    """Return the calendar as JSON: `{"zone", "week": [[[540, 1020]], …], "holidays": {day: name}, "absences"}`."""
    document: Document = {}
    if calendar.zone != "UTC":
        document["zone"] = calendar.zone
    if calendar.week != EVERY_MINUTE:
        document["week"] = [[list(block) for block in blocks] for blocks in calendar.week]
    if calendar.holidays:
        document["holidays"] = {day.isoformat(): name for day, name in sorted(calendar.holidays.items())}
    if calendar.absences:
        document["absences"] = [_absence(absence) for absence in calendar.absences]
    return document


def from_document(document: Mapping[str, Any]) -> Calendar:
    """Return the calendar that `to_document` wrote; equal to it."""
    week = document.get("week")
    return Calendar(
        week=EVERY_MINUTE if week is None else tuple(tuple((first, last) for first, last in day) for day in week),
        zone=document.get("zone", "UTC"),
        holidays={date.fromisoformat(day): name for day, name in document.get("holidays", {}).items()},
        absences=tuple(
            Absence(datetime.fromisoformat(start), datetime.fromisoformat(end), *reason)
            for start, end, *reason in document.get("absences", ())
        ),
    )


def around(calendar: Calendar, start: datetime, end: datetime) -> Calendar:
    """Return the calendar with only those holidays and absences that matter from `start` to `end`."""
    # A wall clock is never more than a day from UTC.
    day = timedelta(days=1)
    first, last = (start.astimezone(UTC) - day).date(), (end.astimezone(UTC) + day).date()
    return Calendar(
        week=calendar.week,
        zone=calendar.zone,
        holidays={day: name for day, name in calendar.holidays.items() if first <= day <= last},
        absences=tuple(absence for absence in calendar.absences if absence.start < end and absence.end > start),
    )


def _absence(absence: Absence) -> list[str]:
    times = [moment.astimezone(UTC).isoformat() for moment in (absence.start, absence.end)]
    return [*times, absence.reason] if absence.reason else times
