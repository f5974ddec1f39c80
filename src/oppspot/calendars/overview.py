"""Who is off when, day by day and month by month. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from oppspot.calendars.business_time import elapsed
from oppspot.calendars.entries import midnight
from oppspot.calendars.types import Absence, Calendar

Kind = Literal["works", "off", "holiday", "away", "part"]
_DAY = timedelta(days=1)
_KINDS = {
    "works": "works",
    "off": "does not work on this day of the week",
    "away": "away",
    "part": "away for a part of the day",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's one day, and why it is so in words."""

    day: date
    kind: Kind
    words: str


def days_between(first: date, last: date) -> list[date]:
    """Return the days from the first to the last."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def cells_of(calendar: Calendar, days: Sequence[date]) -> list[Cell]:
    """Return a person's days."""
    away = away_days(calendar, days[0], days[-1])
    return [_cell(calendar, day, away.get(day)) for day in days]


def _cell(calendar: Calendar, day: date, kind: Kind | None) -> Cell:
    if kind is not None:
        return Cell(day, kind, _KINDS[kind])
    if day in calendar.holidays:
        return Cell(day, "holiday", calendar.holidays[day])
    plain: Kind = "works" if calendar.week[day.weekday()] else "off"
    return Cell(day, plain, _KINDS[plain])


def away_days(calendar: Calendar, first: date, last: date) -> dict[date, Kind]:
    """Return the days on which a person would work and is away, wholly or for a part."""
    here = replace(calendar, absences=())
    touched = {day for absence in calendar.absences for day in _days_of(absence, calendar.zone, first, last)}
    found: dict[date, Kind] = {}
    for day in sorted(touched):
        start, end = midnight(day, calendar.zone), midnight(day + _DAY, calendar.zone)
        usual, left = elapsed([here], start, end), elapsed([calendar], start, end)
        if left < usual:
            found[day] = "part" if left else "away"
    return found


def _days_of(absence: Absence, zone: str, first: date, last: date) -> Iterator[date]:
    local = ZoneInfo(zone)
    day, until = max(absence.start.astimezone(local).date(), first), min(absence.end.astimezone(local).date(), last)
    while day <= until:
        yield day
        day += _DAY


def months_away(calendar: Calendar, year: int) -> list[float]:
    """Return how many working days a person is away in each month of a year; a part of a day counts half."""
    counts = [0.0] * 12
    for day, kind in away_days(calendar, date(year, 1, 1), date(year, 12, 31)).items():
        counts[day.month - 1] += 1 if kind == "away" else 0.5
    return counts


def away_by_day(rows: Iterable[Sequence[Cell]]) -> list[int]:
    """Return how many people are away on each day of a grid."""
    return [sum(cell.kind in ("away", "part") for cell in column) for column in zip(*rows, strict=True)]
