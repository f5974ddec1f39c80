"""Calibration moves turns by what was asked, is paid for by the others, and is shown before it is done."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import rep_id

from oppspot.routing.calibration import (
    MOST_LEADS,
    CannotCalibrate,
    Kind,
    LevelWith,
    Seat,
    Wish,
    changes_for,
    opposite,
    preview,
    suggested_leads,
)
from oppspot.routing.fairness import LEAD, Turns, shares_of

ANN, BEN, CLEO = rep_id(1), rep_id(2), rep_id(3)
EVEN_SEATS = (Seat(ANN, 0, 1), Seat(BEN, 0, 1), Seat(CLEO, 0, 1))


@st.composite
def pools(draw: st.DrawFn) -> list[Seat]:
    amounts = draw(st.lists(st.integers(-5 * LEAD, 5 * LEAD), min_size=1, max_size=7))
    weights = draw(st.lists(st.integers(1, 2000), min_size=len(amounts) + 1, max_size=len(amounts) + 1))
    owed = [*amounts, -sum(amounts)]
    return [Seat(rep_id(n), credit, weight) for n, (credit, weight) in enumerate(zip(owed, weights, strict=True))]


wishes = st.one_of(
    st.just(Wish(rep_id(0), Kind.EVEN)),
    st.integers(-MOST_LEADS, MOST_LEADS).map(lambda leads: Wish(rep_id(0), Kind.CATCH_UP, leads)),
    st.sampled_from(LevelWith).map(lambda level: Wish(rep_id(0), Kind.LEVEL, level_with=level)),
)


def after(seats: list[Seat], changes: dict[UUID, int]) -> dict[UUID, int]:
    return {seat.rep_id: seat.credit + changes.get(seat.rep_id, 0) for seat in seats}


@given(pools(), wishes)
def test_whatever_is_asked_the_sum_stays_0_and_the_opposite_takes_it_back(seats: list[Seat], wish: Wish) -> None:
    changes = changes_for(wish, seats)
    assert sum(changes.values()) == 0
    assert after([Seat(*seat) for seat in seats], changes) != {} or not seats
    back = opposite(changes)
    assert all(changes[rep] + back[rep] == 0 for rep in changes)


@given(pools())
def test_even_sets_one_to_0(seats: list[Seat]) -> None:
    assert after(seats, changes_for(Wish(rep_id(0), Kind.EVEN), seats))[rep_id(0)] == 0


@given(pools(), st.sampled_from(LevelWith))
def test_level_is_level_with_whoever_is_owed_most_or_furthest_ahead_afterwards(
    seats: list[Seat], level: LevelWith
) -> None:
    owed = after(seats, changes_for(Wish(rep_id(0), Kind.LEVEL, level_with=level), seats))
    own = owed.pop(rep_id(0))
    measure = max(owed.values()) if level is LevelWith.MOST_OWED else min(owed.values())
    assert abs(own - measure) <= 2  # units, of which 5e15 are a lead


def test_the_others_pay_by_their_weight() -> None:
    seats = [Seat(ANN, 0, 1), Seat(BEN, 0, 3), Seat(CLEO, 0, 1)]
    changes = changes_for(Wish(CLEO, Kind.CATCH_UP, 4), seats)
    assert changes == {CLEO: 4 * LEAD, BEN: -3 * LEAD, ANN: -LEAD}


def test_who_takes_no_turns_pays_nothing() -> None:
    changes = changes_for(Wish(CLEO, Kind.CATCH_UP, 4), [Seat(ANN, 0, 0), Seat(BEN, 0, 3), Seat(CLEO, 0, 1)])
    assert changes == {CLEO: 4 * LEAD, BEN: -4 * LEAD}


@pytest.mark.parametrize(
    ("wish", "seats", "why"),
    [
        (Wish(CLEO, Kind.CATCH_UP, MOST_LEADS + 1), EVEN_SEATS, "at most 50"),
        (Wish(CLEO, Kind.CATCH_UP, -MOST_LEADS - 1), EVEN_SEATS, "at most 50"),
        (Wish(rep_id(9), Kind.EVEN), EVEN_SEATS, "not in this pool"),
        (Wish(ANN, Kind.CATCH_UP, 1), EVEN_SEATS[:1], "nobody else"),
        (Wish(ANN, Kind.CATCH_UP, 1), (Seat(ANN, 0, 1), Seat(BEN, 0, 0)), "nobody else"),
    ],
)
def test_what_cannot_be_is_refused_with_why(wish: Wish, seats: tuple[Seat, ...], why: str) -> None:
    with pytest.raises(CannotCalibrate, match=why):
        changes_for(wish, seats)


def test_a_preview_shows_the_turns_the_burst_and_what_it_costs() -> None:
    """Cleo comes back and is owed 4 leads: she gets the next leads in a row, but for what she would have had."""
    changes = changes_for(Wish(CLEO, Kind.CATCH_UP, 4), EVEN_SEATS)
    shown = preview([0, 0, 0], [changes[each] for each in (ANN, BEN, CLEO)], shares_of([1, 1, 1]), 2)
    assert shown.before[:6] == (0, 1, 2, 0, 1, 2)
    assert shown.after[:5] == (2, 2, 2, 2, 2)
    assert shown.burst is not None
    assert shown.gains == (-2, -2, 4)
    assert shown.before[: shown.burst].count(2) + 4 == shown.after[: shown.burst].count(2)


def test_who_has_too_much_waits_in_a_preview() -> None:
    changes = changes_for(Wish(CLEO, Kind.CATCH_UP, -2), EVEN_SEATS)
    shown = preview([0, 0, 0], [changes[each] for each in (ANN, BEN, CLEO)], shares_of([1, 1, 1]), 2)
    assert 2 not in shown.after[:5]
    assert shown.gains == (1, 1, -2)


def test_less_than_a_lead_is_no_burst() -> None:
    shown = preview([0, 0], [LEAD // 4, -LEAD // 4], shares_of([1, 1]), 0)
    assert (shown.burst, shown.gains) == (0, (0, 0))


@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(st.integers(1, 40), min_size=2, max_size=6))
def test_no_credit_passes_the_bound_plus_what_was_calibrated(data: st.DataObject, weighting: list[int]) -> None:
    """Whoever is eligible, whoever is calibrated: N - 1 leads and all that was calibrated."""
    n, owed, calibrated = len(weighting), [0] * len(weighting), 0
    steps = st.one_of(
        st.sets(st.integers(0, n - 1), min_size=1),
        st.tuples(st.integers(0, n - 1), st.sampled_from([*Kind]), st.integers(-5, 5)),
    )
    for step in data.draw(st.lists(steps, max_size=50)):
        if isinstance(step, set):
            eligible = sorted(step)
            turns = Turns([owed[i] for i in eligible], shares_of([weighting[i] for i in eligible]))
            turns.take()
            for position, gain in zip(eligible, turns.gains(), strict=True):
                owed[position] += gain
        else:
            who, kind, leads = step
            seats = [Seat(rep_id(i), owed[i], weighting[i]) for i in range(n)]
            changes = changes_for(Wish(rep_id(who), kind, leads), seats)
            owed = [credit + changes[rep_id(i)] for i, credit in enumerate(owed)]
            calibrated += abs(changes[rep_id(who)])
        assert sum(owed) == 0
        assert max(map(abs, owed)) <= (n - 1) * LEAD + calibrated


def test_what_is_suggested_is_the_share_of_what_was_given_meanwhile() -> None:
    assert suggested_leads(24, weight=1, whole=3) == 8
    assert suggested_leads(5, weight=1, whole=2) == 3
    assert suggested_leads(5, weight=0, whole=0) == 0
    assert suggested_leads(5000, weight=1, whole=2) == MOST_LEADS
