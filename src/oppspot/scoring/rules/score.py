"""Decides a lead's score, band and grade from its facts and events at a given time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from oppspot.engagement.types import EngagementEvent
from oppspot.scoring.rules.breakdown import break_down
from oppspot.scoring.rules.compiled import CompiledModel, compile_model
from oppspot.scoring.rules.evaluation import FULL, evaluate
from oppspot.scoring.types import (
    Band,
    BandThresholds,
    GradeThresholds,
    LeadFacts,
    LeadScore,
    ScoreInputs,
    ScoreModel,
)

# Every score there can be, made once: looking one up is much cheaper than making a Decimal per lead.
_SCORES: Final = tuple(Decimal(tenths).scaleb(-1) for tenths in range(FULL + 1))
_SHARES: Final = tuple(Decimal(thousandths).scaleb(-3) for thousandths in range(1001))


def score_lead(facts: LeadFacts, events: Sequence[EngagementEvent], model: ScoreModel, now: datetime) -> LeadScore:
    """Score one lead at `now` (aware); events after `now` are ignored."""
    return _score(compile_model(model), ScoreInputs(facts, events, model, now))


def score_leads(
    batch: Iterable[tuple[LeadFacts, Sequence[EngagementEvent]]], model: ScoreModel, now: datetime
) -> list[LeadScore]:
    """Score many leads under one model at one time, in their order."""
    compiled = compile_model(model)
    return [_score(compiled, ScoreInputs(facts, events, model, now)) for facts, events in batch]


def _score(model: CompiledModel, inputs: ScoreInputs) -> LeadScore:
    evaluation = evaluate(model, inputs.facts, inputs.events, inputs.now)
    overall, fit, engagement = evaluation.overall, evaluation.fit, evaluation.engagement.shown
    return LeadScore(
        overall=None if overall is None else _SCORES[overall],
        fit=None if fit is None else _SCORES[fit],
        engagement=_SCORES[engagement],
        band=None if overall is None else _band(overall, model.bands),
        grade=None if fit is None else _grade(fit, engagement, model.grades),
        coverage=_SHARES[1000 * evaluation.known // model.all_full] if model.all_full else _SHARES[0],
        model_hash=model.hash,
        inputs=inputs,
        break_down=break_down,
    )


def _band(overall: int, thresholds: BandThresholds) -> Band:
    if overall >= thresholds.hot * 10:
        return Band.HOT
    if overall >= thresholds.good * 10:
        return Band.GOOD
    return Band.MEDIUM if overall >= thresholds.medium * 10 else Band.LOW


def _grade(fit: int, engagement: int, thresholds: GradeThresholds) -> str:
    letter = "A" if fit >= thresholds.fit_a * 10 else "B" if fit >= thresholds.fit_b * 10 else "C"
    digit = (
        "1"
        if engagement >= thresholds.engagement_1 * 10
        else "2"
        if engagement >= thresholds.engagement_2 * 10
        else "3"
    )
    return letter + digit
