"""Turns a condition into closures that answer one row at a time, as fast as plain Python allows."""

import operator
import typing
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import cast

from oppspot.conditions.types import (
    All,
    Any,
    Condition,
    FieldType,
    Leaf,
    Not,
    Op,
    Period,
    as_utc,
    fixed_instants_of,
    numbers_of,
)
from oppspot.conditions.values import READERS, folded_operand

Row = Mapping[str, object]
Predicate = Callable[[Row, datetime], bool | None]
Comparison = Callable[[typing.Any, typing.Any], bool]

COMPARISONS: dict[Op, Comparison] = {
    Op.EQ: operator.eq,
    Op.NE: operator.ne,
    Op.GT: operator.gt,
    Op.GTE: operator.ge,
    Op.LT: operator.lt,
    Op.LTE: operator.le,
}


def compile_predicate(condition: Condition) -> Predicate:
    """Return a function of (row, now) that answers exactly as `evaluate` does; compile once, call often."""
    match condition:
        case Leaf():
            return _leaf(condition)
        case Not(part):
            return _negation(compile_predicate(part))
        case All(parts):
            return _conjunction(tuple(compile_predicate(part) for part in parts))
        case Any(parts):
            return _disjunction(tuple(compile_predicate(part) for part in parts))


def _negation(part: Predicate) -> Predicate:
    def negation(row: Row, now: datetime) -> bool | None:
        outcome = part(row, now)
        return None if outcome is None else not outcome

    return negation


def _conjunction(parts: tuple[Predicate, ...]) -> Predicate:
    def conjunction(row: Row, now: datetime) -> bool | None:
        settled: bool | None = True
        for part in parts:
            outcome = part(row, now)
            if outcome is False:
                return False
            if outcome is None:
                settled = None
        return settled

    return conjunction


def _disjunction(parts: tuple[Predicate, ...]) -> Predicate:
    def disjunction(row: Row, now: datetime) -> bool | None:
        settled: bool | None = False
        for part in parts:
            outcome = part(row, now)
            if outcome:
                return True
            if outcome is None:
                settled = None
        return settled

    return disjunction


def _leaf(leaf: Leaf) -> Predicate:
    name, read = leaf.field.name, READERS[leaf.field.type]
    if leaf.op is Op.IS_KNOWN:
        return lambda row, _now: read(row.get(name)) is not None
    if leaf.op is Op.IS_UNKNOWN:
        return lambda row, _now: read(row.get(name)) is None
    if isinstance(leaf.value, Period):
        return _recency(leaf, leaf.value)
    test = _value_test(leaf)

    def answer(row: Row, _now: datetime) -> bool | None:
        value = read(row.get(name))
        return None if value is None else test(value)

    return answer


def _recency(leaf: Leaf, period: Period) -> Predicate:
    """Return the predicate of within_last (from `period` ago up to now, inclusive) or older_than (before that)."""
    name, delta, within = leaf.field.name, period.delta, leaf.op is Op.WITHIN_LAST
    read = READERS[FieldType.DATETIME]

    def answer(row: Row, now: datetime) -> bool | None:
        value = cast("datetime | None", read(row.get(name)))
        if value is None:
            return None
        until = as_utc(now)
        since = until - delta
        return since <= value <= until if within else value < since

    return answer


def _value_test(leaf: Leaf) -> Callable[[object], bool]:
    match leaf.field.type:
        case FieldType.TEXT | FieldType.CHOICE:
            return _text_test(leaf.op, folded_operand(leaf))
        case FieldType.TEXT_LIST:
            return _texts_test(leaf.op, frozenset(folded_operand(leaf)))
        case FieldType.NUMBER:
            return ordered_test(leaf.op, numbers_of(leaf))
        case FieldType.DATETIME:
            return ordered_test(leaf.op, fixed_instants_of(leaf))
        case FieldType.BOOLEAN:
            return ordered_test(leaf.op, (leaf.value,))


def _text_test(op: Op, texts: tuple[str, ...]) -> Callable[[object], bool]:
    first, listed = texts[0], frozenset(texts)
    match op:
        case Op.CONTAINS:
            return lambda value: first in cast("str", value)
        case Op.STARTS_WITH:
            return lambda value: cast("str", value).startswith(first)
        case Op.EQ | Op.IN:
            return lambda value: value in listed
        case _:
            return lambda value: value not in listed


def _texts_test(op: Op, wanted: frozenset[str]) -> Callable[[object], bool]:
    match op:
        case Op.HAS_ALL:
            return lambda value: wanted <= cast("frozenset[str]", value)
        case Op.HAS_ANY:
            return lambda value: not wanted.isdisjoint(cast("frozenset[str]", value))
        case _:
            return lambda value: wanted.isdisjoint(cast("frozenset[str]", value))


def ordered_test(op: Op, operands: tuple[object, ...]) -> Callable[[object], bool]:
    first, last, listed = operands[0], operands[-1], frozenset(operands)
    at_least, at_most = COMPARISONS[Op.GTE], COMPARISONS[Op.LTE]
    match op:
        case Op.IN:
            return lambda value: value in listed
        case Op.NOT_IN:
            return lambda value: value not in listed
        case Op.BETWEEN:
            return lambda value: at_least(value, first) and at_most(value, last)
        case _:
            compare = COMPARISONS[op]
            return lambda value: compare(value, first)
