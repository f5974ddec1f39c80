"""Counts business time: O(days), by interval arithmetic, right over changes of the clock."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from oppspot.calendars.days import DAY, all_open_on, moment_of, stamp
from oppspot.calendars.types import Calendar, Stretch

# Nobody waits longer than this for somebody to open; a calendar without any open time in it is never open.
HORIZON: Final = timedelta(days=400)
_MICROSECOND: Final = timedelta(microseconds=1)
_HORIZON: Final = HORIZON // _MICROSECOND

Calendars = Sequence[Calendar]
"""Several calendars together: time counts only while all of them are open (a rep's and, say, the lead's country's)."""


def intervals(calendars: Calendars, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open stretches from `start` to `end`, in order, none touching another; aware, in UTC."""
    for opens, closes in _joined(_stretches(calendars, stamp(start), stamp(end))):
        yield moment_of(opens), moment_of(closes)


def is_open(calendars: Calendars, moment: datetime) -> bool:
    """Return whether business time runs at this moment; an interval holds its start and not its end."""
    at = stamp(moment)
    return any(opens <= at < closes for opens, closes in all_open_on(calendars, at // DAY))


def next_open(calendars: Calendars, moment: datetime) -> datetime | None:
    """Return `moment` if it is open, else when it opens next; None if not within HORIZON."""
    at = stamp(moment)
    for opens, _ in _stretches(calendars, at, at + _HORIZON):
        return moment_of(opens)
    return None


def add(calendars: Calendars, moment: datetime, span: timedelta) -> datetime | None:
    """Return when `span` of open time from `moment` has passed: the earliest such moment; None if past HORIZON.

    Saturday 15:00 and 1 hour of Monday to Friday 9 to 17 is Monday 10:00. A span of 0 is the next opening; a negative
    span is a ValueError.
    """
    left = span // _MICROSECOND
    if left < 0:
        message = f"a span of business time cannot be negative: {span}"
        raise ValueError(message)
    at = stamp(moment)
    for opens, closes in _stretches(calendars, at, at + _HORIZON):
        if left <= closes - opens:
            return moment_of(opens + left)
        left -= closes - opens
    return None


def elapsed(calendars: Calendars, start: datetime, end: datetime) -> timedelta:
    """Return the open time between two moments; negative when `end` is before `start`."""
    first, last = stamp(start), stamp(end)
    if last < first:
        return -elapsed(calendars, end, start)
    return timedelta(microseconds=sum(closes - opens for opens, closes in _stretches(calendars, first, last)))


def elapsed_many(calendars: Calendars, starts: Sequence[datetime], ends: Sequence[datetime]) -> list[timedelta]:
    """Return `elapsed` of each start and the end in its place; walks the calendar once, however many there are."""
    froms, untils = [stamp(moment) for moment in starts], [stamp(moment) for moment in ends]
    if len(froms) != len(untils):
        message = f"{len(froms)} starts and {len(untils)} ends"
        raise ValueError(message)
    if not froms:
        return []
    stretches = list(_joined(_stretches(calendars, min(*froms, *untils), max(*froms, *untils))))
    openings = [opens for opens, _ in stretches]
    before = [0, *accumulate(closes - opens for opens, closes in stretches)]

    def open_until(at: int) -> int:
        number = bisect_right(openings, at) - 1
        if number < 0:
            return 0
        opens, closes = stretches[number]
        return before[number] + min(at, closes) - opens

    return [
        timedelta(microseconds=open_until(last) - open_until(first)) for first, last in zip(froms, untils, strict=True)
    ]


def _stretches(calendars: Calendars, start: int, end: int) -> Iterator[Stretch]:
    """Yield the open stretches day by day; those of two days may touch."""
    for day in range(start // DAY, (end - 1) // DAY + 1):
        for opens, closes in all_open_on(calendars, day):
            first, last = max(opens, start), min(closes, end)
            if first < last:
                yield first, last


def _joined(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    opens = closes = None
    for start, end in stretches:
        if opens is not None and closes is not None and start > closes:
            yield opens, closes
            opens = start
        opens = start if opens is None else opens
        closes = end
    if opens is not None and closes is not None:
        yield opens, closes
