"""Scores a table of leads: the columns it had, then those of each framework and of the lead score."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

import polars as pl

from oppspot.bulk.assessing import FrameworkPlan
from oppspot.bulk.columns import ClaimColumn, Part, part_column, temporary
from oppspot.bulk.errors import InvalidTable, moved, refusal
from oppspot.bulk.lead_score import LeadScorePlan
from oppspot.bulk.lists import answer_lists
from oppspot.bulk.reading import microseconds, read_part, read_scalars
from oppspot.bulk.tabulating import is_list, tabulate
from oppspot.core.errors import FieldProblem
from oppspot.qualification.framework import Framework
from oppspot.qualification.review import utc_day
from oppspot.scoring.types import ScoreModel


class Scorer:
    """Scores tables that have the same columns, at one moment.

    `dot` is what the names of columns have for a dot, where dots are awkward: "__" reads `budget__confirmed`.
    """

    def __init__(
        self,
        schema: pl.Schema,
        frameworks: Sequence[Framework],
        model: ScoreModel | None,
        now: datetime,
        *,
        dot: str = ".",
    ) -> None:
        self._now, self._today = now, utc_day(now)
        self._given, self._dot = {name.replace(dot, "."): name for name in schema}, dot
        named = {name: schema[given] for name, given in self._given.items()}
        self._frameworks = [FrameworkPlan(framework, named, now) for framework in frameworks]
        self._lead_score = LeadScorePlan(model, named, now) if model else None
        self._plans: list[FrameworkPlan | LeadScorePlan] = [
            *self._frameworks,
            *([self._lead_score] if self._lead_score else []),
        ]
        self._columns = _distinct(column for plan in self._frameworks for column in plan.columns)
        self._questions = [question for plan in self._frameworks for question in plan.questions()]
        self._stages = [
            [expression for stage in stages if stage for expression in stage]
            for stages in zip_longest(*(plan.stages() for plan in self._plans))
        ]
        results = [name for plan in self._plans for name in plan.result]
        _refuse_repeated(results)
        self._shown = {name: name.replace(".", dot) for name in results}
        self.result = list(self._shown.values())
        self._asked = {*self.readable, *(name for column in self._columns for name in column.named)}
        self._passed = [name for name in schema if name not in set(self.result)]
        self.schema = self.score(pl.DataFrame(schema=schema)).schema

    @property
    def result_schema(self) -> dict[str, pl.DataType]:
        """The names and types of the columns made."""
        return {name: self.schema[name] for name in self.result}

    @property
    def unread(self) -> list[str]:
        """The names of the frameworks that no column of the table tells anything."""
        return [plan.name for plan in self._frameworks if not plan.columns]

    @property
    def readable(self) -> list[str]:
        """The names of all columns that would be read if they were there, without their companions."""
        return list(dict.fromkeys(name for plan in self._plans for name in plan.readable))

    def score(self, table: pl.DataFrame, *, first_row: int = 1) -> pl.DataFrame:
        """Return the table with the columns of the result; those of the same name are replaced.

        Raises InvalidTable for a value that is not accepted; its row is counted from `first_row`.
        """
        try:
            return self._score_table(table)
        except InvalidTable as fault:
            raise self._as_named(moved(fault, first_row - 1)) from None

    def _score_table(self, table: pl.DataFrame) -> pl.DataFrame:
        named = table.select(pl.col(given).alias(name) for name, given in self._given.items() if name in self._asked)
        read = self._read(named)
        worked_out = table.select(self._passed).with_columns(read).lazy()
        for stage in self._stages:
            worked_out = worked_out.with_columns(stage)
        results = [pl.col(name).alias(shown) for name, shown in self._shown.items()]
        return worked_out.select(*self._passed, *results).collect()

    def _as_named(self, fault: InvalidTable) -> InvalidTable:
        """Return a fault with the column as the table names it."""
        problems = [replace(problem, path=self._given.get(problem.path, problem.path)) for problem in fault.errors]
        return refusal(*problems, row=fault.row)

    def _read(self, table: pl.DataFrame) -> list[pl.Series]:
        """Return what the columns say, in the form that expressions compare."""
        parts = {(part, tuple(names)) for column in self._columns for part, names in column.companions.items()}
        read = [self._read_part(table, part, names) for part, names in sorted(parts)]
        for column in self._columns:
            read += self._read_claims(table, column)
        return [*read, *(self._lead_score.read(table) if self._lead_score else [])]

    def _read_claims(self, table: pl.DataFrame, column: ClaimColumn) -> list[pl.Series]:
        key = column.key
        raw = table[key.name]
        questions = [question for question in self._questions if question.source.name == key.name]
        if is_list(key):
            return answer_lists(raw, questions, self._today)
        value = read_scalars(key, raw)
        tabulated = tabulate(value, questions, self._today) if questions else []
        return [value.alias(temporary(key.name)), *tabulated]

    def _read_part(self, table: pl.DataFrame, part: Part, names: Sequence[str]) -> pl.Series:
        """Return what is said of each claim, the default where nothing is."""
        first, *others = [read_part(part, table[name]) for name in names]
        for other in others:
            first = first.zip_with(first.is_not_null(), other)
        default = {"observed_at": microseconds(self._now), "grade": 0, "confidence": 1.0, "expires_at": None}[part]
        said = first if default is None else first.fill_null(default)
        return said.alias(part_column(part, names))


def _distinct(columns: Iterable[ClaimColumn]) -> list[ClaimColumn]:
    by_name = {column.key.name: column for column in columns}
    return list(by_name.values())


def _refuse_repeated(names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        problem = FieldProblem(twice[0], "would be made twice", "another name of the framework or of its element")
        raise refusal(problem)
