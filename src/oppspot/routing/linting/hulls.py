"""Tells at a glance that two rules cannot match one lead, from what each asks for in any case; cheap, not exact."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from oppspot.conditions.types import All, Condition, FieldType, Leaf, Op, numbers_of
from oppspot.conditions.values import folded_operand
from oppspot.routing.linting.spans import Number, spans_of

_LISTED: Final = (Op.EQ, Op.IN)
_ORDERED: Final = (Op.GT, Op.GTE, Op.LT, Op.LTE, Op.BETWEEN)
_TEXTS: Final = (FieldType.TEXT, FieldType.CHOICE)


@dataclass(frozen=True, slots=True)
class Hull:
    """The only texts, and the least and the most, that a rule's fields may have by themselves."""

    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[Number, Number]] = field(default_factory=dict)

    def misses(self, other: "Hull") -> bool:
        """Say that no lead is within both; False says nothing."""
        return any(
            name in other.texts and texts.isdisjoint(other.texts[name]) for name, texts in self.texts.items()
        ) or any(
            name in other.bounds and (low > other.bounds[name][1] or high < other.bounds[name][0])
            for name, (low, high) in self.bounds.items()
        )


def hull_of(condition: Condition) -> Hull:
    """Return what a condition asks of single fields, whatever else it asks."""
    texts: dict[str, frozenset[str]] = {}
    bounds: dict[str, tuple[Number, Number]] = {}
    for leaf in _needed(condition):
        name = leaf.field.name
        if leaf.field.type in _TEXTS and leaf.op in _LISTED:
            listed = frozenset(folded_operand(leaf))
            texts[name] = texts.get(name, listed) & listed
        elif leaf.field.type is FieldType.NUMBER and leaf.op in (*_LISTED, *_ORDERED):
            numbers = numbers_of(leaf)
            low, high = min(numbers), max(numbers)
            if leaf.op in _ORDERED:
                (span,) = spans_of(leaf.op, numbers, wanted=True)
                low, high = span.low, span.high
            least, most = bounds.get(name, (low, high))
            bounds[name] = (max(low, least), min(high, most))
    return Hull(texts, bounds)


def _needed(condition: Condition) -> list[Leaf]:
    match condition:
        case Leaf():
            return [condition]
        case All(parts):
            return [leaf for part in parts for leaf in _needed(part)]
        case _:
            return []
