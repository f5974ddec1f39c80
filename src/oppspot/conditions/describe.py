"""Says a condition in plain English, for pages, decision records and alerts."""

from collections.abc import Iterable
from datetime import datetime

from oppspot.conditions.types import All, Any, Condition, Field, Leaf, Not, Op, Period, Scalar

PHRASES: dict[Op, str] = {
    Op.EQ: "is",
    Op.NE: "is not",
    Op.IN: "is one of",
    Op.NOT_IN: "is none of",
    Op.GT: "is more than",
    Op.GTE: "is at least",
    Op.LT: "is less than",
    Op.LTE: "is at most",
    Op.BETWEEN: "is between",
    Op.CONTAINS: "contains",
    Op.STARTS_WITH: "starts with",
    Op.HAS_ANY: "has any of",
    Op.HAS_ALL: "has all of",
    Op.HAS_NONE: "has none of",
    Op.IS_KNOWN: "is known",
    Op.IS_UNKNOWN: "is unknown",
    Op.WITHIN_LAST: "is within the last",
    Op.OLDER_THAN: "is more than",
}

_DATETIME_PHRASES = {
    Op.GT: "is after",
    Op.GTE: "is at or after",
    Op.LT: "is before",
    Op.LTE: "is at or before",
}


def describe(condition: Condition) -> str:
    """Return a sentence without its full stop, such as "company industry is Software and score is at least 70"."""
    match condition:
        case Leaf():
            return _leaf(condition)
        case Not(part):
            return f"not ({describe(part)})"
        case All(()):
            return "always"
        case Any(()):
            return "never"
        case All(parts):
            return " and ".join(_nested(part) for part in parts)
        case Any(parts):
            return " or ".join(_nested(part) for part in parts)


def phrase_of(op: Op, field: Field) -> str:
    """Return the words between the field's label and the value."""
    return _DATETIME_PHRASES.get(op, PHRASES[op]) if field.type == "datetime" else PHRASES[op]


def _nested(part: Condition) -> str:
    """Return the sentence of a part, in brackets where "and" and "or" would otherwise run together."""
    match part:
        case All((_, _, *_)) | Any((_, _, *_)):
            return f"({describe(part)})"
        case _:
            return describe(part)


def _leaf(leaf: Leaf) -> str:
    words = [leaf.field.label, phrase_of(leaf.op, leaf.field), _operand(leaf)]
    return " ".join(word for word in words if word)


def _operand(leaf: Leaf) -> str:
    match leaf.value:
        case None:
            return ""
        case Period(amount, unit):
            span = f"{amount:,} {unit if amount != 1 else unit.removesuffix('s')}"
            return f"{span} ago" if leaf.op is Op.OLDER_THAN else span
        case tuple() as values:
            return _listed((_scalar(value) for value in values), "and" if _joins_all(leaf.op) else "or", leaf.field)
        case value:
            return _with_unit(_scalar(value), leaf.field)


def _joins_all(op: Op) -> bool:
    return op in (Op.BETWEEN, Op.HAS_ALL)


def _listed(words: Iterable[str], joint: str, field: Field) -> str:
    *head, last = words
    listed = f"{', '.join(head)} {joint} {last}" if head else last
    return _with_unit(listed, field)


def _with_unit(words: str, field: Field) -> str:
    if field.unit is None:
        return words
    return f"{words}%" if field.unit == "%" else f"{words} {field.unit}"


def _scalar(value: Scalar) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M UTC")
        case int() | float():
            return f"{value:,}"
        case str():
            return value
