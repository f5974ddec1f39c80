"""Leads go to whoever is likely to make the most of them, with known probabilities, and the same way again."""

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.routing.world import lead_id

from oppspot.routing.bandit import choose, repetitions, seed_of, usable
from oppspot.routing.people import Outcomes
from oppspot.routing.policies import OptimisationPolicy
from oppspot.routing.quantiles import LEVELS, beta_levels
from oppspot.routing.shrinkage import LEADS, LOWEST, Arm, arms_of

POLICY = OptimisationPolicy()
RATES = (0.05, 0.08, 0.10, 0.12, 0.15, 0.18, 0.20, 0.30)
# The 99.9 % quantile of chi-square with 3 degrees of freedom.
CHI_SQUARE = {3: 16.27}
GOLDEN_SEED = 10735071153603866960929278659726097325
GOLDEN = (2, (0.033333333, 0.166927083, 0.799739583))

arms = st.lists(
    st.builds(Arm, st.floats(0.5, 500), st.floats(0.5, 500), st.sampled_from([1.0, 250.0, 90_000.0])),
    min_size=1,
    max_size=12,
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Arm], list[int], int, OptimisationPolicy]:
    found = draw(arms)
    allowed = draw(st.lists(st.sampled_from(range(len(found))), min_size=1, unique=True))
    policy = OptimisationPolicy(exploration=draw(st.floats(0.01, 0.5)))
    return found, allowed, draw(st.integers(0, 2**128 - 1)), policy


@given(situations())
@settings(max_examples=200, deadline=None)
def test_only_who_is_allowed_gets_a_lead_and_everybody_allowed_may(
    situation: tuple[list[Arm], list[int], int, OptimisationPolicy],
) -> None:
    found, allowed, seed, policy = situation
    choice = choose(found, allowed, seed=seed, policy=policy)
    assert choice.position in allowed
    assert sum(choice.propensities) == pytest.approx(1, abs=1e-12)
    for position, probability in enumerate(choice.propensities):
        if position in allowed:
            assert probability >= policy.exploration / len(allowed)
        else:
            assert probability == 0
    assert choice.expected == tuple(arm.expected for arm in found)
    assert choose(found, allowed, seed=seed, policy=policy) == choice


def test_a_decision_is_the_same_on_every_machine_and_in_every_version() -> None:
    """Stored decisions are taken again by this: what it gives may change only with a new name for the algorithm."""
    found = [Arm(3, 17), Arm(6, 14), Arm(9, 11)]
    seed = seed_of(UUID(int=7), "abc")
    choice = choose(found, [0, 1, 2], seed=seed, policy=POLICY)
    assert seed == GOLDEN_SEED
    assert (choice.position, tuple(round(each, 9) for each in choice.propensities)) == GOLDEN
    assert seed_of(UUID(int=7), "abd") != seed
    assert seed_of(UUID(int=8), "abc") != seed


@pytest.mark.parametrize(
    "found",
    [
        [Arm(4, 16), Arm(5, 15), Arm(6, 14), Arm(8, 12)],
        [Arm(5, 15)] * 4,
        [Arm(2, 18, 1000), Arm(10, 10, 200), Arm(5, 15, 400), Arm(1, 19, 100)],
    ],
    ids=["different", "alike", "of different worth"],
)
def test_leads_are_given_as_often_as_the_logged_probabilities_say(found: list[Arm]) -> None:
    given: Counter[int] = Counter()
    due = [0.0] * len(found)
    for number in range(4_000):
        choice = choose(found, range(4), seed=seed_of(lead_id(number), "h"), policy=POLICY)
        given[choice.position] += 1
        due = [total + probability for total, probability in zip(due, choice.propensities, strict=True)]
    distance = sum((given[place] - expected) ** 2 / expected for place, expected in enumerate(due))
    assert distance < CHI_SQUARE[3], (given, due)


def test_reps_who_are_alike_are_given_alike() -> None:
    """Of a hundred, several often draw the same: the first of them must not get more for being first."""
    first_half = 0.0
    for number in range(400):
        choice = choose([Arm(5, 15)] * 100, range(100), seed=seed_of(lead_id(number), "h"), policy=POLICY)
        first_half += sum(choice.propensities[:50]) / 400
    assert first_half == pytest.approx(0.5, abs=0.015)


def test_the_share_of_wins_is_the_chance_to_be_best() -> None:
    """P(X > Y) for Beta(2, 3) and Beta(3, 2) is 0.242857…: the sum of its terms, worked out exactly."""
    likely = 0.0
    for number in range(1_000):
        choice = choose([Arm(2, 3), Arm(3, 2)], [0, 1], seed=number, policy=POLICY)
        likely += (choice.propensities[0] - 0.05) / 0.9 / 1_000
    assert likely == pytest.approx(_chance_to_beat(2, 3, 3, 2), abs=0.004)


def _chance_to_beat(a: int, b: int, c: int, d: int) -> float:
    """Return P(Beta(a, b) > Beta(c, d)) by the midpoint rule."""
    steps = 4_000
    mids = [(place + 0.5) / steps for place in range(steps)]
    first = [x ** (a - 1) * (1 - x) ** (b - 1) for x in mids]
    second = [x ** (c - 1) * (1 - x) ** (d - 1) for x in mids]
    below, won = 0.0, 0.0
    for f, s in zip(first, second, strict=True):
        won += f * (below + s / 2)
        below += s
    return won / (sum(first) * sum(second))


@given(st.floats(0.5, 800), st.floats(0.5, 800))
@settings(max_examples=100, deadline=None)
def test_levels_have_the_mean_and_the_spread_of_their_distribution(alpha: float, beta: float) -> None:
    levels = beta_levels(alpha, beta)
    assert list(levels) == sorted(levels)
    assert 0 <= levels[0] <= levels[-1] <= 1
    mean = sum(levels) / LEVELS
    spread = (sum((each - mean) ** 2 for each in levels) / LEVELS) ** 0.5
    whole = alpha + beta
    true_spread = (alpha * beta / whole**2 / (whole + 1)) ** 0.5
    assert mean == pytest.approx(alpha / whole, abs=0.01 * true_spread + 1e-9)
    assert spread == pytest.approx(true_spread, rel=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_more_is_won_than_by_even_turns(seed: int) -> None:
    """Eight reps whose true rates are known only to the test, 1,500 leads, learning as outcomes come in."""
    chance = Random(seed)  # noqa: S311 - a fixed variety, not a secret
    trials, wins = [0] * len(RATES), [0] * len(RATES)
    found = arms_of([{}] * len(RATES), "high")
    won = 0.0
    for number in range(1_500):
        if number % 25 == 0:
            histories = [{"high": Outcomes(n, w)} for n, w in zip(trials, wins, strict=True)]
            found = arms_of(histories, "high")
        position = choose(found, range(8), seed=seed_of(lead_id(number), str(seed)), policy=POLICY).position
        trials[position] += 1
        wins[position] += chance.random() < RATES[position]
        won += RATES[position]
    even = 1_500 * sum(RATES) / len(RATES)
    assert won > 1.25 * even
    assert trials[7] == max(trials)
    assert min(trials) >= 1_500 * POLICY.exploration / 8 * 0.5  # nobody is forgotten


def test_what_is_believed_is_worked_out_once_and_looked_up_after_that() -> None:
    chance = Random(1)  # noqa: S311 - a fixed variety, not a secret
    found = [Arm(chance.uniform(1, 40), chance.uniform(20, 90)) for _ in range(100)]
    beta_levels.cache_clear()
    for seed in range(3):
        choose(found, range(100), seed=seed, policy=POLICY)
    known = beta_levels.cache_info()
    assert (known.misses, known.hits) == (100, 200)


@pytest.mark.parametrize(("allowed", "times"), [(1, 256), (20, 256), (40, 128), (100, 64), (1_000, 64)])
def test_the_more_there_are_the_fewer_times_each_draws(allowed: int, times: int) -> None:
    assert repetitions(allowed) == times


@pytest.mark.parametrize(
    ("policy", "outcomes", "reason"),
    [
        (OptimisationPolicy(enabled=False), Outcomes(900, 90), "optimising is switched off"),
        (POLICY, Outcomes(199, 20), "199 outcomes are known of the 200 it takes"),
        (POLICY, Outcomes(200, 0), "all outcomes are alike, so there is nothing to learn from"),
        (POLICY, Outcomes(200, 200), "all outcomes are alike, so there is nothing to learn from"),
        (POLICY, Outcomes(200, 20), None),
    ],
)
def test_outcomes_decide_only_where_there_are_enough_and_it_is_wanted(
    policy: OptimisationPolicy, outcomes: Outcomes, reason: str | None
) -> None:
    assert usable([{"high": outcomes}, {}], policy) == reason
    half = Outcomes(outcomes.trials // 2, outcomes.wins // 2)
    if reason is None:
        assert usable([{"high": half}, {"low": half}], policy) is None


def test_few_outcomes_say_little() -> None:
    pool = [{"high": Outcomes(400, 80)}, {"high": Outcomes(4, 4)}, {}]
    known, lucky, new = (arm.rate for arm in arms_of(pool, "high"))
    assert known == pytest.approx(0.2, abs=0.01)
    assert new < lucky < 0.4  # 4 of 4 is not 100 %
    assert new == pytest.approx(0.2, abs=0.02)


def test_who_had_the_easy_leads_is_not_taken_for_the_better_rep() -> None:
    """Both win exactly what everybody wins in each segment; one had the urgent leads, the other the low ones."""
    easy = {"urgent": Outcomes(300, 150), "low": Outcomes(20, 1)}
    hard = {"urgent": Outcomes(20, 10), "low": Outcomes(300, 15)}
    for segment in ("urgent", "low"):
        first, second = arms_of([easy, hard], segment)
        assert first.rate == pytest.approx(second.rate, rel=0.15)  # drawn a little to the mean; 40 % apart without


def test_who_does_well_elsewhere_is_expected_to_do_well_here() -> None:
    good, poor = {"high": Outcomes(200, 80)}, {"high": Outcomes(200, 20)}
    first, second = arms_of([good, poor, {"low": Outcomes(100, 10)}], "low")[:2]
    assert first.rate > 1.5 * second.rate
    assert first.alpha + first.beta == pytest.approx(LEADS)  # nothing is known of them in this segment


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 90), st.integers(0, 90))), min_size=1))
@settings(max_examples=100, deadline=None)
def test_whatever_the_history_beliefs_are_well_formed(histories: list[dict[str, tuple[int, int]]]) -> None:
    told = [
        {name: Outcomes(max(pair), min(pair), 10.0 * min(pair)) for name, pair in each.items()} for each in histories
    ]
    for arm in arms_of(told, "a"):
        assert arm.alpha >= LEADS * LOWEST
        assert arm.beta >= LEADS * LOWEST
        assert arm.value > 0


def test_a_win_is_worth_what_their_wins_were_worth_the_more_there_are() -> None:
    rich = {"high": Outcomes(100, 40, 40 * 1_000.0)}
    usual = {"high": Outcomes(100, 40, 40 * 100.0)}
    once = {"high": Outcomes(3, 1, 50_000.0)}
    values = [arm.value for arm in arms_of([rich, usual, once], "high")]
    assert values[0] > 3 * values[1]
    assert values[2] < 10_000
    assert [arm.value for arm in arms_of([{"high": Outcomes(100, 40)}, {}], "high")] == [1.0, 1.0]


PAIRS = st.dictionaries(st.sampled_from("abcde"), st.tuples(st.integers(0, 90), st.integers(0, 90)))


@given(st.lists(PAIRS, min_size=2, max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_beliefs_are_the_same_to_the_last_digit_in_whichever_order_histories_are_read(
    pairs: list[dict[str, tuple[int, int]]], chance: Random
) -> None:
    """A replay reads them from its record, where they lie in another order than in the database."""
    histories = [{name: Outcomes(max(pair), min(pair), 0.1 * pair[0]) for name, pair in each.items()} for each in pairs]
    shuffled = [dict(chance.sample(list(each.items()), len(each))) for each in histories]
    places = chance.sample(range(len(pairs)), len(pairs))
    for segment in "ab":
        again = arms_of([shuffled[place] for place in places], segment)
        assert [again[places.index(place)] for place in range(len(pairs))] == list(arms_of(histories, segment))
