"""Shows why a row satisfies a condition or not: the outcome of every part, in words, with the values seen."""

from dataclasses import dataclass
from datetime import datetime

from oppspot.conditions.describe import describe
from oppspot.conditions.predicates import Row
from oppspot.conditions.rules import evaluate
from oppspot.conditions.types import Condition, Leaf, parts_of


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome of one part of a condition, with its sentence, the value a leaf saw, and its own parts."""

    condition: Condition
    outcome: bool | None
    text: str
    actual: object = None
    parts: tuple["Explanation", ...] = ()


def explain(condition: Condition, row: Row, now: datetime) -> Explanation:
    """Return the tree of outcomes behind `evaluate`, nothing cut short, for pages and decision records."""
    parts = tuple(explain(part, row, now) for part in parts_of(condition))
    actual = row.get(condition.field.name) if isinstance(condition, Leaf) else None
    return Explanation(condition, evaluate(condition, row, now), describe(condition), actual, parts)
