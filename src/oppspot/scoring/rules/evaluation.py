"""Decides the whole-number sums a score is read from; the score and its explanation share them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from oppspot.engagement import measure_engagement
from oppspot.engagement.types import Engagement, EngagementEvent
from oppspot.scoring.rules.compiled import CompiledModel
from oppspot.scoring.types import LeadFacts

FULL: Final = 1000
"""A perfect score in tenths of a point."""


class Evaluation(NamedTuple):
    """What a lead gained of the units that are known of it, and the scores in tenths of a point.

    Scores are None while unknown; `fit_base` and `overall_base` are before penalties.
    """

    gained: int
    known: int
    engagement: Engagement
    fit_penalty: int
    fit_base: int | None
    fit: int | None
    overall_base: int | None
    overall: int | None


def evaluate(model: CompiledModel, facts: LeadFacts, events: Sequence[EngagementEvent], now: datetime) -> Evaluation:
    """Evaluate one lead.

    The overall score before penalties is the weighted mean over what is known: fit criteria each with their
    share of the factor's weight, and engagement, which is known to be nothing where no event was seen.
    With neither a fit fact nor an event it is unknown.
    """
    company = facts.company
    gained = known = 0
    for find_points, unit, full, _ in model.criteria:
        points = find_points(company)
        if points is not None:
            gained += points * unit
            known += full
    fit_penalty = 0
    for penalty in model.penalties:
        if penalty.find(facts) is not None:
            fit_penalty += penalty.points * 10
    engagement = measure_engagement(events, model.engagement, now)
    fit_base = fit = overall_base = overall = None
    if known:
        fit_base = rounded(FULL * gained, known)
        fit = max(0, fit_base - fit_penalty)
    weight = model.engagement_unit
    if known or (weight and engagement.observed):
        overall_base = rounded(FULL * gained + weight * engagement.earned, known + weight)
        overall = max(0, overall_base - fit_penalty - engagement.lost)
    return Evaluation(gained, known, engagement, fit_penalty, fit_base, fit, overall_base, overall)


def rounded(numerator: int, denominator: int) -> int:
    """Divide and round half up."""
    return (2 * numerator + denominator) // (2 * denominator)
