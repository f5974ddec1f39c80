"""Answers questions about values that no expression reads (lists, what follows from them): once per distinct value."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from oppspot.bulk.earning import packed_answer
from oppspot.bulk.errors import InvalidTable, moved, refusal
from oppspot.bulk.packing import Packer
from oppspot.bulk.reading import day_number
from oppspot.core import json
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import ClaimKey, validate_claim
from oppspot.qualification.types import ClaimValue
from oppspot.qualification.values import DateKind, ItemsKind, NumberKind, TextsKind

Follow = Callable[[ClaimValue], ClaimValue]


@dataclass(frozen=True, slots=True)
class Question:
    """What a framework asks of one column about one key: the column's own, or one that follows from it."""

    source: ClaimKey
    key: str
    follow: Follow | None
    exists: str  # the names of the columns that answer
    answers: tuple[tuple[str, Packer], ...]
    day: str | None

    @property
    def schema(self) -> dict[str, type[pl.DataType]]:
        days = {self.day: pl.Int32} if self.day else {}
        return {self.exists: pl.Boolean, **{name: pl.Int64 for name, _ in self.answers}, **days}

    def answer(self, value: ClaimValue, today: date) -> tuple[Any, ...]:
        implied = self.follow(value) if self.follow else value
        if implied is None:
            return (None, *(None for _ in self.answers), *((None,) if self.day else ()))
        packed = (packed_answer(packer, implied, today) for _, packer in self.answers)
        return (True, *packed, *((day_number(date.fromisoformat(implied)),) if self.day else ()))


def tabulate(series: pl.Series, questions: Sequence[Question], today: date) -> list[pl.Series]:
    """Return the columns that answer the questions; null where nothing is said.

    Takes lists as given, other values as `read_scalars` returns them.
    """
    source = questions[0].source
    given = series.rename("value").to_frame()
    is_nested = series.dtype.is_nested()
    # Nested values cannot be told apart cheaply, so each of them is read.
    distinct = given if is_nested else given.drop_nulls().unique()
    rows = _answers(source, distinct["value"], questions, today, given["value"])
    # Several frameworks may ask the same.
    schema = {name: dtype for question in questions for name, dtype in question.schema.items()}
    asked = [name for question in questions for name in question.schema]
    places = [asked.index(name) for name in schema]
    answers = pl.DataFrame([[row[place] for place in places] for row in rows], schema=schema, orient="row")
    if not is_nested:
        answers = given.join(answers.with_columns(distinct["value"]), on="value", how="left", maintain_order="left")
    return answers.select(*schema).get_columns()


def _answers(
    source: ClaimKey, values: pl.Series, questions: Sequence[Question], today: date, given: pl.Series
) -> list[tuple[Any, ...]]:
    nothing = tuple(None for question in questions for _ in question.schema)
    return [
        nothing if value is None else tuple(_flattened(question.answer(value, today) for question in questions))
        for value in _read(source, values, given)
    ]


def _read(source: ClaimKey, values: pl.Series, given: pl.Series) -> Iterator[ClaimValue]:
    for place, value in enumerate(values):
        try:
            yield _value(source, value)
        except InvalidTable as fault:
            first = place if given.dtype.is_nested() else (given == value).arg_max()
            raise moved(fault, first or 0) from None


def _flattened(parts: Iterable[tuple[Any, ...]]) -> Iterable[Any]:
    return (cell for part in parts for cell in part)


def _value(source: ClaimKey, cell: Any) -> ClaimValue:
    """Return a cell as the claim it stands for."""
    if cell is None:
        return None
    match source.kind:
        case NumberKind():
            return int(cell) if cell == int(cell) else cell
        case DateKind():
            return date.fromordinal(cell + date(1970, 1, 1).toordinal()).isoformat()
        case _:
            return read_list(source, cell) if is_list(source) else cell


def is_list(key: ClaimKey) -> bool:
    return isinstance(key.kind, (ItemsKind, TextsKind))


def read_list(key: ClaimKey, cell: Any) -> ClaimValue:
    """Return a list from JSON text or from a cell of lists, None for an empty one."""
    decoded = _decoded(key, cell) if isinstance(cell, str) else _as_list(cell)
    value = validate_claim(key.name, decoded, {key.name: key})
    if isinstance(value, FieldProblem):
        shown = cell if isinstance(cell, str) else repr(decoded)
        raise refusal(
            FieldProblem(
                key.name, f"{shown[:60]!r}: {value.path.removeprefix(key.name)} {value.message}", value.accepted
            )
        )
    return value


def _as_list(cell: Any) -> list[Any]:
    return [item for item in cell if item is not None]


def _decoded(key: ClaimKey, text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        raise refusal(FieldProblem(key.name, f"{text[:60]!r} is not JSON", f"{key.kind.accepted}, as JSON")) from None
