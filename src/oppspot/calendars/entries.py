"""What people enter: hours, closing days, absences; and what is wrong with them. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.accounts import holiday_places, working_hours
from oppspot.accounts.rep_settings import is_time_zone
from oppspot.core.errors import FieldProblem

LONGEST_ABSENCE: Final = timedelta(days=731)
LONGEST_NAME: Final = 200
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """What is said of the organisation or a team; `hours` as `{"mon": [["09:00", "17:30"]]}`."""

    hours: dict[str, Any] = field(default_factory=dict)
    time_zone: str | None = None
    country: str | None = None
    subdivision: str | None = None


@dataclass(frozen=True, slots=True)
class AbsenceEntry:
    """A time off; whole days are the days of `time_zone`, their `end` is midnight after the last."""

    rep_id: UUID
    start: datetime
    end: datetime
    all_day: bool
    time_zone: str
    reason: str = ""
    cover_id: UUID | None = None


def days_off(rep_id: UUID, first: date, last: date, zone: str, reason: str, cover_id: UUID | None) -> AbsenceEntry:
    """Return the entry for whole days, the last one included."""
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    return AbsenceEntry(rep_id, start, end, all_day=True, time_zone=zone, reason=reason, cover_id=cover_id)


def midnight(day: date, zone: str) -> datetime:
    """Return when a day begins by a wall clock."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def hours_problems(entry: HoursEntry) -> list[FieldProblem]:
    """Return everything wrong with hours; empty when nothing is."""
    found = [
        FieldProblem(problem.path.replace("working_hours", "hours"), problem.message, problem.accepted)
        for problem in working_hours.problems_of(entry.hours)
    ]
    if entry.time_zone is not None and not is_time_zone(entry.time_zone):
        found.append(FieldProblem("time_zone", "is not a time zone", "an IANA name such as Europe/London, or none"))
    if entry.country is not None and not holiday_places.is_country(entry.country):
        found.append(FieldProblem("country", "is not a country whose holidays we know", "a code such as GB, or none"))
    elif entry.subdivision is not None and entry.subdivision not in holiday_places.parts_of(entry.country or ""):
        accepted = ", ".join(holiday_places.parts_of(entry.country or "")) or "none"
        found.append(FieldProblem("subdivision", "has no holidays of its own that we know", accepted))
    return found


def absence_problems(entry: AbsenceEntry) -> list[FieldProblem]:
    """Return everything wrong with an absence; empty when nothing is."""
    found = []
    if entry.end <= entry.start:
        found.append(FieldProblem("end", "is not after the beginning", "a later day or time"))
    elif entry.end - entry.start > LONGEST_ABSENCE:
        found.append(FieldProblem("end", f"is more than {LONGEST_ABSENCE.days} days after the beginning", "two years"))
    if not FIRST_DAY <= entry.start.date() <= LAST_DAY:
        found.append(FieldProblem("start", "is too far away", f"from {FIRST_DAY.year} to {LAST_DAY.year}"))
    if entry.cover_id == entry.rep_id:
        found.append(FieldProblem("cover_id", "is the person who is away", "a colleague, or nobody"))
    if len(entry.reason) > LONGEST_NAME:
        found.append(FieldProblem("reason", "is too long", f"{LONGEST_NAME} characters at most"))
    return found
