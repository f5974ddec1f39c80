"""Decides whether a rep may be given one more lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.routing.policies import CapacityPolicy
from oppspot.routing.priority import Priority

_SPAN: Final = {
    Period.HOUR: timedelta(hours=1),
    Period.DAY: timedelta(days=1),
    Period.WEEK: timedelta(days=7),
    Period.MONTH: timedelta(days=30),
}


def units_of(priority: Priority, policy: CapacityPolicy) -> int:
    """Return what a lead of this priority counts towards its owner's limit of open leads."""
    return int(getattr(policy, priority.value))


def has_room(open_count: int, max_open: int | None, units: int = 1) -> bool:
    """Return whether `units` more stay within `max_open`; None means no limit."""
    return max_open is None or open_count + units <= max_open


def within_limits(limits: Sequence[PeriodLimit], used: Sequence[int]) -> bool:
    """Return whether one more lead stays within every limit by period, of which `used` are used up."""
    return all(count < limit.leads for limit, count in zip(limits, used, strict=True))


def window_start(limit: PeriodLimit, now: datetime, zone: str) -> datetime:
    """Return from when leads count towards a limit at `now`.

    A rolling month is 30 days. Fixed periods begin on the hour, at midnight, on Monday, on the 1st, in `zone`.
    """
    if limit.window is Window.ROLLING:
        return now - _SPAN[limit.per]
    here = now.astimezone(ZoneInfo(zone))
    start = here.replace(minute=0, second=0, microsecond=0)
    if limit.per is Period.HOUR:
        return start
    midnight = start.replace(hour=0, fold=0)
    if limit.per is Period.WEEK:
        return midnight - timedelta(days=midnight.weekday())
    return midnight if limit.per is Period.DAY else midnight.replace(day=1)
