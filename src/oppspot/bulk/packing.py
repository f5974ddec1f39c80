"""Packs what a criterion says into one whole number, so that one addition adds everything a framework counts.

From the lowest bits: contribution, weight, points and most points (hundredths of a point) of what is known, then how
many criteria are known. Nothing known is 0. Elements have at most 50 criteria and each of their sums is at most 10,000,
so no sum spills into its neighbour.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import polars as pl

from oppspot.qualification.criteria import CompiledCriterion
from oppspot.qualification.framework import Rule

_FIELD: Final = 14
_MASK: Final = (1 << _FIELD) - 1
_CONTRIBUTION, _WEIGHT, _POINTS, _MOST, _KNOWN = (1 << _FIELD * place for place in range(5))

Number = TypeVar("Number", int, pl.Expr)


@dataclass(frozen=True, slots=True)
class Packer:
    """A criterion with its rule, and how its points are packed."""

    criterion: CompiledCriterion
    rule: Rule
    contributes: bool  # else the weakest element alone counts, and contributions would not sum to 10,000

    def pack(self, earned: Number) -> Number:
        """Return what is known when the criterion has earned so many hundredths of its own points."""
        of, unknown = self.criterion.points, self.criterion.unknown
        always = self.criterion.weight * _WEIGHT + unknown.max_points * _MOST + _KNOWN
        points = _portion(earned, of, unknown.max_points) * _POINTS
        if not self.contributes:
            return points + always
        return points + always + _portion(earned, of, unknown.max_contribution) * _CONTRIBUTION


def _portion(earned: Number, points: int, share: int) -> Number:
    """Return earned / points of a share, a half rounded up."""
    return (earned * (2 * share) + points) // (2 * points)


def contribution(packed: pl.Expr) -> pl.Expr:
    return packed & _MASK


def weight(packed: pl.Expr) -> pl.Expr:
    return packed // _WEIGHT & _MASK


def points(packed: pl.Expr) -> pl.Expr:
    return packed // _POINTS & _MASK


def most_points(packed: pl.Expr) -> pl.Expr:
    return packed // _MOST & _MASK


def is_known(packed: pl.Expr) -> pl.Expr:
    return packed >= _KNOWN


def counted(packed: pl.Expr) -> pl.Expr:
    """Return contribution and weight alone: over all elements these two sum to 10,000 at most, the others to more."""
    return packed & (_POINTS - 1)
