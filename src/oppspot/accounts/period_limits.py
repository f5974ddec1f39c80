"""Decides what limits on leads given per period are well formed, and how they are typed: `5 a day, 20 a week`; pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_LEADS: Final = 100_000
MOST_LIMITS: Final = 8
ACCEPTED: Final = "limits such as 5 a day, 20 a week rolling; per hour, day, week or month, each once"
_LIMIT: Final = re.compile(
    r"(\d{1,6})\s*(?:/|per|an?|each|every)\s*(hour|day|week|month)(?:\s+\(?(rolling|fixed)\)?)?", re.IGNORECASE
)


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Window(StrEnum):
    """`fixed` counts from the beginning of the hour, day, week (Monday) or month; `rolling` back from now."""

    FIXED = "fixed"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True)
class PeriodLimit:
    """At most so many leads given in a period."""

    leads: int
    per: Period
    window: Window = Window.FIXED


def are_well_formed(limits: Sequence[PeriodLimit]) -> bool:
    """Answer whether each limit lets something through and no period is limited twice in one way."""
    periods = {(limit.per, limit.window) for limit in limits}
    return len(periods) == len(limits) <= MOST_LIMITS and all(1 <= limit.leads <= MOST_LEADS for limit in limits)


def read_limits(text: str) -> tuple[PeriodLimit, ...] | None:
    """Read limits as typed; none when there is nothing, None when it cannot be read."""
    found = [_LIMIT.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    limits = tuple(_read(match) for match in found if match)
    return limits if len(limits) == len(found) and are_well_formed(limits) else None


def _read(match: re.Match[str]) -> PeriodLimit:
    window = Window((match[3] or Window.FIXED).lower())
    return PeriodLimit(int(match[1]), Period(match[2].lower()), window)


def write_limits(limits: Sequence[PeriodLimit]) -> str:
    """Write limits as `read_limits` reads them."""
    return ", ".join(_write(limit) for limit in limits)


def _write(limit: PeriodLimit) -> str:
    article = "an" if limit.per is Period.HOUR else "a"
    return f"{limit.leads} {article} {limit.per.value}" + (" rolling" if limit.window is Window.ROLLING else "")
