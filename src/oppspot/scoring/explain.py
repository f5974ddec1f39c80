"""Decides how a score is told: waterfall rows for the page, and the strongest reasons in a line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from oppspot.scoring.types import FACTOR_LABELS, Contribution, Factor, LeadScore, TermKind


class Number(StrEnum):
    """The three numbers of a score."""

    OVERALL = "overall"
    FIT = "fit"
    ENGAGEMENT = "engagement"


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """A term and where it takes the running total: from `start` to `end`."""

    term: Contribution
    start: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class WaterfallSection:
    """The rows of one factor, or those of penalties, limits and rounding (factor None)."""

    factor: Factor | None
    label: str
    points: Decimal
    rows: tuple[WaterfallRow, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Sections whose points sum exactly to `total`; None and no sections while the number is unknown."""

    number: Number
    total: Decimal | None
    sections: tuple[WaterfallSection, ...]


def waterfall(score: LeadScore, number: Number = Number.OVERALL) -> Waterfall:
    """Return the rows that lead from 0 to one of the score's numbers, in the order they are to be drawn."""
    terms = terms_of(score, number)
    rows, total = [], Decimal(0)
    for term in terms:
        rows.append(WaterfallRow(term, total, total + term.points))
        total += term.points
    return Waterfall(number, total if terms else None, _sections(rows))


def terms_of(score: LeadScore, number: Number) -> tuple[Contribution, ...]:
    """Return the terms of one of the score's numbers; none while it is unknown."""
    breakdown = score.explain()
    match number:
        case Number.OVERALL:
            return breakdown.overall
        case Number.FIT:
            return breakdown.fit
        case Number.ENGAGEMENT:
            return breakdown.engagement


def strongest_reasons(score: LeadScore, count: int = 3) -> tuple[Contribution, ...]:
    """Return the terms that move the overall score most, up or down; limits and rounding are no reasons."""
    reasons = [
        term for term in score.contributions if term.points and term.kind not in {TermKind.LIMIT, TermKind.ROUNDING}
    ]
    return tuple(sorted(reasons, key=lambda term: -abs(term.points))[:count])


def dump_terms(terms: Iterable[Contribution]) -> list[dict[str, Any]]:
    """Return terms as JSON values, to be kept with the score they explain."""
    return [
        term._asdict()
        | {"points": float(term.points), "max_points": None if term.max_points is None else float(term.max_points)}
        for term in terms
    ]


def load_terms(rows: Iterable[Mapping[str, Any]]) -> tuple[Contribution, ...]:
    """Return kept terms; one decimal place survives JSON numbers exactly."""
    return tuple(
        Contribution(
            key=row["key"],
            kind=TermKind(row["kind"]),
            factor=None if row["factor"] is None else Factor(row["factor"]),
            label=row["label"],
            points=Decimal(repr(row["points"])),
            max_points=None if row["max_points"] is None else Decimal(repr(row["max_points"])),
            reason=row["reason"],
            source=row["source"],
        )
        for row in rows
    )


def _sections(rows: Iterable[WaterfallRow]) -> tuple[WaterfallSection, ...]:
    by_factor: dict[Factor | None, list[WaterfallRow]] = {}
    for row in rows:
        # Penalties come off the whole, whichever factor they came from.
        factor = None if row.term.kind is TermKind.PENALTY else row.term.factor
        by_factor.setdefault(factor, []).append(row)
    return tuple(
        WaterfallSection(
            factor,
            "Adjustments" if factor is None else FACTOR_LABELS[factor],
            sum((row.term.points for row in grouped), Decimal(0)),
            tuple(grouped),
        )
        for factor, grouped in by_factor.items()
    )
