"""A score's terms as the rows of a page."""

from collections.abc import Sequence
from decimal import Decimal

from oppspot.scoring.explain import Number, terms_of, waterfall
from oppspot.scoring.types import LeadScore, MissingFact
from oppspot.web.waterfalls import Reason


def reasons(score: LeadScore, number: Number) -> list[Reason]:
    """Return every term of a number, in the order they add up to it."""
    return [Reason(term.label, float(term.points), term.reason) for term in terms_of(score, number)]


def summary(score: LeadScore) -> list[Reason]:
    """Return one row a factor, which add up to the overall score."""
    return [Reason(section.label, float(section.points)) for section in waterfall(score).sections]


def missing(score: LeadScore) -> Sequence[MissingFact]:
    """Return the facts nobody knows, those that could add most first."""
    return [fact for fact in score.explain().missing if fact.could_add > Decimal(0)]
