"""Decides the whole-number arithmetic of a score model, once per model."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from oppspot.engagement import CompiledEngagement, compile_engagement
from oppspot.scoring.parse import model_hash
from oppspot.scoring.rules.criteria import Criterion, Evaluate, compile_criteria
from oppspot.scoring.rules.penalties import Penalty, compile_penalties
from oppspot.scoring.types import BandThresholds, Factor, FactorWeights, GradeThresholds, ScoreModel


class WeighedCriterion(NamedTuple):
    evaluate: Evaluate
    unit: int
    full: int
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A score model as whole numbers, so that no score ever depends on float rounding.

    A point of a criterion is worth its `unit`, which is weight / (points of its factor) on one common scale;
    its `full` is unit * max points. `engagement_unit` is the weight of engagement on that scale.
    """

    criteria: tuple[WeighedCriterion, ...]
    all_full: int
    engagement_unit: int
    weights: Mapping[Factor, Decimal]
    penalties: tuple[Penalty, ...]
    engagement: CompiledEngagement
    bands: BandThresholds
    grades: GradeThresholds
    hash: str


@lru_cache(maxsize=64)
def compile_model(model: ScoreModel) -> CompiledModel:
    """Compile a model; the result is kept, so that asking again costs only the look-up."""
    weights = _weights(model.weights)
    criteria = tuple(criterion for criterion in compile_criteria(model) if weights[criterion.factor])
    points = {factor: sum(c.max_points for c in criteria if c.factor is factor) for factor in Factor}
    scale = 1000 * lcm(*(total for total in points.values() if total))
    units = (int(weights[criterion.factor] * scale) // points[criterion.factor] for criterion in criteria)
    weighed = tuple(
        WeighedCriterion(criterion.evaluate, unit, unit * criterion.max_points, criterion)
        for criterion, unit in zip(criteria, units, strict=True)
    )
    return CompiledModel(
        criteria=weighed,
        all_full=sum(row.full for row in weighed),
        engagement_unit=int(weights[Factor.ENGAGEMENT] * scale),
        weights=weights,
        penalties=compile_penalties(model.negatives, model.industries),
        engagement=compile_engagement(model.engagement),
        bands=model.bands,
        grades=model.grades,
        hash=model_hash(model),
    )


def _weights(weights: FactorWeights) -> Mapping[Factor, Decimal]:
    return {factor: getattr(weights, factor.value) for factor in Factor}
