"""One choice by expected value: draws looked up in tables beside as many draws by `random.betavariate`.

Both draw for the same reps, as often, and count who draws best. Processor time, the fastest round of each counts.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from bench.calendars import fastest
from rich.table import Table

from oppspot.routing.bandit import choose, repetitions
from oppspot.routing.policies import OptimisationPolicy
from oppspot.routing.shrinkage import Arm

SEED = 20261128
POLICY = OptimisationPolicy()


def run(reps: int = 100, choices: int = 200, rounds: int = 3) -> dict[str, Any]:
    """Measure both; raises AssertionError when they are far apart in whom they favour."""
    chance = Random(SEED)
    arms = [Arm(chance.uniform(1, 40), chance.uniform(20, 90)) for _ in range(reps)]
    times = repetitions(reps)
    choose(arms, range(reps), seed=0, policy=POLICY)  # the tables are made once for each history
    looked_up, by_tables = fastest(
        rounds, lambda: [choose(arms, range(reps), seed=seed, policy=POLICY).propensities for seed in range(choices)]
    )
    drawn, one_by_one = fastest(1, lambda: [_drawn_one_by_one(arms, times, Random(seed)) for seed in range(choices)])
    assert abs(_mean_of_best(arms, looked_up) - _mean_of_best(arms, drawn)) < 0.05, "they favour different reps"
    return {
        "bench": "choosing",
        "reps": reps,
        "repetitions": times,
        "by_tables_ms": round(by_tables / choices * 1000, 3),
        "one_by_one_ms": round(one_by_one / choices * 1000, 3),
        "times_faster": round(one_by_one / by_tables, 1),
    }


def _drawn_one_by_one(arms: Sequence[Arm], times: int, chance: Random) -> list[float]:
    """Return how likely each gets the lead, by the same mixture with chance."""
    won = [0] * len(arms)
    for _ in range(times):
        draws = [chance.betavariate(arm.alpha, arm.beta) * arm.value for arm in arms]
        won[draws.index(max(draws))] += 1
    even = POLICY.exploration / len(arms)
    return [(1 - POLICY.exploration) * each / times + even for each in won]


def _mean_of_best(arms: Sequence[Arm], likely: Sequence[Sequence[float]]) -> float:
    """Return the probability with which, on average, one of the best tenth gets the lead."""
    best = sorted(range(len(arms)), key=lambda place: -arms[place].expected)[: max(1, len(arms) // 10)]
    return sum(each[place] for each in likely for place in best) / len(likely)


def as_table(measured: dict[str, Any]) -> Table:
    """Return the figures for people."""
    table = Table(title=f"A choice among {measured['reps']} reps, {measured['repetitions']} draws each")
    for name in ("", "ms", "times faster"):
        table.add_column(name, justify="left" if not name else "right")
    table.add_row("drawn one by one", f"{measured['one_by_one_ms']}", "1")
    table.add_row("looked up in tables", f"{measured['by_tables_ms']}", f"{measured['times_faster']}")
    return table
