"""Decides which of many conditions a row satisfies, all at once: an index from field values to sets of rules.

Every rule is unfolded into branches, each a list of goals about single fields. A field maps its value to the branches
it rules out. The branches that no field rules out are the answer; goals that the index could not take in are then
tried with predicates, on those few branches only.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter, or_

from oppspot.conditions.branches import Branch, unfold
from oppspot.conditions.dimensions import BooleanDimension, Dimension
from oppspot.conditions.ordered_dimensions import InstantDimension, NumberDimension, RecencyDimension
from oppspot.conditions.predicates import Predicate, Row, compile_predicate
from oppspot.conditions.text_dimensions import TextDimension, TextListDimension
from oppspot.conditions.types import Condition, FieldType, Leaf, Period
from oppspot.conditions.values import READERS

Residue = tuple[tuple[Predicate, bool], ...]

_DIMENSIONS: dict[FieldType, Callable[[str], Dimension]] = {
    FieldType.TEXT: lambda name: TextDimension(name, FieldType.TEXT),
    FieldType.CHOICE: lambda name: TextDimension(name, FieldType.CHOICE),
    FieldType.TEXT_LIST: TextListDimension,
    FieldType.NUMBER: NumberDimension,
    FieldType.BOOLEAN: BooleanDimension,
    FieldType.DATETIME: InstantDimension,
}


_CHUNK = 256  # rows whose columns fit the processor's nearest memory; measured, and flat around the optimum


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
            dimension.seal(len(self._rules))
        self._quick = [each for each in self._dimensions.values() if not each.is_costly]
        self._costly = [each for each in self._dimensions.values() if each.is_costly]
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
        return list(dict.fromkeys(self._met(left, row, now)))

    def _left(self, rows: Sequence[Row], now: datetime) -> Iterator[int]:
        """Yield for each row the branches that no field rules out."""
        for start in range(0, len(rows), _CHUNK):
            chunk = rows[start : start + _CHUNK]
            try:
                yield from self._left_of_chunk(chunk, now)
            except TypeError:
                yield from [self._left_carefully(row, now) for row in chunk]

    def _left_of_chunk(self, rows: Sequence[Row], now: datetime) -> list[int]:
        """Return the branches left; this is the hot loop of routing.

        First come the fields that take one look-up: column by column, every step in C. The costly fields come after,
        and only for rows in which a branch is left that asks about them.
        """
        out = [0] * len(rows)
        for dimension, column in zip(self._quick, _columns(rows, [each.field for each in self._quick]), strict=True):
            out = list(map(or_, out, map(dimension.lookup(now), column)))
        left = [self._every ^ ruled_out for ruled_out in out]
        for dimension in self._costly:
            field, asking, lookup = dimension.field, dimension.asking, dimension.lookup(now)
            for at, row in enumerate(rows):
                if left[at] & asking:
                    left[at] &= ~lookup(row.get(field))
        return left

    def _left_carefully(self, row: Row, now: datetime) -> int:
        """Return the branches left of a row in which some value has a type that cannot be looked up."""
        left = self._every
        for (field, kind, _), dimension in self._dimensions.items():
            left &= ~dimension.lookup(now)(READERS[kind](row.get(field)))
        return left

    def _first(self, left: int, row: Row, now: datetime) -> int | None:
        return next(self._met(left, row, now), None)

    def _met(self, left: int, row: Row, now: datetime) -> Iterator[int]:
        """Yield the rule of each branch that is left and whose unsettled goals are met, in order."""
        return (self._rules[branch] for branch in _bits(left) if self._is_met(branch, row, now))

    def _is_met(self, branch: int, row: Row, now: datetime) -> bool:
        return all(predicate(row, now) is wanted for predicate, wanted in self._residues[branch])


def _bits(left: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, lowest first."""
    while left:
        lowest = left & -left
        yield lowest.bit_length() - 1
        left ^= lowest


def _columns(rows: Sequence[Row], fields: Sequence[str]) -> Sequence[Sequence[object]]:
    """Return the values of each field; a row may leave out what is unknown, though rows that do not are read faster."""
    if len(fields) > 1:
        try:
            return list(zip(*map(itemgetter(*fields), rows), strict=True))
        except KeyError:
            pass
    return [[row.get(field) for row in rows] for field in fields]
