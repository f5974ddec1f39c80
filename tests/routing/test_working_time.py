"""Clocks in business time: over nights and weekends, paused over one, for people who never open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.calendars.types import Calendar
from oppspot.routing.clocks import Clock, ClockKind, advance, next_step, resume
from oppspot.routing.ladders import LadderAction, ladder_of
from oppspot.routing.policies import SlaPolicy
from oppspot.routing.sla import add_time, elapsed_time, first_touch_due

WORKING = Calendar(week=(((540, 1020),),) * 5 + ((),) * 2)  # Monday to Friday, 9 to 17, UTC
NEVER = Calendar(week=((),) * 7)
BUSINESS = SlaPolicy(business_hours=True)
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 — made UTC
spans = st.timedeltas(timedelta(), timedelta(days=20))


def on(days: int, hour: float) -> datetime:
    return FRIDAY + timedelta(days=days, hours=hour)


@pytest.mark.parametrize(
    ("arrives", "hours", "due"),
    [
        (on(0, 10), 4, on(0, 14)),
        (on(0, 16), 4, on(3, 12)),
        (on(1, 15), 1, on(3, 10)),  # Saturday 15:00 and one hour is Monday 10:00
        (on(0, 16), 1, on(0, 17)),
        (on(0, 17), 1, on(3, 10)),
    ],
)
def test_a_first_touch_is_due_in_working_time(arrives: datetime, hours: float, due: datetime) -> None:
    assert first_touch_due(arrives, hours, (WORKING,), BUSINESS) == due


def test_calendars_count_only_where_the_policy_says_so() -> None:
    assert first_touch_due(on(1, 15), 1, (WORKING,), SlaPolicy()) == on(1, 16)


def test_two_calendars_count_while_both_are_open() -> None:
    afternoons = Calendar(week=(((780, 1440),),) * 7)
    assert first_touch_due(on(0, 9), 2, (WORKING, afternoons), BUSINESS) == on(0, 15)


def test_somebody_who_never_opens_is_due_around_the_clock() -> None:
    assert first_touch_due(on(0, 9), 2, (NEVER,), BUSINESS) == on(0, 11)
    clock = Clock(ClockKind.FIRST_TOUCH, on(0, 9), on(0, 11), 2 * HOUR, paused_at=on(0, 10))
    assert resume(clock, on(1, 10), (NEVER,)).due_at == on(1, 11)


def test_a_pause_over_a_weekend_costs_only_its_working_hours() -> None:
    """Four hours from Friday 11:00; paused from 13:00, with two left, until Monday 10:00."""
    clock = Clock(ClockKind.FIRST_TOUCH, on(0, 11), on(0, 15), 4 * HOUR, paused_at=on(0, 13))
    resumed = resume(clock, on(3, 10), (WORKING,))
    assert resumed.due_at == on(3, 12)
    assert resumed.paused == 5 * HOUR  # Friday 13 to 17, Monday 9 to 10
    ladder = ladder_of(BUSINESS, 4 * HOUR)
    assert next_step(resumed, ladder, (WORKING,)).at == on(3, 10)  # type: ignore[union-attr]  # half of the time
    assert next_step(replace(resumed, climbed=4 * HOUR, breached_at=on(3, 12)), ladder, (WORKING,)).at == on(3, 16)  # type: ignore[union-attr]


def test_a_ladder_is_climbed_in_working_time() -> None:
    clock = Clock(ClockKind.FIRST_TOUCH, on(0, 16), on(3, 10), 2 * HOUR)
    ladder = ladder_of(BUSINESS, 2 * HOUR)
    assert advance(clock, on(2, 12), (WORKING,), ladder).actions == (LadderAction.REMIND,)
    assert not advance(clock, on(2, 12), (WORKING,), ladder).breaches
    assert advance(clock, on(3, 11), (WORKING,), ladder).actions == (LadderAction.REASSIGN,)


@given(moments, spans, spans, spans)
def test_a_paused_clock_is_due_when_its_time_and_the_pause_have_passed(
    start: datetime, allowed: timedelta, running: timedelta, paused: timedelta
) -> None:
    due = add_time((WORKING,), start, allowed)
    begin = start + running
    clock = Clock(ClockKind.FIRST_TOUCH, start, due, allowed, paused_at=begin)
    resumed = resume(clock, begin + paused, (WORKING,))
    if due <= begin:
        assert resumed.due_at == due
    else:
        assert elapsed_time((WORKING,), start, resumed.due_at) == allowed + resumed.paused


@given(moments, spans, spans)
def test_pausing_a_clock_for_no_time_changes_nothing(start: datetime, allowed: timedelta, running: timedelta) -> None:
    clock = Clock(ClockKind.FIRST_TOUCH, start, add_time((WORKING,), start, allowed), allowed)
    begin = start + running
    resumed = resume(replace(clock, paused_at=begin), begin, (WORKING,))
    assert elapsed_time((WORKING,), resumed.due_at, clock.due_at) == timedelta()
    assert resumed.paused == timedelta()
