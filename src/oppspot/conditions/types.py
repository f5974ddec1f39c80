"""What a condition is made of: fields, operators, and the tree of All, Any, Not and Leaf."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType
from typing import Self


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    CHOICE = "choice"
    TEXT_LIST = "text_list"


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    HAS_ANY = "has_any"
    HAS_ALL = "has_all"
    HAS_NONE = "has_none"
    IS_KNOWN = "is_known"
    IS_UNKNOWN = "is_unknown"
    WITHIN_LAST = "within_last"
    OLDER_THAN = "older_than"


class Shape(StrEnum):
    """What an operator takes as its value."""

    NOTHING = "nothing"
    ONE = "one"
    MANY = "many"
    RANGE = "range"
    PERIOD = "period"


_SHAPES = {
    **dict.fromkeys((Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE), Shape.MANY),
    **dict.fromkeys((Op.IS_KNOWN, Op.IS_UNKNOWN), Shape.NOTHING),
    **dict.fromkeys((Op.WITHIN_LAST, Op.OLDER_THAN), Shape.PERIOD),
    Op.BETWEEN: Shape.RANGE,
}

_PRESENCE = (Op.IS_KNOWN, Op.IS_UNKNOWN)
_EQUALITY = (Op.EQ, Op.NE, Op.IN, Op.NOT_IN)
_ORDER = (Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN)

# Datetimes have no eq: two instants are almost never equal to the microsecond, so it would be a trap.
OPS: dict[FieldType, tuple[Op, ...]] = {
    FieldType.TEXT: (*_EQUALITY, Op.CONTAINS, Op.STARTS_WITH, *_PRESENCE),
    FieldType.NUMBER: (*_EQUALITY, *_ORDER, *_PRESENCE),
    FieldType.BOOLEAN: (Op.EQ, Op.NE, *_PRESENCE),
    FieldType.DATETIME: (*_ORDER, Op.WITHIN_LAST, Op.OLDER_THAN, *_PRESENCE),
    FieldType.CHOICE: (*_EQUALITY, *_PRESENCE),
    FieldType.TEXT_LIST: (Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE, *_PRESENCE),
}


def shape_of(op: Op) -> Shape:
    return _SHAPES.get(op, Shape.ONE)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a condition can ask about; `label` reads inside a sentence, `choices` closes the list of values."""

    name: str
    type: FieldType
    label: str
    description: str = ""
    unit: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fields conditions may ask about, by dotted name; builder, documentation and messages are drawn from it."""

    fields: Mapping[str, Field]

    @classmethod
    def of(cls, fields: Iterable[Field]) -> Self:
        return cls(MappingProxyType({field.name: field for field in fields}))

    def with_attributes(self, attributes: Iterable[Field]) -> "Catalogue":
        """Return a catalogue that also knows `attributes.<name>` for each custom attribute."""
        added = (replace(field, name=f"attributes.{field.name}") for field in attributes)
        return Catalogue.of((*self.fields.values(), *added))

    def find(self, name: str) -> Field | None:
        return self.fields.get(name)

    def __getitem__(self, name: str) -> Field:
        return self.fields[name]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields.values())

    def closest(self, name: str) -> str | None:
        """Return the field name `name` was probably meant to be: a near spelling, or the same last part."""
        wanted = name.casefold()
        same_end = [known for known in self.fields if known.rpartition(".")[2] == wanted]
        near = get_close_matches(wanted, self.fields, n=1, cutoff=0.75) or same_end
        return near[0] if near else None


class PeriodUnit(StrEnum):
    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of elapsed time; a day is 24 hours, whatever the clocks do."""

    amount: int
    unit: PeriodUnit

    @property
    def delta(self) -> timedelta:
        return timedelta(days=self.amount) if self.unit is PeriodUnit.DAYS else timedelta(hours=self.amount)


Scalar = str | bool | int | float | datetime
Operand = Scalar | Period | tuple[Scalar, ...] | None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question about one field; `value` has the shape and type that `shape_of(op)` and the field call for."""

    field: Field
    op: Op
    value: Operand = None


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; with no parts it is always true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when at least one part is; with no parts it is never true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = All | Any | Not | Leaf

ALWAYS = All(())


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly inside; none for a leaf."""
    match condition:
        case Leaf():
            return ()
        case Not(part):
            return (part,)
        case All(parts) | Any(parts):
            return parts


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Yield every leaf, left to right."""
    if isinstance(condition, Leaf):
        yield condition
    for part in parts_of(condition):
        yield from leaves_of(part)


def texts_of(leaf: Leaf) -> tuple[str, ...]:
    """Return the operand of a text, choice or text-list leaf as a tuple."""
    return tuple(str(value) for value in _many(leaf.value))


def numbers_of(leaf: Leaf) -> tuple[float, ...]:
    """Return the operand of a number leaf as 64-bit floats: the precision in which every compiler compares."""
    return tuple(float(value) for value in _many(leaf.value) if isinstance(value, int | float))


def instants_of(leaf: Leaf, now: datetime) -> tuple[datetime, ...]:
    """Return the operand of a datetime leaf as instants in UTC; a period gives where it began and `now`."""
    if isinstance(leaf.value, Period):
        return (as_utc(now) - leaf.value.delta, as_utc(now))
    return fixed_instants_of(leaf)


def fixed_instants_of(leaf: Leaf) -> tuple[datetime, ...]:
    """Return the operand of a datetime leaf that does not depend on `now`, in UTC."""
    return tuple(as_utc(value) for value in _many(leaf.value) if isinstance(value, datetime))


def as_utc(instant: datetime) -> datetime:
    """Return the instant in UTC, where differences are elapsed time; without a zone it is taken to be UTC already."""
    if instant.tzinfo is UTC:
        return instant
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _many(value: Operand) -> tuple[Scalar, ...]:
    if isinstance(value, tuple):
        return value
    return () if value is None or isinstance(value, Period) else (value,)
