"""Compiles a score model to Polars: of every row the same numbers as `scoring.rules.score_lead` of one lead.

Words (industries, technologies, titles, domains) are judged once per distinct value, by the rules for single leads.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial, reduce
from math import inf, nextafter
from operator import add
from typing import Any, Final

import polars as pl

from oppspot.bulk.columns import find_fact_columns, temporary
from oppspot.bulk.distinct import by_distinct
from oppspot.bulk.events import EVENTS, measure_events
from oppspot.bulk.reading import read_scalars
from oppspot.bulk.rounding import divided
from oppspot.bulk.technologies import TECHNOLOGIES, read_technologies
from oppspot.qualification.claims import ClaimKey
from oppspot.qualification.values import ChoiceKind, FlagKind, Kind, NumberKind, TextKind
from oppspot.scoring.rules import compile_model
from oppspot.scoring.rules.criteria import compile_exclusion
from oppspot.scoring.rules.evaluation import FULL
from oppspot.scoring.rules.penalties import Penalty
from oppspot.scoring.types import Band, CompanyFacts, FundingStage, LeadFacts, PointStep, ScoreModel

Stage = Sequence[pl.Expr]

_AMOUNT: Final = NumberKind(minimum=-1e15)
_KINDS: Final[Mapping[str, Kind]] = {
    "company.industry": TextKind(),
    "company.sic_code": TextKind(),
    "company.country": TextKind(),
    "company.employees": _AMOUNT,
    "company.annual_revenue": _AMOUNT,
    "company.growth_rate": _AMOUNT,
    "company.funding_stage": ChoiceKind(values=tuple(FundingStage)),
    "company.credit_score": _AMOUNT,
    "lead.email_domain": TextKind(),
    "lead.is_free_mail": FlagKind(),
    "lead.is_student": FlagKind(),
    "lead.title": TextKind(),
}
FACTS: Final[Mapping[str, ClaimKey]] = {name: ClaimKey(name, name, kind, None) for name, kind in _KINDS.items()}
_STEPS: Final = ("annual_revenue", "credit_score", "employees", "growth_rate")


class LeadScorePlan:
    """A score model compiled for tables with certain columns, at one moment."""

    name = "score"
    readable = (*FACTS, TECHNOLOGIES, EVENTS)
    result = tuple(f"score.{name}" for name in ("overall", "fit", "engagement", "band", "grade", "coverage"))

    def __init__(self, model: ScoreModel, schema: Mapping[str, pl.DataType], now: datetime) -> None:
        self._written, self._model, self._now = model, compile_model(model), now
        self._facts = find_fact_columns(schema, FACTS)
        self._has_technologies = schema.get(TECHNOLOGIES, pl.Null) != pl.Null
        self._has_events = schema.get(EVENTS, pl.Null) != pl.Null
        self._evaluate = {row.criterion.fact: row.evaluate for row in self._model.criteria}
        self._excluded_by = compile_exclusion(model.industries)

    # ── what is looked up value by value ──

    def read(self, table: pl.DataFrame) -> list[pl.Series]:
        """Return the columns the stages need."""
        facts = {name: read_scalars(FACTS[name], table[name]) for name in self._facts}
        made = [facts[name].alias(temporary(name)) for name in self._facts]
        made += [self._points_of(name, values) for name, values in facts.items() if _fact(name) in self._by_value]
        made += [
            self._excluded(name, facts[name]) for name in ("company.industry", "company.sic_code") if name in facts
        ]
        made += [
            by_distinct(facts[column], partial(_costs, penalty, column), pl.Boolean).alias(
                temporary(penalty.name, column)
            )
            for penalty in self._model.penalties
            for column in _WORDS_OF.get(penalty.name, ())
            if column in facts
        ]
        if self._has_technologies and "technologies" in self._evaluate:
            made.append(self._technologies(read_technologies(table[TECHNOLOGIES])))
        if self._has_events:
            made += measure_events(table[EVENTS], self._model.engagement, self._now)
        return made

    @property
    def _by_value(self) -> Mapping[str, Callable[[Any], CompanyFacts]]:
        ways: dict[str, Callable[[Any], CompanyFacts]] = {
            "industry": lambda value: CompanyFacts(industry=value),
            "sic_code": lambda value: CompanyFacts(sic_code=value),
            "country": lambda value: CompanyFacts(country=value),
            "funding_stage": lambda place: CompanyFacts(funding_stage=list(FundingStage)[place]),
        }
        return {fact: way for fact, way in ways.items() if _criterion(fact) in self._evaluate}

    def _points_of(self, name: str, values: pl.Series) -> pl.Series:
        fact = _fact(name)
        evaluate, way = self._evaluate[_criterion(fact)], self._by_value[fact]
        return by_distinct(values, lambda value: evaluate(way(value)), pl.Int64).alias(temporary("points", fact))

    def _excluded(self, name: str, values: pl.Series) -> pl.Series:
        fact = _fact(name)
        excluded = lambda value: self._excluded_by(CompanyFacts(**{fact: value})) is not None  # noqa: E731
        return by_distinct(values, excluded, pl.Boolean).fill_null(value=False).alias(temporary("excluded", fact))

    def _technologies(self, names: pl.Series) -> pl.Series:
        evaluate = self._evaluate["technologies"]
        points = by_distinct(
            names, lambda text: evaluate(CompanyFacts(technologies=tuple(text.split("\x1f")))), pl.Int64
        )
        return points.alias(temporary("points", "technologies"))

    # ── what is worked out by expressions ──

    def stages(self) -> list[Stage]:
        points = {row.criterion.fact: self._points(row.criterion.fact) for row in self._model.criteria}
        worth = [
            (points[row.criterion.fact].alias(temporary("earned", row.criterion.fact))) for row in self._model.criteria
        ]
        earned = [(pl.col(temporary("earned", row.criterion.fact)), row) for row in self._model.criteria]
        return [
            worth,
            [
                _sum([each.fill_null(0) * row.unit for each, row in earned]).alias(temporary("gained")),
                _sum([each.is_not_null().cast(pl.Int64) * row.full for each, row in earned]).alias(temporary("known")),
                _sum([self._penalty(penalty) for penalty in self._model.penalties]).alias(temporary("penalty")),
            ],
            self._bases(),
            self._results(),
        ]

    def _points(self, fact: str) -> pl.Expr:
        name = f"company.{fact}"
        if fact in _STEPS:
            return _stepped(pl.col(temporary(name)), getattr(self._written, fact)) if name in self._facts else _UNKNOWN
        if fact == "technologies":
            return pl.col(temporary("points", fact)) if self._has_technologies else _UNKNOWN
        if fact != "industry":
            return pl.col(temporary("points", fact)) if name in self._facts else _UNKNOWN
        given = [part for part in ("industry", "sic_code") if f"company.{part}" in self._facts]
        if not given:
            return _UNKNOWN
        best = pl.max_horizontal([pl.col(temporary("points", part)) for part in given])
        is_excluded = pl.any_horizontal([pl.col(temporary("excluded", part)) for part in given])
        return pl.when(is_excluded).then(pl.lit(0, pl.Int64)).otherwise(best)

    def _penalty(self, penalty: Penalty) -> pl.Expr:
        """Return the tenths of a point that come off for what the lead is."""
        return pl.when(self._costs(penalty.name)).then(pl.lit(penalty.points * 10, pl.Int64)).otherwise(0)

    def _costs(self, name: str) -> pl.Expr:
        never = pl.lit(value=False)
        parts = [pl.col(temporary(name, column)) for column in _WORDS_OF.get(name, ()) if column in self._facts]
        said = parts[0] if parts else never
        match name:
            case "student":
                told = (
                    pl.col(temporary("lead.is_student"))
                    if "lead.is_student" in self._facts
                    else pl.lit(None, pl.Boolean)
                )
                return pl.coalesce(told, said)
            case "free_mail":
                return pl.col(temporary("lead.is_free_mail")) if "lead.is_free_mail" in self._facts else never
            case "excluded_industry":
                return pl.any_horizontal(parts) if parts else never
            case _:
                return said

    def _bases(self) -> Stage:
        gained, known, penalty = (pl.col(temporary(name)) for name in ("gained", "known", "penalty"))
        nothing = pl.lit(0, pl.Int64)
        earned, lost = (pl.col(temporary(EVENTS, name)) if self._has_events else nothing for name in ("earned", "lost"))
        observed = pl.col(temporary(EVENTS, "observed")) if self._has_events else pl.lit(value=False)
        weight = self._model.engagement_unit
        fit = _rounded(gained * FULL, known) - penalty
        overall = _rounded(gained * FULL + earned * weight, known + weight) - penalty - lost
        is_known = known > 0
        return [
            pl.when(is_known).then(pl.max_horizontal(fit, 0)).alias(temporary("fit")),
            pl.when(is_known | (observed & (weight > 0)))
            .then(pl.max_horizontal(overall, 0))
            .alias(temporary("overall")),
            pl.max_horizontal(earned - lost, nothing).alias(temporary("engagement")),
        ]

    def _results(self) -> Stage:
        overall, fit, engagement, known = (
            pl.col(temporary(name)) for name in ("overall", "fit", "engagement", "known")
        )
        bands, grades = self._model.bands, self._model.grades
        letter = _first_reached(fit, {"A": grades.fit_a, "B": grades.fit_b}, "C")
        digit = _first_reached(engagement, {"1": grades.engagement_1, "2": grades.engagement_2}, "3")
        band = _first_reached(
            overall, {Band.HOT: bands.hot, Band.GOOD: bands.good, Band.MEDIUM: bands.medium}, Band.LOW
        )
        everything = self._model.all_full
        coverage = divided(known * 1000 // everything, 1000) if everything else pl.lit(0.0)
        shown = {
            "overall": divided(overall, 10),
            "fit": divided(fit, 10),
            "engagement": divided(engagement, 10),
            "band": pl.when(overall.is_not_null()).then(band),
            "grade": pl.when(fit.is_not_null()).then(letter + digit),
            "coverage": coverage,
        }
        return [expression.alias(f"{self.name}.{name}") for name, expression in shown.items()]


_UNKNOWN: Final = pl.lit(None, pl.Int64)
# The columns whose words a penalty looks for.
_WORDS_OF: Final = {
    "competitor": ("lead.email_domain",),
    "student": ("lead.title",),
    "excluded_industry": ("company.industry", "company.sic_code"),
}
_FACT_WITH: Final[Mapping[str, Callable[[Any], LeadFacts]]] = {
    "lead.email_domain": lambda value: LeadFacts(email_domain=value),
    "lead.title": lambda value: LeadFacts(title=value),
    "company.industry": lambda value: LeadFacts(CompanyFacts(industry=value)),
    "company.sic_code": lambda value: LeadFacts(CompanyFacts(sic_code=value)),
}


def _costs(penalty: Penalty, column: str, value: Any) -> bool:
    return penalty.find(_FACT_WITH[column](value)) is not None


def _fact(column: str) -> str:
    return column.partition(".")[2]


def _criterion(fact: str) -> str:
    return "industry" if fact == "sic_code" else fact


def _stepped(value: pl.Expr, steps: Sequence[PointStep]) -> pl.Expr:
    """Return the points of the last step reached; "above x" is "at least the next number after x"."""
    points: pl.Expr = pl.lit(0, pl.Int64)
    for step in steps:
        start = step.threshold if step.inclusive else nextafter(step.threshold, inf)
        points = pl.when(value >= start).then(pl.lit(step.points, pl.Int64)).otherwise(points)
    return pl.when(value.is_not_null()).then(points)


def _first_reached(tenths: pl.Expr, names: Mapping[str, int], otherwise: str) -> pl.Expr:
    """Return the first name whose threshold (whole points) is reached."""
    found: pl.Expr = pl.lit(str(otherwise))
    for name, threshold in reversed(list(names.items())):
        found = pl.when(tenths >= threshold * 10).then(pl.lit(str(name))).otherwise(found)
    return found


def _rounded(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Divide and round half up; anything where the denominator is 0."""
    return (numerator * 2 + denominator) // (denominator * 2)


def _sum(numbers: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(add, numbers, pl.lit(0, pl.Int64))
