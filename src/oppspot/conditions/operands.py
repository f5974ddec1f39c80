"""Decides whether the value of a leaf fits its field and operator, and reads it."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

from oppspot.conditions.errors import InvalidCondition, Path, Problem, shown
from oppspot.conditions.predicates import COMPARISONS
from oppspot.conditions.types import Field, FieldType, Op, Operand, Period, PeriodUnit, Scalar, Shape, shape_of
from oppspot.conditions.values import fold

MAX_TEXT = 1_000
MAX_LISTED = 1_000
MAX_WHOLE = 2**53  # beyond it a 64-bit float no longer tells neighbouring whole numbers apart
MAX_PERIOD: dict[object, int] = {PeriodUnit.DAYS: 36_500, PeriodUnit.HOURS: 876_000}  # 100 years

_ACCEPTED = {
    FieldType.TEXT: f"a text of 1 to {MAX_TEXT} characters",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.DATETIME: "a date and time with its offset, such as 2026-03-01T09:00:00Z",
    FieldType.TEXT_LIST: f"a text of 1 to {MAX_TEXT} characters",
}


def accepted_by(field: Field, op: Op) -> str:
    """Return in words what `op` on `field` takes as its value."""
    one = accepted_one(field)
    match shape_of(op):
        case Shape.NOTHING:
            return "no value"
        case Shape.ONE:
            return one
        case Shape.MANY:
            return f"a list of 1 to {MAX_LISTED}, each {one}"
        case Shape.RANGE:
            return f"[lowest, highest], each {one}"
        case Shape.PERIOD:
            return '{"days": n} or {"hours": n}, n a whole number from 1'


def read_operand(field: Field, op: Op, raw: object, path: Path) -> Operand:
    """Return the value of a leaf; raises InvalidCondition with the path of every part that does not fit."""
    match shape_of(op):
        case Shape.NOTHING:
            if raw is not None:
                raise InvalidCondition.at(path, f"{field.name} {op} takes no value.", accepted_by(field, op))
            return None
        case Shape.ONE:
            return _scalar(field, raw, path)
        case Shape.MANY:
            return _many(field, op, raw, path)
        case Shape.RANGE:
            return _range(field, op, raw, path)
        case Shape.PERIOD:
            return _period(field, op, raw, path)


def accepted_one(field: Field) -> str:
    """Return in words what a single value of a field is."""
    return f"one of {', '.join(field.choices)}" if field.type is FieldType.CHOICE else _ACCEPTED[field.type]


def _many(field: Field, op: Op, raw: object, path: Path) -> tuple[Scalar, ...]:
    if not isinstance(raw, list | tuple) or not 1 <= len(raw) <= MAX_LISTED:
        what = f"a list of {len(raw):,}" if isinstance(raw, list | tuple) else shown(raw)
        raise InvalidCondition.at(path, f"{field.name} {op} is given {what}.", accepted_by(field, op))
    read: list[Scalar] = []
    problems: list[Problem] = []
    for index, item in enumerate(raw):
        try:
            read.append(_scalar(field, item, (*path, str(index))))
        except InvalidCondition as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise InvalidCondition(problems)
    return tuple(read)


def _range(field: Field, op: Op, raw: object, path: Path) -> tuple[Scalar, ...]:
    if not isinstance(raw, list | tuple) or len(raw) != 2:  # noqa: PLR2004 - a range has two ends
        raise InvalidCondition.at(path, f"{field.name} {op} is given {shown(raw)}.", accepted_by(field, op))
    low, high = _many(field, op, raw, path)
    if COMPARISONS[Op.LT](high, low):
        raise InvalidCondition.at(path, f"{field.name} {op}: the lowest is above the highest.", accepted_by(field, op))
    return (low, high)


def _period(field: Field, op: Op, raw: object, path: Path) -> Period:
    unit, amount = next(iter(raw.items())) if isinstance(raw, Mapping) and len(raw) == 1 else (None, None)
    if unit is None or unit not in MAX_PERIOD or not isinstance(amount, int) or isinstance(amount, bool):
        raise InvalidCondition.at(path, f"{field.name} {op} is given {shown(raw)}.", accepted_by(field, op))
    if not 1 <= amount <= MAX_PERIOD[unit]:
        message = f"{field.name} {op} is given {shown(amount)} {unit}."
        raise InvalidCondition.at((*path, unit), message, f"a whole number from 1 to {MAX_PERIOD[unit]:,}")
    return Period(amount, PeriodUnit(unit))


def _scalar(field: Field, raw: object, path: Path) -> Scalar:
    return _SCALARS[field.type](field, raw, path)


def _refused(field: Field, raw: object, path: Path) -> InvalidCondition:
    return InvalidCondition.at(path, f"{shown(raw)} is not a value of {field.name}.", accepted_one(field))


def _text(field: Field, raw: object, path: Path) -> str:
    if not isinstance(raw, str) or not 1 <= len(raw) <= MAX_TEXT:
        raise _refused(field, raw, path)
    if "\0" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
        message = f"The text for {field.name} has a character that no text can hold."
        raise InvalidCondition.at(path, message, "text without NUL characters and lone surrogates")
    return raw


def _number(field: Field, raw: object, path: Path) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _refused(field, raw, path)
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise _refused(field, raw, path)
    elif abs(raw) > MAX_WHOLE:
        message = f"{shown(raw)} is too large for {field.name}."
        raise InvalidCondition.at(path, message, f"a whole number between -{MAX_WHOLE} and {MAX_WHOLE}")
    return raw


def _boolean(field: Field, raw: object, path: Path) -> bool:
    if not isinstance(raw, bool):
        raise _refused(field, raw, path)
    return raw


def _datetime(field: Field, raw: object, path: Path) -> datetime:
    try:
        instant = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        if instant is not None and instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError) as cause:
        raise _refused(field, raw, path) from cause
    raise _refused(field, raw, path)


def _choice(field: Field, raw: object, path: Path) -> str:
    codes = {fold(choice): choice for choice in field.choices}
    if not isinstance(raw, str):
        raise _refused(field, raw, path)
    if fold(raw) in codes:
        return codes[fold(raw)]
    near = get_close_matches(fold(raw[:MAX_TEXT]), codes, n=1)
    hint = f" Did you mean {codes[near[0]]}?" if near else ""
    raise InvalidCondition.at(path, f"{shown(raw)} is not a value of {field.name}.{hint}", accepted_one(field))


_SCALARS: dict[FieldType, Callable[[Field, object, Path], Scalar]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATETIME: _datetime,
    FieldType.CHOICE: _choice,
    FieldType.TEXT_LIST: _text,
}
