"""Works out when one calendar is open on one day, once: all that business time is counted from. Pure.

A day is a UTC day, numbered from 1970, so that every day is equally long whatever clocks do. What a wall clock does
meanwhile is one or two spans of constant offset. A calendar is open at a moment when the wall clock then shows a time
within a block: an hour that comes twice counts twice, an hour that is left out not at all.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from oppspot.calendars.types import Absence, Calendar, Stretch

MINUTE: Final = 60_000_000
DAY: Final = 1440 * MINUTE
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_SECOND: Final = 1_000_000
# A calendar that is asked about more days than this forgets them; nothing but memory depends on it.
_MOST_DAYS: Final = 2_000

Stretches = tuple[Stretch, ...]


def stamp(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(stamp: int) -> datetime:
    """Return the moment in UTC."""
    return _EPOCH + timedelta(microseconds=stamp)


def open_on(calendar: Calendar, day: int) -> Stretches:
    """Return when the calendar is open on a UTC day, in order; none touches another."""
    found = calendar.worked_out.get(day)
    if found is None:
        if len(calendar.worked_out) >= _MOST_DAYS:
            calendar.worked_out.clear()
        found = calendar.worked_out[day] = _work_out(calendar, day)
    return found


def all_open_on(calendars: Sequence[Calendar], day: int) -> Stretches:
    """Return when all calendars are open on a UTC day; of none, that is the whole day."""
    if not calendars:
        return ((day * DAY, (day + 1) * DAY),)
    found = open_on(calendars[0], day)
    for calendar in calendars[1:]:
        if not found:
            break
        found = tuple(_common(found, open_on(calendar, day)))
    return found


def _work_out(calendar: Calendar, day: int) -> Stretches:
    blocks = [stretch for span in _spans(calendar.zone, day) for stretch in _by_the_wall(calendar, *span)]
    away = _merged(sorted(_clipped(calendar.absences, day * DAY, (day + 1) * DAY)))
    return tuple(_without(_merged(blocks), away))


def _by_the_wall(calendar: Calendar, start: int, end: int, offset: int) -> Iterator[Stretch]:
    """Yield the blocks from `start` to `end`, while the wall clock is `offset` ahead of UTC."""
    for day in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
        on = date.fromordinal(_EPOCH_DAY + day)
        if on in calendar.holidays:
            continue
        midnight = day * DAY - offset
        for first, last in calendar.week[on.weekday()]:
            opens, closes = max(midnight + first * MINUTE, start), min(midnight + last * MINUTE, end)
            if opens < closes:
                yield opens, closes


@lru_cache(maxsize=50_000)
def _spans(zone: str, day: int) -> tuple[tuple[int, int, int], ...]:
    """Return the spans of a UTC day with one offset each: start, end, offset."""
    start, end = day * DAY, (day + 1) * DAY
    before, after = _offset(zone, start), _offset(zone, end)
    if before == after:
        return ((start, end, before),)
    change = _change(zone, start, end)
    return tuple(span for span in ((start, change, before), (change, end, after)) if span[0] < span[1])


def _change(zone: str, start: int, end: int) -> int:
    """Return the second at which the offset of the start ends."""
    low, high, before = start // _SECOND, end // _SECOND, _offset(zone, start)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle * _SECOND) == before else (low, middle)
    return high * _SECOND


def _offset(zone: str, at: int) -> int:
    offset = moment_of(at).astimezone(ZoneInfo(zone)).utcoffset()
    return (offset or timedelta()) // _MICROSECOND


def _clipped(absences: Sequence[Absence], start: int, end: int) -> Iterator[Stretch]:
    for absence in absences:
        first, last = max(stamp(absence.start), start), min(stamp(absence.end), end)
        if first < last:
            yield first, last


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches, ordered by start, with those joined that touch or overlap."""
    found: list[Stretch] = []
    for start, end in stretches:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(stretches: Sequence[Stretch], away: Sequence[Stretch]) -> Iterator[Stretch]:
    for opens, closes in stretches:
        start = opens
        for first, last in away:
            if last <= start or first >= closes:
                continue
            if start < first:
                yield start, first
            start = last
        if start < closes:
            yield start, closes


def _common(left: Sequence[Stretch], right: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield where both are open; both lists are in order."""
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        start = max(left[at_left][0], right[at_right][0])
        end = min(left[at_left][1], right[at_right][1])
        if start < end:
            yield start, end
        if left[at_left][1] < right[at_right][1]:
            at_left += 1
        else:
            at_right += 1
