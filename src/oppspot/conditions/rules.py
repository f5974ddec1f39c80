"""Decides whether a row satisfies a condition: true, false or unknown (Kleene's three-valued logic)."""

from collections.abc import Iterable
from datetime import datetime

from oppspot.conditions.predicates import COMPARISONS, Predicate, Row, compile_predicate
from oppspot.conditions.types import All, Any, Condition, Leaf, Not, Op, instants_of, numbers_of
from oppspot.conditions.values import READERS, folded_operand

__all__ = ["Predicate", "Row", "compile_predicate", "evaluate"]


def evaluate(condition: Condition, row: Row, now: datetime) -> bool | None:
    """Return whether `row` satisfies `condition`; None when what is known does not settle it.

    `row` maps dotted field names to values; a missing key, None and a value of the wrong type are unknown.
    This is the plain reading of the language; `compile_predicate` says the same faster.
    """
    match condition:
        case Leaf():
            return _leaf_outcome(condition, row, now)
        case Not(part):
            return _negated(evaluate(part, row, now))
        case All(parts):
            return _all_of(evaluate(part, row, now) for part in parts)
        case Any(parts):
            return _negated(_all_of(_negated(evaluate(part, row, now)) for part in parts))


def _negated(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


def _all_of(outcomes: Iterable[bool | None]) -> bool | None:
    seen = set(outcomes)
    if False in seen:
        return False
    return None if None in seen else True


def _leaf_outcome(leaf: Leaf, row: Row, now: datetime) -> bool | None:
    value = READERS[leaf.field.type](row.get(leaf.field.name))
    if leaf.op is Op.IS_KNOWN:
        return value is not None
    if leaf.op is Op.IS_UNKNOWN:
        return value is None
    return None if value is None else _holds(leaf, value, now)


def _holds(leaf: Leaf, value: object, now: datetime) -> bool:
    match value:
        case str():
            return _text_holds(leaf, value)
        case frozenset():
            return _texts_hold(leaf, value)
        case datetime():
            return _in_order(leaf.op, value, instants_of(leaf, now))
        case bool():
            return _in_order(leaf.op, value, (leaf.value,))
        case _:
            return _in_order(leaf.op, value, numbers_of(leaf))


def _text_holds(leaf: Leaf, value: str) -> bool:
    texts = folded_operand(leaf)
    match leaf.op:
        case Op.CONTAINS:
            return texts[0] in value
        case Op.STARTS_WITH:
            return value.startswith(texts[0])
        case _:
            return (value in texts) is (leaf.op in (Op.EQ, Op.IN))


def _texts_hold(leaf: Leaf, value: frozenset[str]) -> bool:
    wanted = frozenset(folded_operand(leaf))
    match leaf.op:
        case Op.HAS_ALL:
            return wanted <= value
        case Op.HAS_ANY:
            return not wanted.isdisjoint(value)
        case _:
            return wanted.isdisjoint(value)


def _in_order(op: Op, value: object, operands: tuple[object, ...]) -> bool:
    match op:
        case Op.IN:
            return value in operands
        case Op.NOT_IN:
            return value not in operands
        case Op.BETWEEN | Op.WITHIN_LAST:
            return COMPARISONS[Op.GTE](value, operands[0]) and COMPARISONS[Op.LTE](value, operands[1])
        case Op.OLDER_THAN:
            return COMPARISONS[Op.LT](value, operands[0])
        case _:
            return COMPARISONS[op](value, operands[0])
