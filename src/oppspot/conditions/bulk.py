"""Turns a condition into a Polars expression with the same three-valued answers, for whole frames."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import cast

import polars as pl

from oppspot.conditions.predicates import COMPARISONS
from oppspot.conditions.types import All, Any, Condition, FieldType, Leaf, Not, Op, instants_of, numbers_of
from oppspot.conditions.values import FOLDING, folded_operand

_INSTANT = pl.Datetime("us", "UTC")


def compile_polars(condition: Condition, now: datetime, columns: Collection[str] | None = None) -> pl.Expr:
    """Return an expression that is true, false or null where `evaluate` gives True, False or None.

    Columns of the frame are called by field name and have a fitting type. A field that is not among `columns`,
    when these are given, is unknown in every row.
    """
    match condition:
        case Leaf():
            return _leaf(condition, _column(condition, columns), now)
        case Not(part):
            return ~compile_polars(part, now, columns)
        case All(parts):
            return reduce(and_, (compile_polars(part, now, columns) for part in parts), pl.lit(value=True))
        case Any(parts):
            return reduce(or_, (compile_polars(part, now, columns) for part in parts), pl.lit(value=False))


def _column(leaf: Leaf, columns: Collection[str] | None) -> pl.Expr:
    known = columns is None or leaf.field.name in columns
    return _read(leaf.field.type, pl.col(leaf.field.name) if known else pl.lit(None))


def _read(kind: FieldType, column: pl.Expr) -> pl.Expr:
    """Return the value a condition compares; the casts also give a type to columns that are null throughout."""
    match kind:
        case FieldType.TEXT | FieldType.CHOICE:
            return column.cast(pl.String)
        case FieldType.NUMBER:
            number = column.cast(pl.Float64)
            return pl.when(number.is_finite()).then(number)
        case FieldType.BOOLEAN:
            return column.cast(pl.Boolean)
        case FieldType.DATETIME:
            return column.cast(_INSTANT)
        case FieldType.TEXT_LIST:
            return column.cast(pl.List(pl.String))


def _leaf(leaf: Leaf, value: pl.Expr, now: datetime) -> pl.Expr:
    match leaf.op:
        case Op.IS_KNOWN:
            return value.is_not_null()
        case Op.IS_UNKNOWN:
            return value.is_null()
        case _:
            return _answer(leaf, value, now)


def _answer(leaf: Leaf, value: pl.Expr, now: datetime) -> pl.Expr:
    match leaf.field.type:
        case FieldType.TEXT:
            return _text(leaf, folded(value))
        case FieldType.CHOICE:
            return _text(leaf, value)
        case FieldType.TEXT_LIST:
            return _texts(leaf, value.list.eval(folded(pl.element())))
        case FieldType.NUMBER:
            return _ordered(leaf.op, value, numbers_of(leaf))
        case FieldType.DATETIME:
            return _ordered(leaf.op, value, instants_of(leaf, now))
        case FieldType.BOOLEAN:
            return value if leaf.value is (leaf.op is Op.EQ) else ~value


def folded(value: pl.Expr) -> pl.Expr:
    """Return `fold` in Polars."""
    return value.str.replace_many(FOLDING)


def _ordered(op: Op, value: pl.Expr, operands: Sequence[float] | Sequence[datetime]) -> pl.Expr:
    match op:
        case Op.IN | Op.NOT_IN:
            return _listed(op, value, operands)
        case Op.BETWEEN | Op.WITHIN_LAST:
            return value.is_between(operands[0], operands[1], closed="both")
        case Op.OLDER_THAN:
            return value < operands[0]
        case _:
            return cast("pl.Expr", COMPARISONS[op](value, operands[0]))


def _listed(op: Op, value: pl.Expr, operands: Sequence[object]) -> pl.Expr:
    listed = value.is_in(list(operands))
    return listed if op in (Op.IN, Op.EQ) else ~listed


def _text(leaf: Leaf, value: pl.Expr) -> pl.Expr:
    texts = folded_operand(leaf)
    match leaf.op:
        case Op.CONTAINS:
            return value.str.contains(texts[0], literal=True)
        case Op.STARTS_WITH:
            return value.str.starts_with(texts[0])
        case op:
            return _listed(op, value, texts)


def _texts(leaf: Leaf, value: pl.Expr) -> pl.Expr:
    texts = sorted(set(folded_operand(leaf)))
    if leaf.op is Op.HAS_ALL:
        return reduce(and_, (value.list.contains(text) for text in texts))
    has_any = value.list.eval(pl.element().is_in(texts)).list.any()
    return has_any if leaf.op is Op.HAS_ANY else ~has_any
