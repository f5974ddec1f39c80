"""Says which columns of a table are read, under which names and with which defaults."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from oppspot.bulk.errors import refusal
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import ClaimKey
from oppspot.qualification.values import DateKind, FlagKind, ItemsKind, Kind, NumberKind, TextKind, TextsKind

Part = Literal["observed_at", "grade", "confidence", "expires_at"]
PARTS: Final[tuple[Part, ...]] = ("observed_at", "grade", "confidence", "expires_at")

_TEXT: Final[frozenset[Any]] = frozenset({pl.String, pl.Categorical, pl.Enum})
_TIME: Final[frozenset[Any]] = frozenset({pl.Date, pl.Datetime})
READ_BY_PART: Final[Mapping[Part, tuple[frozenset[Any], str]]] = {
    "observed_at": (_TEXT | _TIME, "a date, a time, or either as ISO 8601 text; without a zone it is UTC"),
    "grade": (_TEXT, "one of asserted, corroborated, verified"),
    "confidence": (_TEXT, "a number from 0 to 1"),
    "expires_at": (_TEXT | _TIME, "a date, a time, or either as ISO 8601 text; without a zone it is UTC"),
}


@dataclass(frozen=True, slots=True)
class ClaimColumn:
    """A column of claims, and the columns that say of each when, how surely and until when (absent: the default)."""

    key: ClaimKey
    rank: int  # of equal claims, the one of the later key counts
    companions: Mapping[Part, Sequence[str]]

    @property
    def named(self) -> Iterable[str]:
        """The names of all its columns."""
        return (self.key.name, *(name for names in self.companions.values() for name in names))


def companion(key: str, part: Part) -> str:
    """Return the name of a companion column; that of the key "" speaks for the whole row."""
    return f"{key}@{part}"


def temporary(*parts: str) -> str:
    """Return the name of a column of ours, which no table has."""
    return "\x1f".join(("", *parts))


def part_column(part: Part, names: Sequence[str]) -> str:
    """Return the name of what some companion columns say together; claims with the same companions share it."""
    return temporary(part, *names)


def find_claim_columns(
    schema: Mapping[str, pl.DataType], keys: Mapping[str, ClaimKey], relevant: Collection[str]
) -> list[ClaimColumn]:
    """Return the columns that say something relevant, or name every one that cannot be read by its type."""
    found = [
        ClaimColumn(key, rank, _companions(name, schema))
        for rank, (name, key) in enumerate(keys.items())
        if name in relevant and name in schema and schema[name] != pl.Null
    ]
    problems = [problem for column in found for problem in _unreadable(column, schema)]
    if problems:
        raise refusal(*dict.fromkeys(problems))
    return found


def find_fact_columns(schema: Mapping[str, pl.DataType], facts: Mapping[str, ClaimKey]) -> list[str]:
    """Return the columns that tell facts, or name every one that cannot be read by its type."""
    found = [name for name in facts if schema.get(name, pl.Null) != pl.Null]
    problems = [
        FieldProblem(name, f"holds {schema[name]}", facts[name].kind.accepted)
        for name in found
        if not _is_readable(schema[name], facts[name].kind)
    ]
    if problems:
        raise refusal(*problems)
    return found


def _companions(key: str, schema: Mapping[str, pl.DataType]) -> Mapping[Part, Sequence[str]]:
    """Return by part the columns to ask, the first first; those with nothing in them are left out."""
    asked = {part: (companion(key, part), companion("", part)) for part in PARTS}
    said = {part: [name for name in names if schema.get(name, pl.Null) != pl.Null] for part, names in asked.items()}
    return {part: names for part, names in said.items() if names}


def _unreadable(column: ClaimColumn, schema: Mapping[str, pl.DataType]) -> Iterable[FieldProblem]:
    name, kind = column.key.name, column.key.kind
    if not _is_readable(schema[name], kind):
        yield FieldProblem(name, f"holds {schema[name]}", kind.accepted)
    for part, names in column.companions.items():
        readable, accepted = READ_BY_PART[part]
        for other in names:
            dtype = schema[other]
            is_number = part == "confidence" and dtype.is_numeric()
            if dtype.base_type() not in readable and not is_number:
                yield FieldProblem(other, f"holds {dtype}", accepted)


def _is_readable(dtype: pl.DataType, kind: Kind) -> bool:
    if dtype.base_type() in _TEXT:
        return True
    match kind:
        case NumberKind():
            return dtype.is_numeric()
        case FlagKind():
            return dtype == pl.Boolean or dtype.is_numeric()
        case DateKind():
            return dtype.base_type() in _TIME
        case TextKind():
            return dtype.is_integer()
        case _:
            return isinstance(dtype, pl.List) and _is_readable_list(dtype.inner, kind)


def _is_readable_list(inner: object, kind: Kind) -> bool:
    if isinstance(inner, pl.Struct):
        return isinstance(kind, ItemsKind) and {field.name for field in inner.fields} <= kind.fields.keys()
    return inner == pl.String and isinstance(kind, (ItemsKind, TextsKind))
