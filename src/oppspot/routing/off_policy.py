"""Estimates what another way of giving leads would have brought, from leads that were given with known probabilities.

With a lead's outcome r, the probability p by which it was given to whoever had it, the probability t by which the other
policy would have given it to them, w = t / p, and q_a what was expected of each rep a before the outcome was known:

    IPS    mean of w r                                     D. G. Horvitz, D. J. Thompson, JASA 47, 1952
    SNIPS  sum of w r / sum of w                           A. Swaminathan, T. Joachims, NIPS 2015
    DR     mean of  sum_a t_a q_a + w (r - q of theirs)    M. Dudik, J. Langford, L. Li, ICML 2011

IPS and DR have no bias whatever is expected, because p is known; DR varies less the better the expectations are. SNIPS
has a little bias and does not mind a shift of r. Intervals are normal, 95 %: of IPS and DR by how their terms spread,
of SNIPS by the delta method, with the variance sum of w^2 (r - V)^2 / (sum of w)^2 (A. B. Owen, Monte Carlo theory,
methods and examples, chapter 9). How many leads the estimate is worth is Kish's (sum of w)^2 / sum of w^2.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Final

_NORMAL_95: Final = 1.959963984540054
FEWEST: Final = 2


@dataclass(frozen=True, slots=True)
class Logged:
    """One lead that was given: to whom (a position), what came of it, and with what probability each could have it.

    `expected` is what was expected of each before; `segment` is for the policy that is asked about.
    """

    position: int
    reward: float
    propensities: tuple[float, ...]
    expected: tuple[float, ...]
    segment: str = ""


# The probabilities by which another policy would have given a lead, by position.
TargetPolicy = Callable[[Logged], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate of what a lead brings, and between what it lies with 95 %."""

    value: float
    low: float
    high: float

    @classmethod
    def around(cls, value: float, error: float) -> "Interval":
        """Return the interval of a standard error."""
        return cls(value, value - _NORMAL_95 * error, value + _NORMAL_95 * error)


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a policy would have brought a lead, in three ways; `worth` is how many leads that is worth."""

    ips: Interval
    snips: Interval
    dr: Interval
    leads: int
    worth: float


def estimate(log: Sequence[Logged], target_policy: TargetPolicy) -> Estimates | None:
    """Return what another policy would have brought; None where that cannot be told.

    That is so with fewer than two leads, and where it would give none of them to whoever had it. Raises ValueError
    for a lead that somebody got with probability 0, and for a policy that may give leads to who could not have them.
    """
    if len(log) < FEWEST:
        return None
    targets = [_checked(entry, target_policy(entry)) for entry in log]
    weights = [
        target[entry.position] / entry.propensities[entry.position] for entry, target in zip(log, targets, strict=True)
    ]
    total = fsum(weights)
    if not total:
        return None
    weighted = [weight * entry.reward for weight, entry in zip(weights, log, strict=True)]
    corrected = [
        fsum(t * q for t, q in zip(target, entry.expected, strict=True))
        + weight * (entry.reward - entry.expected[entry.position])
        for entry, target, weight in zip(log, targets, weights, strict=True)
    ]
    ratio = fsum(weighted) / total
    spread = fsum((weight * (entry.reward - ratio)) ** 2 for weight, entry in zip(weights, log, strict=True))
    return Estimates(
        ips=_mean(weighted),
        snips=Interval.around(ratio, sqrt(spread) / total),
        dr=_mean(corrected),
        leads=len(log),
        worth=total**2 / fsum(weight**2 for weight in weights),
    )


def _mean(terms: Sequence[float]) -> Interval:
    mean = fsum(terms) / len(terms)
    variance = fsum((term - mean) ** 2 for term in terms) / (len(terms) - 1)
    return Interval.around(mean, sqrt(variance / len(terms)))


def _checked(entry: Logged, target: Sequence[float]) -> Sequence[float]:
    if entry.propensities[entry.position] <= 0:
        raise ValueError("A lead was given to somebody who could not have got it.")
    if any(t > 0 and p <= 0 for t, p in zip(target, entry.propensities, strict=True)):
        raise ValueError("The policy gives a lead to somebody who could not have got it, so nothing is known of that.")
    return target
