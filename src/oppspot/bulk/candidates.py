"""Which statements there can be about each key a framework reads, and what each would earn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

import polars as pl

from oppspot.bulk.columns import ClaimColumn, temporary
from oppspot.bulk.earning import by_formula, look_up, packed_answer
from oppspot.bulk.implications import STEPS
from oppspot.bulk.packing import Packer
from oppspot.bulk.reading import day_number
from oppspot.bulk.statements import Told, value_of
from oppspot.bulk.tabulating import Follow, Question, is_list
from oppspot.qualification.compiled import CompiledFramework
from oppspot.qualification.framework import DaysUntilRule
from oppspot.qualification.values import ChoiceKind, FlagKind


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion of an element."""

    element: str
    packer: Packer

    @property
    def name(self) -> tuple[str, str]:
        return self.element, self.packer.criterion.id


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement about a key: a column's own, or one that follows from it."""

    told: Told
    is_there: pl.Expr
    packed: Sequence[pl.Expr]  # by criterion of the key; 0 where not known
    day: pl.Expr | None  # which day it names, if that is asked


class Candidates:
    """The statements a table can make about the keys of a framework."""

    def __init__(self, compiled: CompiledFramework, columns: Sequence[ClaimColumn], today: date) -> None:
        self._name, self._today = compiled.definition.name, today
        self._relevant, self._lifetimes = compiled.reading.relevant, compiled.reading.lifetimes
        self._columns = columns
        self.asked = criteria_by_key(compiled)

    def questions(self) -> list[Question]:
        """Return what has to be tabulated before expressions can be worked out."""
        return [
            question
            for column in self._columns
            for key, follow in self._says(column)
            if (question := self._question(column, key, follow))
        ]

    def about(self, key: str, told: Callable[[ClaimColumn, timedelta | None], Told]) -> list[Candidate]:
        """Return the statements about a key, of equal ones the one that counts first."""
        latest_first = sorted(self._columns, key=lambda column: column.rank, reverse=True)
        own = [(column, None, self._lifetimes[key]) for column in self._columns if column.key.name == key]
        implied = [
            (column, follow, lifetime)
            for column in latest_first
            for other, follow, lifetime in self._relevant[column.key.name]
            if other == key
        ]
        return [self._candidate(told(column, lifetime), key, follow) for column, follow, lifetime in [*own, *implied]]

    def _says(self, column: ClaimColumn) -> Iterator[tuple[str, Follow | None]]:
        yield column.key.name, None
        for key, follow, _ in self._relevant[column.key.name]:
            yield key, follow

    def _question(self, column: ClaimColumn, key: str, follow: Follow | None) -> Question | None:
        """Return what must be asked value by value, None where an expression tells."""
        source = column.key.name
        if not is_list(column.key) and (follow is None or _places(column, key)):
            return None
        asked = self.asked.get(key, ())
        return Question(
            source=column.key,
            key=key,
            follow=follow,
            exists=temporary(source) if follow is None else temporary(source, "says", key),
            answers=tuple((temporary(self._name, *each.name, source), each.packer) for each in asked),
            day=temporary(source, "day", key) if any(map(is_about_a_day, asked)) else None,
        )

    def _candidate(self, told: Told, key: str, follow: Follow | None) -> Candidate:
        is_said, packed, day = self._answers(told.column, key, follow)
        is_fresh = told.is_fresh if is_said is None else told.is_fresh & is_said
        return Candidate(
            told,
            told.is_there if is_said is None else told.is_there & is_said,
            [pl.when(is_fresh).then(each.fill_null(0)).otherwise(0) for each in packed],
            day,
        )

    def _answers(
        self, column: ClaimColumn, key: str, follow: Follow | None
    ) -> tuple[pl.Expr | None, list[pl.Expr], pl.Expr | None]:
        """Return where a column says something of a key at all (None: wherever it says anything), what, and the day."""
        asked, value = self.asked[key], value_of(column)
        if question := self._question(column, key, follow):
            is_said = pl.col(question.exists).is_not_null() if follow else None
            return (
                is_said,
                [pl.col(name) for name, _ in question.answers],
                pl.col(question.day) if question.day else None,
            )
        if place := _places(column, key):
            implied = [follow(each) if follow else each for each in place.values]
            return self._listed(place.column, implied, asked)
        packed = [by_formula(each.packer, value, self._today) for each in asked]
        return None, packed, value if any(map(is_about_a_day, asked)) else None

    def _listed(
        self, place: pl.Expr, values: Sequence[Any], asked: Sequence[Asked]
    ) -> tuple[pl.Expr | None, list[pl.Expr], pl.Expr | None]:
        packed = [
            [0 if value is None else packed_answer(each.packer, value, self._today) for value in values]
            for each in asked
        ]
        said = [value is not None for value in values]
        is_said = None if all(said) else pl.lit(pl.Series(said)).gather(place).fill_null(value=False)
        days = (
            [None if value is None else day_number(date.fromisoformat(value)) for value in values]
            if any(map(is_about_a_day, asked))
            else None
        )
        day = None if days is None else pl.lit(pl.Series(days, dtype=pl.Int32)).gather(place)
        return is_said, [look_up(answers, place) for answers in packed], day


@dataclass(frozen=True, slots=True)
class _Places:
    values: Sequence[Any]
    column: pl.Expr


def _places(column: ClaimColumn, key: str) -> _Places | None:
    """Return the few values a column can have, or be like, and which of them each row has."""
    value, kind = value_of(column), column.key.kind
    if isinstance(kind, FlagKind):
        return _Places((False, True), value.cast(pl.UInt8))
    if isinstance(kind, ChoiceKind):
        return _Places(kind.values, value)
    if steps := STEPS.get((column.key.name, key)):
        below, limits = steps
        return _Places((below, *limits), reduce(add, [(value >= limit).cast(pl.UInt8) for limit in limits]))
    return None


def criteria_by_key(compiled: CompiledFramework) -> Mapping[str, Sequence[Asked]]:
    """Return the criteria of each key, in the framework's order."""
    asked: dict[str, list[Asked]] = {}
    for element, written in zip(compiled.elements, compiled.definition.elements, strict=True):
        for criterion, described in zip(element.criteria, written.criteria, strict=True):
            asked.setdefault(criterion.key, []).append(
                Asked(element.id, Packer(criterion, described.rule, compiled.sums_elements))
            )
    return asked


def is_about_a_day(asked: Asked) -> bool:
    return isinstance(asked.packer.rule, DaysUntilRule)
