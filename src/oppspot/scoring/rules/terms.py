"""Decides how exact terms become shown ones: each is rounded, and what rounding and limits moved are terms too."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from oppspot.scoring.rules.evaluation import rounded
from oppspot.scoring.types import Contribution, Factor, TermKind, to_points


class Term(NamedTuple):
    """A contribution before it is scaled to the shown number. `amount` and `most` share one unit, any unit."""

    key: str
    kind: TermKind
    factor: Factor | None
    label: str
    amount: int
    most: int | None
    reason: str
    source: str


def show(terms: Iterable[Term], numerator: int = 1, denominator: int = 1) -> list[Contribution]:
    """Show terms whose amount * numerator / denominator is tenths of a point."""
    return [
        Contribution(
            term.key,
            term.kind,
            term.factor,
            term.label,
            to_points(rounded(term.amount * numerator, denominator)),
            None if term.most is None else to_points(rounded(term.most * numerator, denominator)),
            term.reason,
            term.source,
        )
        for term in terms
    ]


def settle(shown: list[Contribution], penalties: list[Contribution], base: int) -> tuple[Contribution, ...]:
    """Complete the terms of a number: `shown` rounds to `base` tenths, then penalties, never below 0."""
    terms = list(shown)
    if gap := to_points(base) - sum((term.points for term in terms), Decimal(0)):
        reason = "Each term is rounded to a tenth on its own; this is the difference from the rounded sum"
        terms.append(Contribution("rounding", TermKind.ROUNDING, None, "Rounding", gap, None, reason, "arithmetic"))
    terms += penalties
    below = sum((term.points for term in terms), Decimal(0))
    if below < 0:
        reason = "A score never falls below 0"
        terms.append(Contribution("floor", TermKind.LIMIT, None, "Lowest score", -below, None, reason, "arithmetic"))
    return tuple(terms)
