"""Decides which of many conditions a row satisfies, all at once: an index from field values to sets of rules.

Every rule is unfolded into branches, each a list of goals about single fields. A field maps its value to the branches
it rules out. The branches that no field rules out are the answer; goals that the index could not take in are then
tried with predicates, on those few branches only.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import or_

from oppspot.conditions.branches import Branch, unfold
from oppspot.conditions.dimensions import BooleanDimension, Dimension
from oppspot.conditions.ordered_dimensions import InstantDimension, NumberDimension, RecencyDimension
from oppspot.conditions.predicates import Predicate, Row, compile_predicate
from oppspot.conditions.text_dimensions import TextDimension, TextListDimension
from oppspot.conditions.types import Condition, FieldType, Leaf, Period

Residue = tuple[tuple[Predicate, bool], ...]

_DIMENSIONS: dict[FieldType, Callable[[str], Dimension]] = {
    FieldType.TEXT: lambda name: TextDimension(name, FieldType.TEXT),
    FieldType.CHOICE: lambda name: TextDimension(name, FieldType.CHOICE),
    FieldType.TEXT_LIST: TextListDimension,
    FieldType.NUMBER: NumberDimension,
    FieldType.BOOLEAN: BooleanDimension,
    FieldType.DATETIME: InstantDimension,
}


class RuleIndex:
    """Conditions in order of priority, compiled once to be matched against many rows."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._rules: list[int] = []  # of each branch, ascending
        self._residues: list[Residue] = []  # of each branch
        self._dimensions: dict[tuple[str, FieldType, bool], Dimension] = {}
        for rule, condition in enumerate(conditions):
            for branch in unfold(condition):
                self._rules.append(rule)
                self._residues.append(self._index(branch, 1 << len(self._residues)))
        for dimension in self._dimensions.values():
            dimension.seal()
        self._every = (1 << len(self._rules)) - 1
        self._unsettled = sum(1 << branch for branch, residue in enumerate(self._residues) if residue)

    def _index(self, branch: Branch, bit: int) -> Residue:
        """Take the goals of a branch into the index; return those that predicates must still settle."""
        unsettled = [goal for goal in branch if not self._settles(bit, goal.condition, wanted=goal.wanted)]
        return tuple((compile_predicate(goal.condition), goal.wanted) for goal in unsettled)

    def _settles(self, bit: int, condition: Condition, *, wanted: bool) -> bool:
        if not isinstance(condition, Leaf):
            return False
        field, is_relative = condition.field, isinstance(condition.value, Period)
        key = (field.name, field.type, is_relative)
        if key not in self._dimensions:
            self._dimensions[key] = RecencyDimension(field.name) if is_relative else _DIMENSIONS[field.type](field.name)
        return self._dimensions[key].add(bit, condition, wanted=wanted)

    def first_match(self, rows: Sequence[Row], now: datetime) -> list[int | None]:
        """Return for each row the position of the first condition that is true; None when none is.

        Unknown is not a match. Rows are read as `evaluate` reads them.
        """
        rules, unsettled = self._rules, self._unsettled
        return [
            self._first(left, row, now)
            if left & unsettled
            else rules[(left & -left).bit_length() - 1]
            if left
            else None
            for left, row in zip(self._left(rows, now), rows, strict=True)
        ]

    def all_matches(self, row: Row, now: datetime) -> list[int]:
        """Return the positions of all conditions that are true of one row, in order."""
        (left,) = self._left([row], now)
        met = (self._rules[branch] for branch in _bits(left) if self._is_met(branch, row, now))
        return list(dict.fromkeys(met))

    def _left(self, rows: Sequence[Row], now: datetime) -> list[int]:
        """Return for each row the branches that no field rules out, one field at a time over all rows."""
        out = [0] * len(rows)
        for dimension in self._dimensions.values():
            name = dimension.field
            out = list(map(or_, out, dimension.ruled_out([row.get(name) for row in rows], now)))
        every = self._every
        return [every ^ ruled_out for ruled_out in out]

    def _first(self, left: int, row: Row, now: datetime) -> int | None:
        met = (self._rules[branch] for branch in _bits(left) if self._is_met(branch, row, now))
        return next(met, None)

    def _is_met(self, branch: int, row: Row, now: datetime) -> bool:
        return all(predicate(row, now) is wanted for predicate, wanted in self._residues[branch])


def _bits(left: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, lowest first."""
    while left:
        lowest = left & -left
        yield lowest.bit_length() - 1
        left ^= lowest
