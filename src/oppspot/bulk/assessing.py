"""Compiles a framework to Polars: of every row the same as `qualification.rules.assess` says of one lead.

The work is done in stages, each a set of columns worked out side by side from those before: claims, which of them
count, what each criterion is worth, elements, totals, the verdict, and the columns shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from operator import add, and_

import polars as pl

from oppspot.bulk import packing
from oppspot.bulk.candidates import Candidate, Candidates
from oppspot.bulk.columns import ClaimColumn, find_claim_columns, temporary
from oppspot.bulk.reading import day_number
from oppspot.bulk.rounding import divided, rounded_to_4
from oppspot.bulk.statements import Told, choose, counting, tell
from oppspot.bulk.tabulating import Question
from oppspot.qualification.compiled import claim_keys_of, compile_framework
from oppspot.qualification.evidence import Reading
from oppspot.qualification.framework import Framework, Verdict
from oppspot.qualification.review import utc_day
from oppspot.qualification.types import HUNDRED_POINTS

Stage = Sequence[pl.Expr]


class FrameworkPlan:
    """A framework compiled for tables with certain columns, at one moment."""

    def __init__(self, framework: Framework, schema: Mapping[str, pl.DataType], now: datetime) -> None:
        self.name = framework.name
        self._compiled = compile_framework(framework)
        self._now, self._today = now, utc_day(now)
        self.columns = find_claim_columns(schema, claim_keys_of(framework), self._compiled.reading.relevant)
        self._candidates = Candidates(self._compiled, self.columns, self._today)

    @property
    def result(self) -> list[str]:
        """The names of the columns made."""
        numbers = ("status", "overall_score", "coverage", "confidence", "next_review_date")
        return [f"{self.name}.{name}" for name in (*numbers, *(element.id for element in self._compiled.elements))]

    @property
    def readable(self) -> list[str]:
        """The names of the columns of claims that say something to the framework."""
        return [name for name in claim_keys_of(self._compiled.definition) if name in self._compiled.reading.relevant]

    def questions(self) -> list[Question]:
        """Return what has to be tabulated before the stages."""
        return self._candidates.questions()

    def stages(self) -> list[Stage]:
        """Return what to work out, one after the other; the last one makes the result."""
        told = _Telling(self._compiled.reading, self._now, self.name)
        own = [told(column, self._compiled.reading.lifetimes[column.key.name]) for column in self.columns]
        about = {key: self._candidates.about(key, told) for key in sorted(self._compiled.keys)}
        about = {key: candidates for key, candidates in about.items() if candidates}
        contested = {key: candidates for key, candidates in about.items() if len(candidates) > 1}
        return [
            told.expressions,
            [_counting(candidates).alias(self._own(key, "which")) for key, candidates in contested.items()],
            [expression for key, candidates in about.items() for expression in self._answers(key, candidates)],
            self._elements(about),
            [self._relied_on(about).alias(self._own("relied on")), self._most_confidence(own).alias(self._own("most"))],
            self._totals(),
            [rounded_to_4(pl.col(self._own("share"))).alias(self._own("confidence"))],
            [self._verdict().alias(self._own("verdict"))],
            self._results(about),
        ]

    def _own(self, *parts: str) -> str:
        return temporary(self.name, *parts)

    def _answers(self, key: str, candidates: Sequence[Candidate]) -> list[pl.Expr]:
        """Return what is known by each criterion of a key, and when it has to be looked at again."""
        which = pl.col(self._own(key, "which"))
        asked = self._candidates.asked[key]
        by_criterion = zip(*(each.packed for each in candidates), strict=True)
        packed = [choose(which, options) for options in by_criterion]
        answers = [each.alias(self._own(*one.name)) for one, each in zip(asked, packed, strict=True)]
        trust = (
            pl.max_horizontal([_trust(each) for each in candidates])
            if len(candidates) > 1
            else candidates[0].told.trust
        )
        day = choose(which, [pl.lit(None, pl.Int32) if each.day is None else each.day for each in candidates])
        review = pl.min_horizontal(choose(which, [each.told.last_day for each in candidates]), self._day_after(day))
        is_known = reduce(lambda one, other: one | other, [packing.is_known(each) for each in packed])
        return [
            *answers,
            trust.alias(self._own(key, "trusted")),
            pl.when(is_known).then(review).alias(self._own(key, "review")),
        ]

    def _day_after(self, day: pl.Expr) -> pl.Expr:
        return pl.when(day >= day_number(self._today)).then(day + 1).cast(pl.Int32)

    def _elements(self, about: Mapping[str, Sequence[Candidate]]) -> Stage:
        return [
            _sum([pl.col(self._own(element.id, each.id)) for each in element.criteria if each.key in about]).alias(
                self._own(element.id)
            )
            for element in self._compiled.elements
        ]

    def _totals(self) -> Stage:
        elements = [pl.col(self._own(element.id)) for element in self._compiled.elements]
        counted = _sum([packing.counted(each) for each in elements])
        points = [packing.points(each) for each in elements]
        earned, covered = packing.contribution(counted), packing.weight(counted)
        lost = covered - earned
        if not self._compiled.sums_elements:
            earned = pl.min_horizontal(points)
            lost = pl.max_horizontal(
                [packing.most_points(each) - earned for each, earned in zip(elements, points, strict=True)]
            )
        relied_on = divided(pl.col(self._own("relied on")), HUNDRED_POINTS)
        return [
            _rounded(earned).alias(self._own("overall")),
            lost.alias(self._own("lost")),
            divided(covered, HUNDRED_POINTS).alias(self._own("coverage")),
            pl.min_horizontal(relied_on, pl.col(self._own("most"))).alias(self._own("share")),
        ]

    def _most_confidence(self, told: Sequence[Told]) -> pl.Expr:
        """Return what so many facts can give at most."""
        return 1 - pl.lit(2.0).pow(-_sum([each.is_fresh.cast(pl.Int64) for each in told]))

    def _relied_on(self, about: Mapping[str, Sequence[Candidate]]) -> pl.Expr:
        """Return the trust of what is known by weight, added up in the framework's order: floats remember it."""
        total = pl.lit(0.0)
        for element in self._compiled.elements:
            for criterion in element.criteria:
                if criterion.key in about:
                    trust = pl.col(self._own(criterion.key, "trusted"))
                    known = packing.is_known(pl.col(self._own(element.id, criterion.id)))
                    total = total + pl.when(known).then(trust * criterion.weight).otherwise(0.0)
        return total

    def _verdict(self) -> pl.Expr:
        """Return the place of the first verdict whose conditions hold."""
        verdicts = self._compiled.definition.verdicts
        places = {verdict.status: place for place, verdict in enumerate(verdicts)}
        chosen = pl.lit(None, pl.UInt8)
        for verdict in reversed(verdicts):
            place: pl.Expr = pl.lit(places[verdict.status], pl.UInt8)
            if verdict.points_lost_over is not None and verdict.otherwise is not None:
                gives_way = pl.col(self._own("lost")) <= 100 * verdict.points_lost_over
                place = pl.when(gives_way).then(pl.lit(places[verdict.otherwise], pl.UInt8)).otherwise(place)
            chosen = pl.when(self._qualifies(verdict)).then(place).otherwise(chosen)
        return chosen

    def _qualifies(self, verdict: Verdict) -> pl.Expr:
        asked = {"overall": verdict.score, "confidence": verdict.confidence, "coverage": verdict.coverage}
        conditions = [pl.col(self._own(name)) >= least for name, least in asked.items() if least]
        conditions += [
            _rounded(packing.points(pl.col(self._own(element)))) >= minimum
            for element, minimum in verdict.minimums.items()
        ]
        return reduce(and_, conditions, pl.lit(value=True))

    def _results(self, about: Mapping[str, Sequence[Candidate]]) -> Stage:
        elements = {element.id: pl.col(self._own(element.id)) for element in self._compiled.elements}
        is_known = pl.any_horizontal([packing.is_known(each) for each in elements.values()])
        verdicts, place = self._compiled.definition.verdicts, pl.col(self._own("verdict"))
        today = day_number(self._today)
        latest = [today + verdict.review_days for verdict in verdicts]
        reviews = [pl.col(self._own(key, "review")) for key in about]
        review = pl.min_horizontal(pl.lit(pl.Series(latest, dtype=pl.Int32)).gather(place), *reviews)
        shown = {
            "status": pl.lit(pl.Series([verdict.status for verdict in verdicts])).gather(place),
            "overall_score": pl.when(is_known).then(pl.col(self._own("overall"))).cast(pl.Int32),
            "coverage": pl.col(self._own("coverage")),
            "confidence": pl.col(self._own("confidence")),
            "next_review_date": pl.max_horizontal(review, pl.lit(today + 1, pl.Int32)).cast(pl.Date),
            **{
                name: pl.when(packing.most_points(each) > 0).then(_rounded(packing.points(each))).cast(pl.Int32)
                for name, each in elements.items()
            },
        }
        return [expression.alias(f"{self.name}.{name}") for name, expression in shown.items()]


class _Telling:
    """Tells how columns are read, naming what is told, and collects the expressions that work it out."""

    def __init__(self, reading: Reading, now: datetime, name: str) -> None:
        self._reading, self._now, self._name = reading, now, name
        self._told: dict[tuple[str, timedelta | None], Told] = {}
        self.expressions: list[pl.Expr] = []

    def __call__(self, column: ClaimColumn, lifetime: timedelta | None) -> Told:
        key = column.key.name, lifetime
        if key not in self._told:
            told = tell(column, self._reading, lifetime, self._now)
            fresh, trust, last = (temporary(self._name, *map(str, key), part) for part in ("fresh", "trust", "last"))
            self.expressions += [told.is_fresh.alias(fresh), told.trust.alias(trust), told.last_day.alias(last)]
            self._told[key] = replace(told, is_fresh=pl.col(fresh), trust=pl.col(trust), last_day=pl.col(last))
        return self._told[key]


def _counting(candidates: Sequence[Candidate]) -> pl.Expr:
    return counting([each.told for each in candidates], [each.is_there for each in candidates])


def _trust(candidate: Candidate) -> pl.Expr:
    return pl.when(candidate.is_there).then(candidate.told.trust).otherwise(0.0)


def _rounded(hundredths: pl.Expr) -> pl.Expr:
    """Return hundredths of a point as whole points, a half rounded up."""
    return (hundredths + 50) // 100


def _sum(numbers: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(add, numbers, pl.lit(0, pl.Int64))
