"""Decides what a PostgreSQL column's value is to a condition: `values` said in SQL."""

import sys
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    collate,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from oppspot.conditions.types import FieldType
from oppspot.conditions.values import FOLDING

Value = ColumnElement[Any]

# One pair of parameters for a whole statement, however many texts it folds.
_UPPER = bindparam("condition_upper", "".join(FOLDING), Text)
_LOWER = bindparam("condition_lower", "".join(FOLDING.values()), Text)

_LARGEST = sys.float_info.max

_JSON_TYPES = {
    FieldType.TEXT: "string",
    FieldType.CHOICE: "string",
    FieldType.DATETIME: "string",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.TEXT_LIST: "array",
}


def folded(value: Value) -> Value:
    """Return `fold` in SQL: only text beyond ASCII pays for the table; collations and locales play no part."""
    text = collate(value, "C")
    is_ascii = func.octet_length(text) == func.char_length(text)
    return case((is_ascii, func.lower(text)), else_=func.translate(text, _UPPER, _LOWER))


def read_column(kind: FieldType, column: Value) -> Value:
    """Return the value a condition compares, NULL where the row's value is unknown."""
    in_json = isinstance(column.type, JSONB)
    match kind:
        case FieldType.NUMBER:
            return _number(_scalar(kind, column) if in_json else column)
        case FieldType.DATETIME:
            return _instant(_scalar(kind, column) if in_json else column)
        case FieldType.TEXT_LIST:
            return _json_texts(column) if in_json else _array_texts(column)
        case _:
            return _scalar(kind, column) if in_json else column


def _scalar(kind: FieldType, column: Value) -> Value:
    """Return a JSON value as its own type; JSON of any other type is unknown, as in a row."""
    text = column.op("#>>", return_type=Text())(literal_column("'{}'"))
    match kind:
        case FieldType.NUMBER:
            value: Value = cast(column, Double)
        case FieldType.BOOLEAN:
            value = cast(column, Boolean)
        case FieldType.DATETIME:
            value = cast(text, DateTime(timezone=True))
        case _:
            value = text
    return _if_json(kind, column, value)


def _if_json(kind: FieldType, column: Value, value: Value) -> Value:
    return case((func.jsonb_typeof(column) == _JSON_TYPES[kind], value))


def _number(value: Value) -> Value:
    if isinstance(value.type, Integer):
        return cast(value, Double)
    number = value if isinstance(value.type, Double) else cast(value, Double)
    return case((func.abs(number) <= _LARGEST, number))  # PostgreSQL sorts NaN above infinity


def _instant(value: Value) -> Value:
    has_zone = getattr(value.type, "timezone", True)
    return value if has_zone else cast(func.timezone("UTC", value), DateTime(timezone=True))


def _array_texts(column: Value) -> Value:
    item = func.unnest(column).column_valued("item")
    return _texts(column.is_not(None), select(folded(item)).where(item.is_not(None)))


def _json_texts(column: Value) -> Value:
    item = func.jsonb_array_elements(column, type_=JSONB).column_valued("item")
    text = _scalar(FieldType.TEXT, item)
    return _texts(func.jsonb_typeof(column) == "array", select(folded(text)).where(text.is_not(None)))


def _texts(is_known: ColumnElement[bool], items: Select[Any]) -> Value:
    return case((is_known, func.array(items.scalar_subquery(), type_=ARRAY(Text))))
