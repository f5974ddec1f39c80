"""Measures how evenly leads and their value are spread over people; says nothing about whose turn it is.

Jain's index: R. Jain, D. Chiu, W. Hawe, "A quantitative measure of fairness and discrimination for resource allocation
in shared computer systems", DEC-TR-301, 1984. Gini's: C. Gini, "Variabilità e mutabilità", 1912, as half the relative
mean difference.
"""

from collections.abc import Sequence
from decimal import Decimal

Number = int | float | Decimal


def jain_index(amounts: Sequence[Number]) -> float | None:
    """Return (sum x)^2 / (n sum x^2): 1 when all have the same, 1/n when one has all; None when nobody has anything."""
    known = [float(amount) for amount in amounts]
    squares = sum(amount * amount for amount in known)
    return sum(known) ** 2 / (len(known) * squares) if squares else None


def gini_index(amounts: Sequence[Number]) -> float | None:
    """Return sum |x - y| / (2 n sum x), over all pairs: 0 when all have the same, 1 - 1/n when one has all.

    Of the sorted amounts that is sum (2 i - n - 1) x / (n sum x). None when nobody has anything.
    """
    ordered = sorted(float(amount) for amount in amounts)
    total, count = sum(ordered), len(ordered)
    if not total:
        return None
    return sum((2 * place - count - 1) * amount for place, amount in enumerate(ordered, start=1)) / (count * total)


def count_gap(counts: Sequence[int], weights: Sequence[Number]) -> float:
    """Return how far apart, in leads, the two are who have most above and most below their exact share.

    With equal weights this is the largest count minus the smallest.
    """
    total, whole = sum(counts), sum(map(float, weights))
    if not whole:
        return 0.0
    off = [count - total * float(weight) / whole for count, weight in zip(counts, weights, strict=True)]
    return max(off) - min(off)


def by_weight(amounts: Sequence[Number], weights: Sequence[Number]) -> list[float]:
    """Return what each has for one full share; who has no weight is left out, for nothing is due to them."""
    return [float(amount) / float(weight) for amount, weight in zip(amounts, weights, strict=True) if float(weight) > 0]
