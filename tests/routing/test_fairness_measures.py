"""Two currencies: how many leads, and what they are worth; the band says how far one may give way to the other."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import combinations
from random import Random
from statistics import fmean
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.routing.world import a_config, a_lead, a_rep, a_rule, applied, owners, route

from oppspot.routing.fairness_measures import by_weight, count_gap, gini_index, jain_index
from oppspot.routing.policies import FairnessPolicy, Policies, RuleSettings
from oppspot.routing.types import FairnessLedger

amounts = st.lists(st.integers(0, 1000), min_size=1, max_size=12)


def test_even_is_1_by_jain_and_0_by_gini() -> None:
    assert (jain_index([5, 5, 5]), gini_index([5, 5, 5])) == (1, 0)


def test_one_who_has_all_is_1_in_n() -> None:
    assert (jain_index([0, 0, 0, 8]), gini_index([0, 0, 0, 8])) == (0.25, 0.75)


def test_nothing_given_is_unknown_not_even() -> None:
    assert (jain_index([0, 0]), gini_index([0, 0])) == (None, None)


@given(amounts)
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    found = gini_index(values)
    if found is None:
        assert not sum(values)
        return
    pairs = 2 * sum(abs(a - b) for a, b in combinations(values, 2))
    assert found == pytest.approx(pairs / (2 * len(values) * sum(values)))


@given(amounts.filter(any))
def test_jain_lies_between_1_in_n_and_1(values: list[int]) -> None:
    found = jain_index(values)
    assert found is not None
    assert 1 / len(values) - 1e-9 <= found <= 1 + 1e-9


def test_the_count_gap_is_largest_minus_smallest_and_heeds_weights() -> None:
    assert count_gap([7, 4, 5], [1, 1, 1]) == pytest.approx(3)
    assert count_gap([8, 4], [2, 1]) == 0
    assert count_gap([9, 3], [2, 1]) == pytest.approx(2)


def test_by_weight_leaves_out_who_takes_no_turns() -> None:
    assert by_weight([10, 10, 3], [Decimal(2), 1, 0]) == [5, 10]


# Five reps; streams of 300 leads whose values are heavy-tailed: a few are worth as much as all the others.
REPS = tuple(a_rep(number) for number in range(1, 6))
STREAMS = range(8)


def heavy_tailed(count: int = 300, stream: int = 0) -> list[Decimal]:
    chance = Random(stream)  # noqa: S311
    return [Decimal(round(1000 * chance.paretovariate(1.5))) for _ in range(count)]


class Outcome(NamedTuple):
    """What became of one stream: who got what, in leads and in value, and by how many leads each is ahead."""

    owners: list[UUID | None]
    counts: list[int]
    jain: float
    ahead: list[int]


@cache
def routed(band: int, algorithm: Any, stream: int) -> Outcome:
    config = replace(
        a_config(a_rule(settings=RuleSettings(band=band))),
        policies=Policies(fairness=FairnessPolicy(algorithm=algorithm)),
    )
    values = heavy_tailed(stream=stream)
    batch = route([a_lead(number, value=value) for number, value in enumerate(values)], config, REPS)
    had = owners(batch)
    sums = [sum((v for v, who in zip(values, had, strict=True) if who == rep.id), Decimal(0)) for rep in REPS]
    jain = jain_index(sums)
    assert jain is not None
    return Outcome(had, [had.count(rep.id) for rep in REPS], jain, [credit.ahead for credit in batch.credits])


def test_band_0_is_pure_turns() -> None:
    for stream in STREAMS:
        assert routed(0, "value_balanced", stream).owners == routed(0, "equal", stream).owners


@pytest.mark.parametrize("band", [1, 2, 20])
def test_the_band_bounds_the_count_gap_while_value_gets_more_even(band: int) -> None:
    """Both are reported: value gets more even on average (Jain), and in no stream does the gap pass the bound."""
    plain = [routed(0, "equal", stream) for stream in STREAMS]
    balanced = [routed(band, "value_balanced", stream) for stream in STREAMS]
    for outcome in balanced:
        assert max(map(abs, outcome.ahead)) <= band
        assert sum(outcome.ahead) == 0
        assert count_gap(outcome.counts, [1] * 5) <= 2 * band + 2
    assert fmean(each.jain for each in balanced) > fmean(each.jain for each in plain) + 0.005


def test_a_wide_band_buys_even_value_with_uneven_counts() -> None:
    narrow = [routed(2, "value_balanced", stream) for stream in STREAMS]
    wide = [routed(20, "value_balanced", stream) for stream in STREAMS]
    assert fmean(each.jain for each in wide) > fmean(each.jain for each in narrow) + 0.02
    assert max(count_gap(each.counts, [1] * 5) for each in wide) > max(
        count_gap(each.counts, [1] * 5) for each in narrow
    )


@pytest.mark.parametrize("band", [0, 1, 3])
def test_nobody_is_ever_further_ahead_than_the_band_however_leads_are_batched(band: int) -> None:
    config = replace(
        a_config(a_rule(settings=RuleSettings(band=band))),
        policies=Policies(fairness=FairnessPolicy(algorithm="value_balanced")),
    )
    reps, ledgers, number = list(REPS), dict[str, FairnessLedger](), 0
    for size in (1, 7, 2, 30, 1, 60):
        stream = [a_lead(number + each, value=value) for each, value in enumerate(heavy_tailed(size))]
        number += size
        batch = route(stream, config, reps, ledgers)
        reps, ledgers = applied(batch, reps, ledgers, stream)
        for ledger in ledgers.values():
            assert all(abs(ahead) <= band for ahead in ledger.ahead.values())
            assert sum(ledger.ahead.values()) == sum(ledger.credits.values()) == 0
