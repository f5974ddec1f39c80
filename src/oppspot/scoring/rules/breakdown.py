"""Decides how a score is shown as terms that sum to it exactly; limits and rounding are terms of their own."""

from decimal import Decimal
from functools import cached_property

from oppspot.scoring.rules.activity import activity_terms, setback_terms
from oppspot.scoring.rules.compiled import WeighedCriterion, compile_model
from oppspot.scoring.rules.evaluation import FULL, evaluate, rounded
from oppspot.scoring.rules.terms import Term, settle, show
from oppspot.scoring.types import (
    Breakdown,
    Contribution,
    Factor,
    FactorScore,
    MissingFact,
    ScoreInputs,
    TermKind,
    to_points,
)


def break_down(inputs: ScoreInputs) -> Breakdown:
    """Explain a score from what it was made of."""
    return _LazyBreakdown(inputs)


class _LazyBreakdown:
    def __init__(self, inputs: ScoreInputs) -> None:
        self._facts = inputs.facts
        self._now = inputs.now
        self._rules = inputs.model.engagement
        self._model = compile_model(inputs.model)
        self._evaluation = evaluate(self._model, inputs.facts, inputs.events, inputs.now)
        company = inputs.facts.company
        self._points = [row.evaluate(company) for row in self._model.criteria]

    @cached_property
    def overall(self) -> tuple[Contribution, ...]:
        if self._evaluation.overall_base is None:
            return ()
        weight = self._model.engagement_unit
        shown = show(self._criteria, denominator=self._whole)
        if weight:
            shown += show(self._activity, weight, self._whole)
        return settle(shown, self._penalties + self._setbacks, self._evaluation.overall_base)

    @cached_property
    def fit(self) -> tuple[Contribution, ...]:
        if self._evaluation.fit_base is None:
            return ()
        shown = show(self._criteria, denominator=self._evaluation.known)
        return settle(shown, self._penalties, self._evaluation.fit_base)

    @cached_property
    def engagement(self) -> tuple[Contribution, ...]:
        return settle(show(self._activity), self._setbacks, self._evaluation.engagement.earned)

    @cached_property
    def factors(self) -> tuple[FactorScore, ...]:
        return tuple(
            self._engagement_factor() if factor is Factor.ENGAGEMENT else self._fit_factor(factor) for factor in Factor
        )

    @cached_property
    def missing(self) -> tuple[MissingFact, ...]:
        """What nobody knows, what could help most first."""
        missing = [
            MissingFact(criterion.key, criterion.factor, criterion.label, criterion.source, self._rise(full))
            for (_, _, full, criterion), points in self._answers
            if points is None
        ]
        return tuple(sorted(missing, key=lambda fact: -fact.could_add))

    @property
    def _whole(self) -> int:
        return self._evaluation.known + self._model.engagement_unit

    @property
    def _answers(self) -> list[tuple[WeighedCriterion, int | None]]:
        return list(zip(self._model.criteria, self._points, strict=True))

    @cached_property
    def _criteria(self) -> list[Term]:
        """The known criteria; dividing them by the known units gives tenths of a point."""
        company = self._facts.company
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
            for (_, unit, full, criterion), points in self._answers
            if points is not None
        ]

    @cached_property
    def _activity(self) -> list[Term]:
        return activity_terms(self._evaluation.engagement, self._rules, self._now)

    @cached_property
    def _setbacks(self) -> list[Contribution]:
        return show(setback_terms(self._evaluation.engagement, self._now))

    @cached_property
    def _penalties(self) -> list[Contribution]:
        found = [(penalty, penalty.find(self._facts)) for penalty in self._model.penalties]
        return show(
            Term(
                f"negative.{penalty.name}",
                TermKind.PENALTY,
                None,
                penalty.label,
                -10 * penalty.points,
                None,
                reason,
                penalty.source,
            )
            for penalty, reason in found
            if reason is not None
        )

    def _engagement_factor(self) -> FactorScore:
        counts = self._evaluation.overall is not None
        return FactorScore(
            factor=Factor.ENGAGEMENT,
            score=to_points(self._evaluation.engagement.shown) if counts else None,
            weight=self._model.weights[Factor.ENGAGEMENT],
            effective_weight=_share(self._model.engagement_unit if counts else 0, self._whole),
            coverage=Decimal(int(counts)),
        )

    def _fit_factor(self, factor: Factor) -> FactorScore:
        asked = known = gained = 0
        for (_, unit, full, criterion), points in self._answers:
            if criterion.factor is factor:
                asked += full
                if points is not None:
                    known, gained = known + full, gained + points * unit
        return FactorScore(
            factor=factor,
            score=to_points(rounded(FULL * gained, known)) if known else None,
            weight=self._model.weights[factor],
            effective_weight=_share(known, self._whole),
            coverage=_share(known, asked),
        )

    def _rise(self, full: int) -> Decimal:
        """Return how far the overall score would rise if a fact worth `full` units were known at its best."""
        evaluation = self._evaluation
        gained = FULL * (evaluation.gained + full) + self._model.engagement_unit * evaluation.engagement.earned
        best = rounded(gained, self._whole + full) - evaluation.fit_penalty - evaluation.engagement.lost
        return to_points(max(0, best) - (evaluation.overall or 0))


def _share(part: int, whole: int) -> Decimal:
    """Return part / whole in thousandths, rounded down: 1 means all of it."""
    return Decimal(1000 * part // whole if whole else 0).scaleb(-3)
