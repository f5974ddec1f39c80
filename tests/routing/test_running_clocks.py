"""Clocks as time goes by: breaches once, climbs rung by rung, stands still while paused."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.routing.world import NOW

from oppspot.routing.clocks import Advance, Clock, ClockKind, NextStep, acknowledge, advance, next_step, resume
from oppspot.routing.ladders import LadderAction, Rung, ladder_of
from oppspot.routing.policies import LadderRung, SlaPolicy
from oppspot.routing.sla import AROUND_THE_CLOCK

HOUR = timedelta(hours=1)
LADDER = ladder_of(SlaPolicy(), HOUR)
CLOCK = Clock(ClockKind.FIRST_TOUCH, NOW, NOW + HOUR, HOUR)
NAGGING = SlaPolicy(ladder=(LadderRung(at_percent=100, action="remind", repeat_minutes=10),))
spans = st.timedeltas(timedelta(), timedelta(days=40))


def at(hours: float, clock: Clock = CLOCK, ladder: tuple[Rung, ...] = LADDER):
    return advance(clock, NOW + HOUR * hours, AROUND_THE_CLOCK, ladder)


def test_a_clock_climbs_one_rung_after_the_other_and_breaches_once() -> None:
    told, breaches, clock = [], 0, CLOCK
    for quarter in range(24):
        step = at(quarter / 4 + 0.01, clock)
        clock, breaches = step.clock, breaches + step.breaches
        told += [(quarter / 4, action.value) for action in step.actions]
    assert told == [(0.5, "remind"), (1, "reassign"), (2, "escalate_to_manager"), (4, "escalate_to_seat")]
    assert breaches == 1
    assert next_step(clock, LADDER, AROUND_THE_CLOCK) is None


def test_at_the_due_moment_itself_nothing_is_late() -> None:
    step = at(1)
    assert not step.breaches
    assert step.actions == (LadderAction.REMIND,)
    assert step.next_step == NextStep(NOW + HOUR, LadderAction.REASSIGN)


def test_who_was_away_for_long_is_not_reminded_of_what_was_passed_on() -> None:
    step = at(3)
    assert step.breaches
    assert step.actions == (LadderAction.REASSIGN, LadderAction.ESCALATE_TO_MANAGER)
    assert step.next_step == NextStep(NOW + 4 * HOUR, LadderAction.ESCALATE_TO_SEAT)


def test_a_rung_comes_again_until_somebody_acknowledges_it() -> None:
    ladder = ladder_of(NAGGING, HOUR)
    first = at(1.01, ladder=ladder)
    again = at(1.2, first.clock, ladder)
    assert (first.actions, again.actions) == ((LadderAction.REMIND,), (LadderAction.REMIND,))
    assert first.breaches
    assert not again.breaches
    calm = acknowledge(again.clock)
    assert at(1.9, calm, ladder).actions == ()
    assert at(4.01, calm, ladder).actions == (LadderAction.ESCALATE_TO_SEAT,)


def test_a_clock_without_a_ladder_only_runs_out() -> None:
    assert next_step(CLOCK, (), AROUND_THE_CLOCK) == NextStep(NOW + HOUR)
    step = at(9, ladder=())
    assert (step.breaches, step.actions, step.next_step) == (True, (), None)


def test_a_paused_clock_does_nothing() -> None:
    paused = replace(CLOCK, paused_at=NOW)
    assert at(99, paused).clock == paused
    assert at(99, paused).next_step is None


def test_a_pause_that_ends_by_itself_counts_until_it_was_to_end_however_late_that_is_seen() -> None:
    until = NOW + HOUR * 0.75
    paused = replace(CLOCK, paused_at=NOW + HOUR / 4, paused_until=until)
    assert next_step(paused, LADDER, AROUND_THE_CLOCK) == NextStep(until)
    assert at(0.7, paused) == Advance(paused, breaches=False, actions=(), next_step=NextStep(until))
    for hours in (0.75, 0.8, 99):
        step = at(hours, paused)
        assert step.clock == resume(paused, until, AROUND_THE_CLOCK)
        assert step.clock == resume(paused, NOW + HOUR * hours, AROUND_THE_CLOCK)
        assert (step.clock.due_at, step.clock.paused_until) == (NOW + HOUR * 1.5, None)
        # What it has missed since is for the next look, by its new moments.
        assert (step.resumes, step.breaches, step.actions) == (True, False, ())
        assert step.next_step == NextStep(NOW + HOUR, LadderAction.REMIND)


def test_a_pause_of_half_an_hour_moves_everything_by_half_an_hour() -> None:
    resumed = resume(replace(CLOCK, paused_at=NOW + HOUR / 4), NOW + HOUR * 0.75, AROUND_THE_CLOCK)
    assert resumed.due_at == NOW + HOUR * 1.5
    assert next_step(resumed, LADDER, AROUND_THE_CLOCK) == NextStep(NOW + HOUR, LadderAction.REMIND)


def test_what_was_due_before_the_pause_stays_late() -> None:
    late = replace(CLOCK, breached_at=NOW + 2 * HOUR, climbed=HOUR, paused_at=NOW + 1.5 * HOUR)
    resumed = resume(late, NOW + 9 * HOUR, AROUND_THE_CLOCK)
    assert resumed.due_at == NOW + HOUR
    assert next_step(resumed, LADDER, AROUND_THE_CLOCK) == NextStep(NOW + HOUR * 9.5, LadderAction.ESCALATE_TO_MANAGER)


@given(st.lists(spans, min_size=1, max_size=12))
def test_looking_often_or_seldom_ends_on_the_same_rung(gaps: list[timedelta]) -> None:
    clock, now, breached = CLOCK, NOW, 0
    for gap in gaps:
        now += gap
        step = advance(clock, now, AROUND_THE_CLOCK, LADDER)
        clock, breached = step.clock, breached + step.breaches
    once = advance(CLOCK, now, AROUND_THE_CLOCK, LADDER)
    assert clock.climbed == once.clock.climbed
    assert breached == once.breaches
    assert step.next_step == once.next_step


@given(st.lists(st.tuples(spans, spans), max_size=6))
def test_the_due_moment_moves_by_exactly_the_time_paused(pauses: list[tuple[timedelta, timedelta]]) -> None:
    clock, now, still = CLOCK, NOW, timedelta()
    for running, paused in pauses:
        begin = now + running
        if begin >= clock.due_at:
            break
        now = begin + paused
        clock, still = resume(replace(clock, paused_at=begin), now, AROUND_THE_CLOCK), still + paused
    assert clock.due_at == NOW + HOUR + still
    assert clock.paused == still
