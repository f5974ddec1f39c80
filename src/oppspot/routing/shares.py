"""Decides by what weight a member's turns come."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from oppspot.routing.people import FULL, Outcomes, Rep
from oppspot.routing.policies import FairnessPolicy

BY_SENIORITY: Final = {
    "junior": Decimal("0.5"),
    "mid": Decimal(1),
    "senior": Decimal("1.25"),
    "principal": Decimal("1.5"),
}
# A rep's own conversion counts as much as the pool's once they have completed this many leads.
PRIOR_TRIALS: Final = 20
LOWEST_FACTOR: Final = Decimal("0.5")
HIGHEST_FACTOR: Final = Decimal(2)


def weights_of(reps: Sequence[Rep], policy: FairnessPolicy, *, by_weight: bool) -> list[Decimal]:
    """Return each member's weight: 1 or, `by_weight`, their own times their ramp; times the policy's factor."""
    factors = _factors(reps, policy)
    return [(rep.weight * rep.ramp if by_weight else FULL) * factor for rep, factor in zip(reps, factors, strict=True)]


def conversion_factor(outcomes: Outcomes, rate: float) -> Decimal:
    """Return how much better than the pool's `rate` a rep converts, 0.5 to 2, drawn towards 1 while little is known.

    (wins + 20 rate) / (trials + 20) / rate, in hundredths: the mean of a Beta posterior whose prior is the pool's rate
    with the weight of 20 leads.
    """
    if not rate:
        return FULL
    shrunken = (outcomes.wins + PRIOR_TRIALS * rate) / (outcomes.trials + PRIOR_TRIALS)
    return min(max(Decimal(f"{shrunken / rate:.2f}"), LOWEST_FACTOR), HIGHEST_FACTOR)


def _factors(reps: Sequence[Rep], policy: FairnessPolicy) -> list[Decimal]:
    match policy.algorithm:
        case "seniority_based":
            return [BY_SENIORITY.get(rep.seniority, FULL) for rep in reps]
        case "performance_weighted":
            totals = [_total(rep) for rep in reps]
            trials = sum(each.trials for each in totals)
            rate = sum(each.wins for each in totals) / trials if trials else 0.0
            return [conversion_factor(each, rate) for each in totals]
        case _:
            return [FULL] * len(reps)


def _total(rep: Rep) -> Outcomes:
    trials = sum(each.trials for each in rep.outcomes.values())
    return Outcomes(trials, sum(each.wins for each in rep.outcomes.values()))
