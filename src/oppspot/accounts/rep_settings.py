"""What routing needs to know of a rep, and when it makes sense; pure."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oppspot.accounts import working_hours
from oppspot.core.errors import FieldProblem

MOST_OPEN: Final = 100_000
MOST_WEIGHT: Final = Decimal(1000)
MOST_TAGS: Final = 50
LONGEST_TAG: Final = 60


class Seniority(StrEnum):
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class RepSettings:
    """`max_open`: open leads at most, None for no limit; `weight`: share of a pool, 1 is a full share."""

    max_open: int | None = None
    weight: Decimal = Decimal(1)
    skills: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    seniority: Seniority = Seniority.MID
    time_zone: str = "UTC"
    working_hours: dict[str, Any] = field(default_factory=dict)
    available: bool = True


# What people may change about themselves.
OWN: Final = frozenset({"time_zone", "working_hours", "available"})


def tidied(settings: RepSettings) -> RepSettings:
    """Return the settings with tags trimmed, empty and repeated ones dropped, and days off left out."""
    hours = {day: blocks for day, blocks in settings.working_hours.items() if blocks}
    return replace(
        settings, skills=_tags(settings.skills), territories=_tags(settings.territories), working_hours=hours
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
    found = []
    if settings.max_open is not None and not 0 <= settings.max_open <= MOST_OPEN:
        found.append(FieldProblem("max_open", "is out of range", f"0 to {MOST_OPEN}, or nothing for no limit"))
    if not settings.weight.is_finite() or not 0 < settings.weight <= MOST_WEIGHT:
        found.append(FieldProblem("weight", "is out of range", f"more than 0, at most {MOST_WEIGHT}"))
    for name, tags in (("skills", settings.skills), ("territories", settings.territories)):
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            found.append(FieldProblem(name, "is too long", f"{MOST_TAGS} entries of {LONGEST_TAG} characters at most"))
    if not is_time_zone(settings.time_zone):
        found.append(FieldProblem("time_zone", "is not a time zone", "an IANA name such as Europe/London"))
    return found + working_hours.problems_of(settings.working_hours)


def is_time_zone(name: str) -> bool:
    """Answer whether this is the IANA name of a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
