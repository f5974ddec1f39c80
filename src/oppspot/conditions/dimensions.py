"""One field of a rule index: which branches each value of the field rules out.

A set of branches is an int with one bit a branch. A value rules a branch out unless it is known to meet its goals.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from oppspot.conditions.types import Leaf, Op

REMEMBERED = 50_000  # values of a field; a field with more of them gains little from being remembered

Lookup = Callable[[object], int]


class Remembered(dict[object, int]):
    """What was worked out for values seen before, so that most values cost one look-up."""

    def __init__(self, work_out: Callable[[object], int]) -> None:
        super().__init__()
        self.work_out = work_out

    def __missing__(self, value: object) -> int:
        answer = self.work_out(value)
        if len(self) < REMEMBERED:
            self[value] = answer
        return answer


class Dimension(ABC):
    """The goals about one field: add them all, seal, then ask."""

    is_costly: ClassVar[bool] = False  # whether an answer takes more than a look-up

    def __init__(self, field: str) -> None:
        self.field = field
        self.asking = 0  # the branches with goals here
        self.unknown = 0  # the branches an unknown value rules out
        self.known = 0  # the branches every known value rules out

    def add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        """Take in a goal of the branch `bit`; return whether the index settles it without the predicate."""
        self.asking |= bit
        if leaf.op not in (Op.IS_KNOWN, Op.IS_UNKNOWN):
            self.unknown |= bit
            return self._add(bit, leaf, wanted=wanted)
        if wanted is (leaf.op is Op.IS_KNOWN):
            self.unknown |= bit
        else:
            self.known |= bit
        return True

    @abstractmethod
    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool: ...

    def seal(self, branches: int) -> None:  # noqa: B027 - not every kind of field has something to prepare
        """Prepare for answering; `branches` is how many there are."""

    @abstractmethod
    def lookup(self, now: datetime) -> Lookup:
        """Return the function from a value to the branches it rules out.

        A value that cannot be looked up, such as a list where text belongs, makes it raise TypeError: it is unknown.
        """


class BooleanDimension(Dimension):
    def __init__(self, field: str) -> None:
        super().__init__(field)
        self._by_value = {True: 0, False: 0}

    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        for value in self._by_value:
            holds = (value is leaf.value) is (leaf.op is Op.EQ)
            if holds is not wanted:
                self._by_value[value] |= bit
        return True

    def lookup(self, now: datetime) -> Lookup:  # noqa: ARG002 - not about time
        if_true, if_false = self._by_value[True] | self.known, self._by_value[False] | self.known
        unknown = self.unknown
        # Not a dict: 1 would be found as True.
        return lambda value: if_true if value is True else if_false if value is False else unknown
