"""Business time agrees with a walk minute by minute, whatever calendars, clocks, holidays and absences do."""

import pickle
import sys
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.calendars.strategies import (
    MINUTE,
    ODD_DAYS,
    calendars,
    is_open_by_the_wall,
    moments,
    open_minutes,
    plain,
)

from oppspot.calendars.business_time import HORIZON, add, elapsed, elapsed_many, intervals, is_open, next_open
from oppspot.calendars.days import _spans
from oppspot.calendars.documents import around, from_document, to_document
from oppspot.calendars.types import ALWAYS_OPEN, Absence, Calendar

WORK = plain(((540, 1020),))
HOUR = timedelta(hours=1)
SATURDAY = datetime(2026, 11, 7, 15, tzinfo=UTC)
LONGEST = 3_000


@given(st.data())
def test_the_open_time_between_two_moments_is_the_open_minutes_between_them(data: st.DataObject) -> None:
    start = data.draw(moments())
    end = start + MINUTE * data.draw(st.integers(0, LONGEST))
    together = data.draw(st.lists(calendars(start), min_size=1, max_size=3))
    expected = MINUTE * len(list(open_minutes(together, start, end)))
    assert elapsed(together, start, end) == expected
    assert elapsed(together, end, start) == -expected


@given(st.data())
def test_the_stretches_are_the_open_minutes_and_none_touches_another(data: st.DataObject) -> None:
    start = data.draw(moments())
    end = start + MINUTE * data.draw(st.integers(0, LONGEST))
    together = data.draw(st.lists(calendars(start), min_size=1, max_size=2))
    found = list(intervals(together, start, end))
    minutes = [opens + MINUTE * step for opens, closes in found for step in range((closes - opens) // MINUTE)]
    assert minutes == list(open_minutes(together, start, end))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(found))


@given(st.data())
def test_adding_time_ends_when_so_many_open_minutes_are_over(data: st.DataObject) -> None:
    start = data.draw(moments())
    together = data.draw(st.lists(calendars(start), min_size=1, max_size=2))
    minutes = list(open_minutes(together, start, start + MINUTE * LONGEST))
    for span in data.draw(st.lists(st.integers(1, max(len(minutes), 1)), max_size=3)):
        if span <= len(minutes):
            assert add(together, start, MINUTE * span) == minutes[span - 1] + MINUTE
    if minutes:
        assert add(together, start, timedelta()) == next_open(together, start) == minutes[0]
    else:
        later = next_open(together, start)
        assert later is None or later >= start + MINUTE * LONGEST


@given(st.data())
def test_add_and_elapsed_are_inverse_to_the_microsecond(data: st.DataObject) -> None:
    start = data.draw(moments()) + timedelta(microseconds=data.draw(st.integers(0, 59_999_999)))
    together = data.draw(st.lists(calendars(start), max_size=2))
    span = timedelta(microseconds=data.draw(st.integers(0, 40 * 3_600_000_000)))
    end = add(together, start, span)
    if end is None:
        assert elapsed(together, start, start + HORIZON) < span or next_open(together, start) is None
    else:
        assert elapsed(together, start, end) == span
    later = start + span
    reached = add(together, start, elapsed(together, start, later))
    if elapsed(together, start, later):
        assert reached is not None
        assert reached <= later
        assert elapsed(together, reached, later) == timedelta()


@given(st.data())
def test_a_moment_is_open_when_all_walls_say_so(data: st.DataObject) -> None:
    moment = data.draw(moments())
    together = data.draw(st.lists(calendars(moment), max_size=3))
    assert is_open(together, moment) == is_open_by_the_wall(together, moment)


@given(st.data())
def test_many_pairs_at_once_are_the_pairs_one_by_one(data: st.DataObject) -> None:
    starts = data.draw(st.lists(moments(), min_size=1, max_size=6))
    near = starts[0]
    starts = [near + (start - near) % timedelta(days=9) for start in starts]
    ends = [start + MINUTE * data.draw(st.integers(-LONGEST, LONGEST)) for start in starts]
    together = data.draw(st.lists(calendars(near), max_size=2))
    singly = [elapsed(together, start, end) for start, end in zip(starts, ends, strict=True)]
    assert elapsed_many(together, starts, ends) == singly


def test_many_pairs_may_be_none_and_must_be_pairs() -> None:
    assert elapsed_many([WORK], [], []) == []
    with pytest.raises(ValueError, match="1 starts and 0 ends"):
        elapsed_many([WORK], [SATURDAY], [])


# What frappe/crm's SLA does with a day off, in its own few lines: it moves on by 24 hours and keeps the time of day.
def _naive_due(start: datetime, span: timedelta) -> datetime:
    opens, closes = time(9), time(17)
    at = start
    while True:
        if at.weekday() > 4:
            at += timedelta(days=1)
        elif at.time() < opens:
            at = datetime.combine(at, opens, UTC)
        elif at.time() >= closes:
            at = datetime.combine(at + timedelta(days=1), opens, UTC)
        elif at + span <= datetime.combine(at, closes, UTC):
            return at + span
        else:
            span -= datetime.combine(at, closes, UTC) - at
            at = datetime.combine(at, closes, UTC)


@pytest.mark.parametrize(
    ("received", "naive"),
    [
        (SATURDAY, datetime(2026, 11, 9, 16, tzinfo=UTC)),
        (SATURDAY + 3 * HOUR, datetime(2026, 11, 10, 10, tzinfo=UTC)),
    ],
    ids=["Saturday afternoon", "Saturday evening"],
)
def test_one_hour_from_a_day_off_ends_at_ten_where_adding_days_ends_later(received: datetime, naive: datetime) -> None:
    assert _naive_due(received, HOUR) == naive
    assert add([WORK], received, HOUR) == datetime(2026, 11, 9, 10, tzinfo=UTC)


@given(st.integers(0, 4), st.integers(0, 1439), st.integers(1, 2_000))
def test_on_working_days_adding_days_is_right_too(weekday: int, minute: int, minutes: int) -> None:
    start = datetime(2026, 11, 9 + weekday, tzinfo=UTC) + MINUTE * minute
    naive = _naive_due(start, MINUTE * minutes)
    if naive.isocalendar()[1] == start.isocalendar()[1]:
        assert add([WORK], start, MINUTE * minutes) == naive


def _lines_run(together: list[Calendar], days: int) -> int:
    """Count the lines of Python that counting the time of some days takes, with nothing worked out before."""
    count = 0

    def trace(_frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    _spans.cache_clear()  # which other tests have filled for some of the days
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        elapsed(together, SATURDAY, SATURDAY + timedelta(days=days))
    finally:
        sys.settrace(before)
    return count


# What the same SLA does to tell how much time has passed: it goes from one second to the next.
def _naive_elapsed(start: datetime, end: datetime) -> tuple[timedelta, int]:
    at, counted, steps = start, 0, 0
    while at < end:
        counted += at.weekday() <= 4 and time(9) <= at.time() < time(17)
        at, steps = at + timedelta(seconds=1), steps + 1
    return timedelta(seconds=counted), steps


def test_a_weekend_is_counted_as_second_by_second_without_its_steps() -> None:
    start, end = SATURDAY - timedelta(hours=23, seconds=30), SATURDAY + timedelta(hours=43, seconds=15)
    naive, steps = _naive_elapsed(start, end)
    assert elapsed([WORK], start, end) == naive == timedelta(hours=2, minutes=0, seconds=45)
    assert _lines_run([WORK], 3) < steps / 100


def test_a_year_takes_steps_by_the_day_not_by_the_minute() -> None:
    short, long = _lines_run([plain(((540, 1020),))], 30), _lines_run([plain(((540, 1020),))], 360)
    assert long < 360 * 200  # a minute has 1,440 a day, a second 86,400
    assert long < short * 14


def test_lunch_is_no_working_time() -> None:
    split = plain(((540, 720), (780, 1020)))
    assert add([split], datetime(2026, 11, 9, 11, 30, tzinfo=UTC), HOUR) == datetime(2026, 11, 9, 13, 30, tzinfo=UTC)


def test_time_added_until_closing_ends_at_closing_and_not_at_the_next_opening() -> None:
    assert add([WORK], datetime(2026, 11, 9, 16, tzinfo=UTC), HOUR) == datetime(2026, 11, 9, 17, tzinfo=UTC)
    assert add([WORK], datetime(2026, 11, 9, 17, tzinfo=UTC), timedelta()) == datetime(2026, 11, 10, 9, tzinfo=UTC)


def test_two_calendars_count_only_while_both_are_open() -> None:
    berlin, new_york = plain(((540, 1020),), "Europe/Berlin"), plain(((540, 1020),), "America/New_York")
    monday = datetime(2026, 11, 9, tzinfo=UTC)
    # 9:00 in New York is 15:00 in Berlin, which closes at 17:00.
    opened = list(intervals([berlin, new_york], monday, monday + timedelta(days=1)))
    assert opened == [(monday + 14 * HOUR, monday + 16 * HOUR)]


def test_a_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    night = Calendar(((((0, 360),)),) * 7, "Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    counted = [
        elapsed([night], datetime(2026, month, day, tzinfo=zone), datetime(2026, month, day, 12, tzinfo=zone))
        for month, day in ((10, 24), (10, 25), (3, 29))
    ]
    assert counted == [6 * HOUR, 7 * HOUR, 5 * HOUR]


@pytest.mark.parametrize(
    ("day", "block", "opens", "closes"),
    [
        (date(2026, 3, 29), (0, 120), "2026-03-28T23:00Z", "2026-03-29T01:00Z"),  # up to the hour that is left out
        (date(2026, 3, 29), (180, 300), "2026-03-29T01:00Z", "2026-03-29T03:00Z"),  # from the hour after it
        (date(2026, 10, 25), (120, 180), "2026-10-25T00:00Z", "2026-10-25T02:00Z"),  # the hour that comes twice
        (date(2026, 10, 25), (180, 240), "2026-10-25T02:00Z", "2026-10-25T03:00Z"),
    ],
)
def test_blocks_at_a_change_of_the_clock_are_exact_to_the_second(
    day: date, block: tuple[int, int], opens: str, closes: str
) -> None:
    """Other blocks than whole minutes would not show a change that is found a second early or late."""
    berlin = Calendar(((block,),) * 7, "Europe/Berlin")
    start = datetime.combine(day, time(), UTC) - 6 * HOUR
    found = list(intervals([berlin], start, start + 20 * HOUR))
    assert found == [(datetime.fromisoformat(opens), datetime.fromisoformat(closes))]


def test_around_the_clock_is_time_on_the_wall() -> None:
    assert add([ALWAYS_OPEN], SATURDAY, 100 * HOUR) == add([], SATURDAY, 100 * HOUR) == SATURDAY + 100 * HOUR
    assert elapsed([ALWAYS_OPEN], SATURDAY, SATURDAY + 100 * HOUR) == 100 * HOUR
    assert list(intervals([ALWAYS_OPEN], SATURDAY, SATURDAY + 100 * HOUR)) == [(SATURDAY, SATURDAY + 100 * HOUR)]


def test_who_never_opens_is_never_waited_for() -> None:
    never = Calendar(((),) * 7)
    away = Calendar(absences=(Absence(SATURDAY, SATURDAY + 2 * HORIZON),))
    for calendar in (never, away):
        assert next_open([calendar], SATURDAY) is None
        assert add([calendar], SATURDAY, HOUR) is None
        assert not is_open([calendar], SATURDAY)
    assert add([ALWAYS_OPEN], SATURDAY, HORIZON + MINUTE) is None


def test_a_negative_span_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        add([WORK], SATURDAY, -HOUR)


def test_what_a_calendar_worked_out_is_no_part_of_it() -> None:
    fresh, used = plain(((540, 1020),)), plain(((540, 1020),))
    elapsed([used], SATURDAY, SATURDAY + timedelta(days=30))
    assert fresh == used
    assert hash(fresh) == hash(used)
    assert pickle.loads(pickle.dumps(used)) == fresh  # noqa: S301 — our own
    assert repr(fresh) == repr(used)


@given(st.data())
def test_a_calendar_comes_back_from_its_document(data: st.DataObject) -> None:
    calendar = data.draw(calendars(data.draw(moments())))
    assert from_document(to_document(calendar)) == calendar
    assert to_document(from_document(to_document(calendar))) == to_document(calendar)


def test_the_document_of_around_the_clock_is_empty() -> None:
    assert to_document(ALWAYS_OPEN) == {}
    assert from_document({}) == ALWAYS_OPEN


@given(st.data())
def test_what_lies_elsewhere_does_not_matter_to_a_stretch(data: st.DataObject) -> None:
    start = data.draw(moments())
    end = start + MINUTE * data.draw(st.integers(0, LONGEST))
    calendar = data.draw(calendars(start))
    cut = around(calendar, start, end)
    assert elapsed([cut], start, end) == elapsed([calendar], start, end)


def test_holidays_are_days_of_the_calendars_own_zone() -> None:
    auckland = Calendar(zone="Pacific/Auckland", holidays={date(2026, 11, 9): "a holiday"})
    midnight = datetime(2026, 11, 9, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert next_open([auckland], midnight) == midnight + timedelta(days=1)
    assert is_open([auckland], midnight - MINUTE)


def test_the_odd_days_of_the_oracle_are_odd() -> None:
    def offsets(zone: str, day: str) -> set[timedelta | None]:
        noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        return {(noon + step * HOUR).astimezone(ZoneInfo(zone)).utcoffset() for step in range(-36, 37)}

    changing = [zone for zone, days in ODD_DAYS.items() if any(len(offsets(zone, day)) > 1 for day in days)]
    assert set(ODD_DAYS) - set(changing) == {"UTC", "Asia/Kathmandu"}
