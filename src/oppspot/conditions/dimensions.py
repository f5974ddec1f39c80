"""One field of a rule index: which branches each value of the field rules out.

A set of branches is an int with one bit a branch. A value rules a branch out unless it is known to meet its goals.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from oppspot.conditions.types import Leaf, Op

REMEMBERED = 50_000  # values a field remembers the answer for, before it starts afresh

Answer = TypeVar("Answer")


class Remembered(dict[object, Answer], Generic[Answer]):
    """Answers worked out for values seen before, so that most values cost one look-up."""

    def __init__(self, work_out: Callable[[object], Answer]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, value: object) -> Answer:
        answer = self._work_out(value)
        if len(self) >= REMEMBERED:
            self.clear()
        if value == value:  # noqa: PLR0124 - NaN differs from itself, so it would be kept and never found
            self[value] = answer
        return answer

    def answers(self, values: Sequence[object], otherwise: Answer) -> list[Answer]:
        """Return the answer for each value; `otherwise` for what cannot be looked up, which has no right type."""
        try:
            return list(map(self.__getitem__, values))
        except TypeError:
            return [self._answer(value, otherwise) for value in values]

    def _answer(self, value: object, otherwise: Answer) -> Answer:
        try:
            return self[value]
        except TypeError:
            return otherwise


class Dimension(ABC):
    """The goals about one field: add them all, seal, then ask."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.unknown = 0  # the branches an unknown value rules out
        self.known = 0  # the branches every known value rules out

    def add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        """Take in a goal of the branch `bit`; return whether the index settles it without the predicate."""
        if leaf.op not in (Op.IS_KNOWN, Op.IS_UNKNOWN):
            self.unknown |= bit
            return self._add(bit, leaf, wanted=wanted)
        if wanted is (leaf.op is Op.IS_KNOWN):
            self.unknown |= bit
        else:
            self.known |= bit
        return True

    def seal(self) -> None:  # noqa: B027 - not every kind of field has something to prepare
        """Prepare for answering."""

    @abstractmethod
    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool: ...

    @abstractmethod
    def ruled_out(self, values: Sequence[object], now: datetime) -> list[int]:
        """Return for each value the branches it rules out."""


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

    def ruled_out(self, values: Sequence[object], now: datetime) -> list[int]:  # noqa: ARG002 - not about time
        if_true, if_false = self._by_value[True] | self.known, self._by_value[False] | self.known
        unknown = self.unknown
        return [if_true if value is True else if_false if value is False else unknown for value in values]
