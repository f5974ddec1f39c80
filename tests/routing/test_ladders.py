"""Ladders: what happens when, who hears of it, and that it always ends at somebody."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from oppspot.routing.ladders import (
    Chain,
    LadderAction,
    Rung,
    ladder_of,
    may_pass_on,
    rung_stood_on,
    seat_of,
    seat_takes_over,
    told_by,
    was_tried,
)
from oppspot.routing.policies import LadderRung, SlaPolicy

HOUR = timedelta(hours=1)
REP, MANAGER, SEAT = UUID(int=1), UUID(int=2), UUID(int=3)
CHAIN = Chain((MANAGER,), SEAT)
rungs = st.builds(
    LadderRung,
    at_percent=st.integers(1, 10_000),
    action=st.sampled_from([action.value for action in LadderAction]),
    repeat_minutes=st.none() | st.integers(5, 10_080),
)
policies = st.builds(SlaPolicy, ladder=st.lists(rungs, max_size=10).map(tuple))
spans = st.timedeltas(timedelta(seconds=1), timedelta(days=90))


def test_the_ladder_that_ships_reminds_reassigns_and_escalates() -> None:
    assert ladder_of(SlaPolicy(), HOUR) == (
        Rung(timedelta(minutes=30), LadderAction.REMIND),
        Rung(HOUR, LadderAction.REASSIGN),
        Rung(2 * HOUR, LadderAction.ESCALATE_TO_MANAGER),
        Rung(4 * HOUR, LadderAction.ESCALATE_TO_SEAT),
    )


@given(policies, spans, st.none() | st.floats(0.1, 8760))
def test_every_ladder_reaches_the_seat_however_it_was_written(
    policy: SlaPolicy, allowed: timedelta, escalates_after: float | None
) -> None:
    ladder = ladder_of(policy, allowed, escalates_after)
    assert any(rung.action is LadderAction.ESCALATE_TO_SEAT for rung in ladder)
    assert [rung.after for rung in ladder] == sorted(rung.after for rung in ladder)


def test_a_ladder_without_an_end_ends_after_its_last_rung() -> None:
    written = SlaPolicy(ladder=(LadderRung(at_percent=500, action="remind"),))
    assert ladder_of(written, HOUR)[-1] == Rung(10 * HOUR, LadderAction.ESCALATE_TO_SEAT)
    assert ladder_of(SlaPolicy(ladder=()), HOUR) == (Rung(4 * HOUR, LadderAction.ESCALATE_TO_SEAT),)


def test_the_hours_of_a_rule_take_the_place_of_the_rungs_to_the_managers() -> None:
    ladder = ladder_of(SlaPolicy(), HOUR, escalation_after_hours=0.25)
    assert ladder[0] == Rung(timedelta(minutes=15), LadderAction.ESCALATE_TO_MANAGER)
    assert [rung.action for rung in ladder].count(LadderAction.ESCALATE_TO_MANAGER) == 1


def test_the_rung_one_stands_on_is_the_highest_that_was_reached() -> None:
    ladder = ladder_of(SlaPolicy(), HOUR)
    assert rung_stood_on(ladder, timedelta()) is None
    assert rung_stood_on(ladder, 3 * HOUR) == Rung(2 * HOUR, LadderAction.ESCALATE_TO_MANAGER)
    assert [was_tried(ladder, HOUR * part) for part in (0.5, 1, 2)] == [False, True, True]


@given(st.sampled_from(LadderAction), st.none() | st.just(REP), st.lists(st.uuids(), max_size=3).map(tuple))
def test_every_rung_is_told_to_somebody(action: LadderAction, holder: UUID | None, managers: tuple[UUID, ...]) -> None:
    assert told_by(action, holder, Chain(managers, SEAT))


def test_a_reminder_goes_to_who_has_the_lead_else_to_the_managers() -> None:
    assert told_by(LadderAction.REMIND, REP, CHAIN) == (REP,)
    assert told_by(LadderAction.REMIND, None, CHAIN) == (MANAGER,)
    assert told_by(LadderAction.ESCALATE_TO_SEAT, REP, CHAIN) == (SEAT,)


def test_a_lead_stays_at_the_seat_and_is_never_taken_from_nobody() -> None:
    assert may_pass_on(REP, CHAIN)
    assert not may_pass_on(SEAT, CHAIN)
    assert not may_pass_on(None, CHAIN)


def test_the_seat_takes_over_when_there_is_nobody_left_to_wait_for() -> None:
    def takes(holder: UUID | None, *, active: bool = True, tried: bool = False) -> bool:
        return seat_takes_over(holder, CHAIN, holder_active=active, everybody_tried=tried)

    assert takes(None)
    assert takes(REP, tried=True)
    assert takes(REP, active=False)
    assert not takes(REP)
    assert not takes(SEAT, tried=True)


def test_the_seat_is_the_named_person_else_the_longest_standing_owner() -> None:
    people = [(REP, "rep"), (MANAGER, "manager"), (UUID(int=9), "owner"), (UUID(int=8), "owner")]
    assert seat_of(people, str(MANAGER)) == MANAGER
    assert seat_of(people, None) == UUID(int=9)
    assert seat_of(people, str(UUID(int=77))) == UUID(int=9)
    assert seat_of(people[:2], None) == MANAGER
    assert seat_of(people[:1], None) == REP
    assert seat_of([], None) is None
