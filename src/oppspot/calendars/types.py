"""What business time is counted by; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

# Minutes from midnight by the clock on the wall, start before end, end at most 1440: (540, 1050) is 09:00 to 17:30.
Block = tuple[int, int]
MINUTES_A_DAY: Final = 1440
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_MINUTE: Final[tuple[tuple[Block, ...], ...]] = (((0, MINUTES_A_DAY),),) * 7

# From, until but not including: in microseconds since 1970, UTC.
Stretch = tuple[int, int]

_NONE: Final[Mapping[date, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Absence:
    """A time off from `start` until, but not including, `end`; both aware."""

    start: datetime
    end: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one party works.

    `week` has, for each weekday from Monday, that day's blocks in order, none overlapping, in `zone` (an IANA name).
    `holidays` are whole days off in that zone, with their names. `absences` may lie in any order.
    """

    week: tuple[tuple[Block, ...], ...] = EVERY_MINUTE
    zone: str = "UTC"
    holidays: Mapping[date, str] = field(default_factory=lambda: _NONE)
    absences: tuple[Absence, ...] = ()
    # What has been worked out by day (see days.py), so that whoever keeps the calendar keeps that too.
    worked_out: dict[int, tuple[Stretch, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        """Return a hash; holidays, a mapping, do not take part."""
        return hash((self.week, self.zone, self.absences))


ALWAYS_OPEN: Final = Calendar()
"""Around the clock: business time is then time on the wall."""
