"""Measures how evenly open leads lie among people, relative to their weights."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from oppspot.routing.fairness_measures import by_weight, count_gap, jain_index
from oppspot.routing.redistribution.types import Evenness, Holding


def evenness(people: Sequence[tuple[int, Holding, Decimal]]) -> Evenness:
    """Return how evenly things lie among people, of whom each is given as units open, leads and value, and weight."""
    weights = [weight for _, _, weight in people]
    units = [each for each, _, _ in people]
    return Evenness(
        fairness=jain_index(by_weight(units, weights)),
        value_fairness=jain_index(by_weight([holding.value or 0 for _, holding, _ in people], weights)),
        gap=gap_of(units, weights),
        imbalance=imbalance(units, weights),
        count_gap=count_gap([holding.leads for _, holding, _ in people], weights),
    )


def gap_of(units: Sequence[int], weights: Sequence[Decimal]) -> Fraction:
    """Return how far the fullest is from the emptiest, in units for one full share."""
    levels = [Fraction(each) / Fraction(weight) for each, weight in zip(units, weights, strict=True)]
    return max(levels) - min(levels) if levels else Fraction(0)


def imbalance(units: Sequence[int], weights: Sequence[Decimal]) -> float:
    """Return that gap in percent of what one full share has on average."""
    total, whole = sum(units), sum(weights)
    if not total or not whole:
        return 0.0
    return float(100 * gap_of(units, weights) / (Fraction(total) / Fraction(whole)))
