"""Turns a condition into a PostgreSQL expression with the same three-valued answers, for segments and back-tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any as AnyValue
from typing import cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Double,
    Integer,
    Text,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import array

from oppspot.conditions.errors import FieldsWithoutColumn
from oppspot.conditions.operands import MAX_WHOLE
from oppspot.conditions.predicates import COMPARISONS
from oppspot.conditions.sql_values import folded, read_column
from oppspot.conditions.types import All, Any, Condition, FieldType, Leaf, Not, Op, instants_of, leaves_of, numbers_of
from oppspot.conditions.values import folded_operand

Value = ColumnElement[AnyValue]
Outcome = ColumnElement[bool]


def compile_sql(condition: Condition, columns: Mapping[str, Value], now: datetime) -> Outcome:
    """Return an expression that is true, false or NULL where `evaluate` gives True, False or None.

    `columns` maps field names to columns of a fitting type; a JSONB column is read by the type of its field.
    The database's encoding must be UTF-8. Raises FieldsWithoutColumn.
    """
    missing = sorted({leaf.field.name for leaf in leaves_of(condition)} - columns.keys())
    if missing:
        raise FieldsWithoutColumn(missing)
    return _compile(condition, columns, now)


def _compile(condition: Condition, columns: Mapping[str, Value], now: datetime) -> Outcome:
    match condition:
        case Leaf():
            return _leaf(condition, columns[condition.field.name], now)
        case Not(part):
            return not_(_compile(part, columns, now))
        case All(parts):
            return and_(true(), *(_compile(part, columns, now) for part in parts))
        case Any(parts):
            return or_(false(), *(_compile(part, columns, now) for part in parts))


def _leaf(leaf: Leaf, column: Value, now: datetime) -> Outcome:
    value = column if _compares_as_integers(leaf, column) else read_column(leaf.field.type, column)
    match leaf.op:
        case Op.IS_KNOWN:
            return value.is_not(None)
        case Op.IS_UNKNOWN:
            return value.is_(None)
        case _:
            return _answer(leaf, value, now)


def _answer(leaf: Leaf, value: Value, now: datetime) -> Outcome:
    match leaf.field.type:
        case FieldType.TEXT:
            return _text(leaf, folded(value))
        case FieldType.CHOICE:
            return _listed(leaf.op, value, folded_operand(leaf))
        case FieldType.TEXT_LIST:
            return _texts(leaf, value)
        case FieldType.NUMBER:
            return _ordered(leaf.op, value, _numbers(leaf, value))
        case FieldType.DATETIME:
            return _ordered(leaf.op, value, [literal(at, DateTime(timezone=True)) for at in instants_of(leaf, now)])
        case FieldType.BOOLEAN:
            return value if leaf.value is (leaf.op is Op.EQ) else not_(value)


def _numbers(leaf: Leaf, value: Value) -> list[Value]:
    if isinstance(value.type, Integer):
        return [literal(int(number)) for number in numbers_of(leaf)]
    return [literal(number, Double) for number in numbers_of(leaf)]


def _compares_as_integers(leaf: Leaf, column: Value) -> bool:
    """Return whether whole numbers on both sides spare the cast, so that an index on the column can serve.

    Below 2**53 this gives the same answers: rounding a larger integer to a float never carries it across.
    """
    numbers = numbers_of(leaf)
    exact = all(number.is_integer() and abs(number) < MAX_WHOLE for number in numbers)
    return bool(numbers) and exact and isinstance(column.type, Integer)


def _ordered(op: Op, value: Value, operands: Sequence[Value]) -> Outcome:
    match op:
        case Op.IN | Op.NOT_IN:
            return _listed(op, value, operands)
        case Op.BETWEEN | Op.WITHIN_LAST:
            return value.between(operands[0], operands[1])
        case Op.OLDER_THAN:
            return value < operands[0]
        case _:
            return cast("Outcome", COMPARISONS[op](value, operands[0]))


def _listed(op: Op, value: Value, operands: Sequence[AnyValue]) -> Outcome:
    return value.in_(operands) if op in (Op.IN, Op.EQ) else value.not_in(operands)


def _text(leaf: Leaf, value: Value) -> Outcome:
    texts = folded_operand(leaf)
    match leaf.op:
        case Op.CONTAINS:
            return func.strpos(value, texts[0]) > 0
        case Op.STARTS_WITH:
            return func.starts_with(value, texts[0])
        case op:
            return _listed(op, value, texts)


def _texts(leaf: Leaf, value: Value) -> Outcome:
    wanted = sql_cast(array(folded_operand(leaf)), ARRAY(Text))
    if leaf.op is Op.HAS_ALL:
        return value.bool_op("@>")(wanted)
    has_any = value.bool_op("&&")(wanted)
    return has_any if leaf.op is Op.HAS_ANY else not_(has_any)
