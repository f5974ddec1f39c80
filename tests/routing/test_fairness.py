"""Turns are exact, bounded and free of chance."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import ANN, BEN, CLEO, a_lead, applied, rep_id, route

from oppspot.routing.fairness import (
    LEAD,
    Turns,
    phrase_credit,
    settle_departures,
    shares_of,
    turn_order,
    whole_weights,
)
from oppspot.routing.people import Outcomes
from oppspot.routing.policies import FairnessPolicy
from oppspot.routing.shares import conversion_factor, weights_of
from oppspot.routing.types import FairnessLedger

weights = st.lists(st.integers(1, 40), min_size=1, max_size=10)


def after_one(owed: list[int], eligible: list[int], weighting: list[int]) -> list[int]:
    """Return the credits after one lead among the eligible."""
    turns = Turns([owed[i] for i in eligible], shares_of([weighting[i] for i in eligible]))
    turns.take()
    after = list(owed)
    for position, gain in zip(eligible, turns.gains(), strict=True):
        after[position] += gain
    return after


@settings(max_examples=40, deadline=None)
@given(weights)
def test_in_a_fixed_pool_every_prefix_stays_within_one_of_the_exact_share(weighting: list[int]) -> None:
    turns, counts, total, n = (
        Turns([0] * len(weighting), shares_of(weighting)),
        Counter[int](),
        sum(weighting),
        len(weighting),
    )
    bound = 1 - Fraction(1, 2 * n - 2) if n > 1 else Fraction(0)
    for step in range(1, total + 1):
        counts[turns.take().position] += 1
        off = max(abs(counts[i] - Fraction(step * weight, total)) for i, weight in enumerate(weighting))
        assert off <= bound + Fraction(step, LEAD)  # the second term is what rounding shares to units may add


def test_the_plain_largest_credit_order_would_break_that_bound() -> None:
    """Why turns go by due date: with these weights the simpler order is off by more than one lead."""
    weighting, worst = [1, 1, 3, 3, 20, 3, 20, 20, 3], Fraction(0)
    total, counts = sum(weighting), [0] * len(weighting)
    for step in range(1, total + 1):
        claims = [Fraction(step * weight, total) - count for weight, count in zip(weighting, counts, strict=True)]
        counts[claims.index(max(claims))] += 1
        worst = max(
            worst, *(abs(count - Fraction(step * w, total)) for w, count in zip(weighting, counts, strict=True))
        )
    assert worst > 1


# Twelfths of a lead, so that credits often lie on the edge of early and overdue.
credits_near_edges = st.integers(-20, 20).map(lambda twelfths: twelfths * LEAD // 12)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(st.sampled_from([1, 1, 2, 3, 12, 40]), min_size=1, max_size=6))
def test_turns_follow_the_definition_from_any_credits(data: st.DataObject, weighting: list[int]) -> None:
    n = len(weighting)
    owed = data.draw(st.lists(credits_near_edges, min_size=n, max_size=n))
    shares = shares_of(weighting)
    turns, credit = Turns(owed, shares), list(owed)
    for charged in data.draw(st.lists(st.sampled_from([None, None, *range(n)]), max_size=20)):
        position = turn_order(credit, shares)[0] if charged is None else charged
        if charged is None:
            turn = turns.take()
            assert (turn.position, turn.claim) == (position, credit[position] + shares[position])
        else:
            turns.charge(position)
        credit = [each + share for each, share in zip(credit, shares, strict=True)]
        credit[position] -= LEAD
    assert turns.gains() == [after - before for after, before in zip(credit, owed, strict=True)]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(st.integers(1, 60), min_size=2, max_size=8))
def test_whoever_is_eligible_no_credit_ever_passes_the_proven_bound(data: st.DataObject, weighting: list[int]) -> None:
    n = len(weighting)
    owed = [0] * n
    for eligible in data.draw(st.lists(st.sets(st.integers(0, n - 1), min_size=1), max_size=60)):
        owed = after_one(owed, sorted(eligible), weighting)
        assert sum(owed) == 0
        assert max(map(abs, owed)) < (n - 1) * LEAD


@pytest.mark.parametrize("weighting", [[1] * 6, [1, 2, 3, 5, 8, 40]])
def test_an_adversary_who_chooses_the_eligible_cannot_make_credit_grow(weighting: list[int]) -> None:
    """The worst known stream: always the two whose credits are closest, so that any choice pulls them apart."""
    owed, worst = [0] * 6, {}
    for step in range(1, 3001):
        order = sorted(range(6), key=lambda i: owed[i])
        gap = min(range(5), key=lambda i: owed[order[i + 1]] - owed[order[i]])
        owed = after_one(owed, sorted(order[gap : gap + 2]), weighting)
        worst[step] = max(worst.get(step - 1, 0), *map(abs, owed))
    assert worst[3000] == worst[1000] < 5 * LEAD


def test_credit_carried_over_absences_does_not_grow_with_the_stream() -> None:
    """Ten reps, each away for a different stretch of every cycle; ten times the leads, the same credit."""
    weighting, owed, worst = [1, 1, 2, 3, 1, 5, 1, 2, 1, 4], [0] * 10, {}
    for step in range(1, 5001):
        present = [i for i in range(10) if (step * (2 * i + 3)) % 11 >= 4]
        owed = after_one(owed, present or [0], weighting)
        worst[step] = max(worst.get(step - 1, 0), *map(abs, owed))
    assert worst[5000] <= worst[500] * 1.1
    assert worst[5000] < 2 * LEAD


def test_equal_claims_go_to_the_lower_position_and_say_so() -> None:
    turns = Turns([0, 0, 0], shares_of([1, 1, 1]))
    assert [turns.take()[::2] for _ in range(3)] == [(0, True), (1, True), (2, False)]


def test_of_two_overdue_the_one_who_is_owed_more_goes_first_whatever_their_weight() -> None:
    """By due moment alone the first, owed 11/12 after this lead, would go before the third, owed a whole one."""
    shares = shares_of([1, 1, 8, 1, 1])
    credit = [twelfths * LEAD // 12 for twelfths in (10, -5, 4, -5, -4)]
    assert turn_order(credit, shares)[0] == Turns(credit, shares).take().position == 2


@given(weights)
def test_shares_sum_to_exactly_one_lead_and_are_off_by_at_most_a_unit(weighting: list[int]) -> None:
    shares = shares_of(weighting)
    assert sum(shares) == LEAD
    assert all(abs(share - Fraction(LEAD * w, sum(weighting))) <= 1 for share, w in zip(shares, weighting, strict=True))


def test_however_few_or_many_leads_a_rep_wins_they_have_half_a_share_at_least_and_two_at_most() -> None:
    team = [
        replace(rep, weight=weight, outcomes={"high": Outcomes(trials, wins)})
        for rep, weight, trials, wins in ((ANN, 1, 1000, 1), (BEN, 1, 200, 199), (CLEO, 3, 800, 160))
    ]
    policy = FairnessPolicy(algorithm="performance_weighted")  # the pool wins 18 %
    assert weights_of(team, policy, by_weight=False)[:2] == [Decimal("0.5"), Decimal(2)]
    won_by_all = [replace(rep, outcomes={"low": Outcomes(100, 30)}) for rep in team]
    assert weights_of(won_by_all, policy, by_weight=True) == [Decimal(1), Decimal(1), Decimal(3)]


@pytest.mark.parametrize(
    ("trials", "wins", "factor"),
    [
        (1000, 0, "0.5"),
        (21, 0, "0.5"),
        (20, 0, "0.5"),  # just there of itself
        (19, 0, "0.51"),
        (20, 2, "1"),
        (100, 21, "1.92"),
        (20, 6, "2"),  # just there of itself
        (20, 7, "2"),
        (1000, 1000, "2"),
        (0, 0, "1"),
    ],
)
def test_the_factor_of_conversion_goes_as_far_as_its_bounds_and_no_further(trials: int, wins: int, factor: str) -> None:
    """The pool wins 10 %."""
    assert conversion_factor(Outcomes(trials, wins), 0.1) == Decimal(factor)


@pytest.mark.parametrize("members", [1, 7, 19, 37, 40])
def test_equal_shares_are_whole_units(members: int) -> None:
    assert set(shares_of([1] * members)) == {LEAD // members}


@given(st.lists(st.decimals("0.001", 1000, places=3), min_size=1))
def test_whole_weights_keep_the_proportion(decimals: list) -> None:
    whole = whole_weights(decimals)
    assert all(Fraction(a) * whole[0] == Fraction(decimals[0]) * b for a, b in zip(decimals, whole, strict=True))


@st.composite
def ledgers(draw: st.DrawFn) -> dict[UUID, int]:
    amounts = draw(st.lists(st.integers(-2 * LEAD, 2 * LEAD), min_size=1, max_size=8))
    return {rep_id(n): amount for n, amount in enumerate([*amounts, -sum(amounts)])}


@given(ledgers(), st.sets(st.integers(0, 9)))
def test_departures_conserve_the_sum_and_never_enlarge_a_credit(owed: dict[UUID, int], stay: set[int]) -> None:
    staying = {rep_id(n) for n in stay} & owed.keys()
    settled = settle_departures(owed, staying)
    assert settled.keys() == staying
    assert sum(settled.values()) == 0
    assert all(settled[rep] * owed[rep] >= 0 and abs(settled[rep]) <= abs(owed[rep]) for rep in staying)


def test_what_a_leaver_was_owed_is_struck_from_those_ahead_in_proportion() -> None:
    owed = {rep_id(1): 3, rep_id(2): 3, rep_id(3): -4, rep_id(4): -2}
    assert settle_departures(owed, [rep_id(2), rep_id(3), rep_id(4)]) == {rep_id(2): 3, rep_id(3): -2, rep_id(4): -1}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_joining_and_leaving_over_and_over_keeps_the_bound(data: st.DataObject) -> None:
    """Eight seats at most, refilled for ever: newcomers start at 0, and N - 1 still holds for N = 8."""
    owed: dict[UUID, int] = {}
    for step, members in enumerate(data.draw(st.lists(st.sets(st.integers(0, 7), min_size=1), max_size=50))):
        # A seat's occupant changes with time, so the same seat is soon somebody new.
        team = sorted(rep_id(100 * (step // 5 + seat) + seat) for seat in members)
        owed = settle_departures(owed, team)
        credit = after_one(
            [owed.get(rep, 0) for rep in team], list(range(len(team))), [1 + rep.int % 3 for rep in team]
        )
        owed = dict(zip(team, credit, strict=True))
        assert sum(owed.values()) == 0
        assert max(map(abs, owed.values())) < 7 * LEAD


def test_giving_back_the_turns_of_undone_leads_would_break_the_bound() -> None:
    """Why undoing an import keeps turns: its leads, every other one, all fell to the same of two equal reps."""
    shares = shares_of([1, 1])
    turns = Turns([0, 0], shares)
    winners = [turns.take().position for _ in range(100)]
    assert winners[::2] == [0] * 50
    given_back = [
        gain - 50 * share + 50 * LEAD * (rep == 0)
        for rep, (gain, share) in enumerate(zip(turns.gains(), shares, strict=True))
    ]
    assert sum(given_back) == 0
    assert given_back == [25 * LEAD, -25 * LEAD]
    burst = Turns(given_back, shares)
    assert [burst.take().position for _ in range(25)] == [0] * 25


@settings(max_examples=40, deadline=None)
@given(weights, st.integers(0, 200), st.integers(1, 400))
def test_leads_routed_in_one_go_move_no_credit_by_two_leads(weighting: list[int], before: int, number: int) -> None:
    turns = Turns([0] * len(weighting), shares_of(weighting))
    for _ in range(before):
        turns.take()
    owed = turns.gains()
    for _ in range(number):
        turns.take()
    assert max(abs(now - then) for now, then in zip(turns.gains(), owed, strict=True)) < 2 * LEAD


@pytest.mark.parametrize(("kept", "offered", "ended"), [(True, 100, 150), (False, 299, 150)])
def test_whoever_hands_back_everything_is_offered_no_more_than_a_share(*, kept: bool, offered: int, ended: int) -> None:
    """Ann hands back each lead. `kept` is the rule; without it, her credit is put back as it was."""
    reps, ledgers = (ANN, BEN, CLEO), dict[str, FairnessLedger]()
    offers, holders = Counter[UUID | None](), Counter[UUID | None]()
    for number in range(300):
        first = route(a_lead(number), reps=reps, ledgers=ledgers)
        offers[first.decisions[0].rep_id] += 1
        _, after = applied(first, reps, ledgers)
        if first.decisions[0].rep_id != ANN.id:
            holders[first.decisions[0].rep_id] += 1
            ledgers = after
            continue
        ledgers = after if kept else ledgers
        second = route(a_lead(number, previous_rep_ids=frozenset({ANN.id})), reps=reps, ledgers=ledgers)
        holders[second.decisions[0].rep_id] += 1
        _, ledgers = applied(second, reps, ledgers)
    assert offers[ANN.id] == offered
    assert [holders[rep.id] for rep in reps] == [0, ended, ended]


def test_credit_reads_as_owed_or_ahead() -> None:
    assert phrase_credit(LEAD // 4) == "owed 0.25 of a lead"
    assert phrase_credit(-LEAD // 4) == "ahead by 0.25 of a lead"
