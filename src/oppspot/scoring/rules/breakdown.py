"""Decides how a score is shown as terms that sum to it exactly; limits and rounding are terms of their own."""

from decimal import Decimal

from oppspot.scoring.rules.activity import activity_terms, setback_terms
from oppspot.scoring.rules.compiled import CompiledModel, compile_model
from oppspot.scoring.rules.evaluation import FULL, Evaluation, evaluate, rounded
from oppspot.scoring.rules.terms import Term, settle, show
from oppspot.scoring.types import (
    Breakdown,
    Contribution,
    Factor,
    FactorScore,
    LeadFacts,
    MissingFact,
    ScoreInputs,
    TermKind,
    to_points,
)


def break_down(inputs: ScoreInputs) -> Breakdown:
    """Explain a score from what it was made of."""
    facts = inputs.facts
    model = compile_model(inputs.model)
    evaluation = evaluate(model, facts, inputs.events, inputs.now)
    criteria = _criteria(model, facts)
    activity = activity_terms(evaluation.engagement, inputs.model.engagement, inputs.now)
    penalties = show(_penalties(model, facts))
    setbacks = show(setback_terms(evaluation.engagement, inputs.now))
    return Breakdown(
        factors=tuple(_factor(factor, model, evaluation, facts) for factor in Factor),
        overall=_overall(model, evaluation, criteria, activity, penalties + setbacks),
        fit=_fit(evaluation, criteria, penalties),
        engagement=settle(show(activity), setbacks, evaluation.engagement.earned),
        missing=_missing(model, evaluation, facts),
    )


def _fit(evaluation: Evaluation, criteria: list[Term], penalties: list[Contribution]) -> tuple[Contribution, ...]:
    if evaluation.fit_base is None:
        return ()
    return settle(show(criteria, denominator=evaluation.known), penalties, evaluation.fit_base)


def _overall(
    model: CompiledModel,
    evaluation: Evaluation,
    criteria: list[Term],
    activity: list[Term],
    penalties: list[Contribution],
) -> tuple[Contribution, ...]:
    if evaluation.overall_base is None:
        return ()
    weight = model.engagement_unit
    whole = evaluation.known + weight
    shown = show(criteria, denominator=whole)
    if weight:
        shown += show(activity, weight, whole)
    return settle(shown, penalties, evaluation.overall_base)


def _criteria(model: CompiledModel, facts: LeadFacts) -> list[Term]:
    """Return the known criteria; dividing them by the known units gives tenths of a point."""
    company = facts.company
    return [
        Term(
            criterion.key,
            TermKind.CRITERION,
            criterion.factor,
            criterion.label,
            FULL * points * unit,
            FULL * full,
            f"{criterion.describe(company)}: {points} of {criterion.max_points} points",
            criterion.source,
        )
        for find_points, unit, full, criterion in model.criteria
        if (points := find_points(company)) is not None
    ]


def _penalties(model: CompiledModel, facts: LeadFacts) -> list[Term]:
    return [
        Term(f"negative.{rule.name}", TermKind.PENALTY, None, rule.label, -10 * rule.points, None, reason, rule.source)
        for rule in model.penalties
        if (reason := rule.find(facts)) is not None
    ]


def _factor(factor: Factor, model: CompiledModel, evaluation: Evaluation, facts: LeadFacts) -> FactorScore:
    whole = evaluation.known + model.engagement_unit
    weight = model.weights[factor]
    if factor is Factor.ENGAGEMENT:
        counts = evaluation.overall is not None
        score = to_points(evaluation.engagement.shown) if counts else None
        effective = _share(model.engagement_unit if counts else 0, whole)
        return FactorScore(factor, score, weight, effective, Decimal(int(counts)))
    rows = [row for row in model.criteria if row.criterion.factor is factor]
    answers = [(row, points) for row in rows if (points := row.evaluate(facts.company)) is not None]
    known = sum(row.full for row, _ in answers)
    gained = sum(row.unit * points for row, points in answers)
    score = to_points(rounded(FULL * gained, known)) if known else None
    return FactorScore(factor, score, weight, _share(known, whole), _share(known, sum(row.full for row in rows)))


def _missing(model: CompiledModel, evaluation: Evaluation, facts: LeadFacts) -> tuple[MissingFact, ...]:
    """Return what nobody knows, what could help most first."""
    missing = [
        MissingFact(criterion.key, criterion.factor, criterion.label, criterion.source, _rise(full, model, evaluation))
        for find_points, _, full, criterion in model.criteria
        if find_points(facts.company) is None
    ]
    return tuple(sorted(missing, key=lambda fact: -fact.could_add))


def _rise(full: int, model: CompiledModel, evaluation: Evaluation) -> Decimal:
    """Return how far the overall score would rise if a fact worth `full` units were known at its best."""
    units = evaluation.known + model.engagement_unit + full
    gained = FULL * (evaluation.gained + full) + model.engagement_unit * evaluation.engagement.earned
    best = max(0, rounded(gained, units) - evaluation.fit_penalty - evaluation.engagement.lost)
    return to_points(best - (evaluation.overall or 0))


def _share(part: int, whole: int) -> Decimal:
    """Return part / whole in thousandths, rounded down: 1 means all of it."""
    return Decimal(1000 * part // whole if whole else 0).scaleb(-3)
