"""What routing needs to know of a rep, and when it makes sense; pure."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oppspot.accounts import holiday_places, period_limits, skills, working_hours
from oppspot.accounts.period_limits import PeriodLimit
from oppspot.core.errors import FieldProblem

MOST_OPEN: Final = 100_000
MOST_WEIGHT: Final = Decimal(1000)
MOST_TAGS: Final = 50
LONGEST_TAG: Final = 200
LONGEST_REASON: Final = 200


class Seniority(StrEnum):
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class RepSettings:
    """What routing knows of a rep.

    `max_open`: open leads at most, None for no limit; `limits`: leads given per period at most, all of them hold;
    `weight`: share of a pool, 1 is a full share; `skills`: levels 1 to 5 by name; `ramp_from`: the day their ramp
    begins, None for a full share; `country`, and a part of it: whose holidays are theirs, None for their team's.
    Who is not `available` is paused: until `paused_until`, or until somebody ends it.
    """

    max_open: int | None = None
    limits: tuple[PeriodLimit, ...] = ()
    weight: Decimal = Decimal(1)
    ramp_from: date | None = None
    skills: dict[str, int] = field(default_factory=dict)
    territories: tuple[str, ...] = ()
    seniority: Seniority = Seniority.MID
    time_zone: str = "UTC"
    country: str | None = None
    subdivision: str | None = None
    working_hours: dict[str, Any] = field(default_factory=dict)
    available: bool = True
    paused_until: datetime | None = None
    pause_reason: str = ""


# What people may change about themselves.
OWN: Final = frozenset(
    {"time_zone", "country", "subdivision", "working_hours", "available", "paused_until", "pause_reason"}
)


def tidied(settings: RepSettings) -> RepSettings:
    """Return the settings with names trimmed, empty and repeated ones dropped, and days off left out."""
    hours = {day: blocks for day, blocks in settings.working_hours.items() if blocks}
    return replace(
        settings,
        skills=skills.merged(settings.skills.items()),
        territories=_tags(settings.territories),
        working_hours=hours,
        paused_until=None if settings.available else settings.paused_until,
        pause_reason="" if settings.available else " ".join(settings.pause_reason.split()),
    )


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    first: dict[str, str] = {}
    for tag in tags:
        plain = " ".join(tag.split())
        if plain:
            first.setdefault(plain.casefold(), plain)
    return tuple(first.values())


def problems_of(settings: RepSettings) -> list[FieldProblem]:
    """Return everything wrong with the settings; empty when nothing is."""
    found = _problems_of_amounts(settings) + _problems_of_names(settings) + _problems_of_place(settings)
    if len(settings.pause_reason) > LONGEST_REASON:
        found.append(FieldProblem("pause_reason", "is too long", f"{LONGEST_REASON} characters at most"))
    return found + working_hours.problems_of(settings.working_hours)


def _problems_of_amounts(settings: RepSettings) -> list[FieldProblem]:
    found = []
    if settings.max_open is not None and not 0 <= settings.max_open <= MOST_OPEN:
        found.append(FieldProblem("max_open", "is out of range", f"0 to {MOST_OPEN}, or nothing for no limit"))
    if not settings.weight.is_finite() or not 0 < settings.weight <= MOST_WEIGHT:
        found.append(FieldProblem("weight", "is out of range", f"more than 0, at most {MOST_WEIGHT}"))
    if not period_limits.are_well_formed(settings.limits):
        found.append(FieldProblem("limits", "cannot be kept", period_limits.ACCEPTED))
    return found


def _problems_of_names(settings: RepSettings) -> list[FieldProblem]:
    found = []
    if not skills.are_well_formed(settings.skills):
        accepted = f"{skills.ACCEPTED}; {skills.MOST} of {skills.LONGEST} characters at most, without commas"
        found.append(FieldProblem("skills", "has a skill that cannot be kept", accepted))
    if len(settings.territories) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in settings.territories):
        accepted = f"{MOST_TAGS} entries of {LONGEST_TAG} characters at most"
        found.append(FieldProblem("territories", "is too long", accepted))
    return found


def _problems_of_place(settings: RepSettings) -> list[FieldProblem]:
    found = []
    if not is_time_zone(settings.time_zone):
        found.append(FieldProblem("time_zone", "is not a time zone", "an IANA name such as Europe/London"))
    country, part = settings.country, settings.subdivision
    if country is not None and not holiday_places.is_country(country):
        found.append(FieldProblem("country", "is not a country whose holidays we know", "a code such as GB, or none"))
    elif part is not None and part not in (parts := holiday_places.parts_of(country or "")):
        accepted = ", ".join(parts) or ("nothing" if country else "nothing without a country")
        found.append(FieldProblem("subdivision", "has no holidays of its own that we know", accepted))
    return found


def is_time_zone(name: str) -> bool:
    """Answer whether this is the IANA name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
