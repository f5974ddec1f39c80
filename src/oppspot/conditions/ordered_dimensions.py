"""The number and datetime fields of a rule index: between breakpoints every value rules out the same branches."""

from abc import abstractmethod
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from oppspot.conditions.dimensions import Dimension, Remembered
from oppspot.conditions.predicates import ordered_test
from oppspot.conditions.types import Leaf, Op, Period, as_utc, fixed_instants_of, numbers_of
from oppspot.conditions.values import read_datetime, read_number

MOST_LISTED = 32  # a longer list of numbers is left to the predicate: each would be a breakpoint for all branches

_NO_AGE = timedelta(0)


class _OrderedDimension(Dimension):
    """Positions stand for values: 2i + 1 is the i-th breakpoint, the even ones are the gaps around them."""

    descending: ClassVar[bool] = False

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self._goals: defaultdict[tuple[Op, tuple[Any, ...], bool], int] = defaultdict(int)
        self._breakpoints: list[Any] = []
        self._out_at: list[int] = []

    def _add(self, bit: int, leaf: Leaf, *, wanted: bool) -> bool:
        op, operands = self._test(leaf)
        if len(operands) > MOST_LISTED:
            return False
        self._goals[op, operands, wanted] |= bit
        return True

    @abstractmethod
    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        """Return an operator of order and the breakpoints it compares with."""

    def seal(self) -> None:
        operands_of_all = {operand for _, operands, _ in self._goals for operand in operands}
        self._breakpoints = sorted(operands_of_all, reverse=self.descending)
        position = {operand: 2 * index + 1 for index, operand in enumerate(self._breakpoints)}
        self._out_at = [self.known] * (2 * len(self._breakpoints) + 1)
        for (op, operands, wanted), bits in self._goals.items():
            # Positions are in the order of the values, so they can be compared in their stead.
            holds = ordered_test(op, tuple(position[operand] for operand in operands))
            for at in range(len(self._out_at)):
                if holds(at) is not wanted:
                    self._out_at[at] |= bits

    def _at(self, breakpoints: Sequence[Any], value: object) -> int:
        index = bisect_left(breakpoints, value)
        is_breakpoint = index < len(breakpoints) and breakpoints[index] == value
        return self._out_at[2 * index + is_breakpoint]


class NumberDimension(_OrderedDimension):
    def __init__(self, field: str) -> None:
        super().__init__(field)
        self._remembered: Remembered[int] = Remembered(self._work_out)

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        return leaf.op, numbers_of(leaf)

    def ruled_out(self, values: Sequence[object], now: datetime) -> list[int]:  # noqa: ARG002 - not about time
        # True and 1 would share one memory, and only one of them is a number.
        numbers = [None if value.__class__ is bool else value for value in values]
        return self._remembered.answers(numbers, self.unknown)

    def _work_out(self, value: object) -> int:
        number = read_number(value)
        return self.unknown if number is None else self._at(self._breakpoints, number)


class InstantDimension(_OrderedDimension):
    """Datetimes against fixed instants."""

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        return leaf.op, fixed_instants_of(leaf)

    def _instants(self, now: datetime) -> Sequence[datetime]:  # noqa: ARG002 - the subclass asks
        return self._breakpoints

    def ruled_out(self, values: Sequence[object], now: datetime) -> list[int]:
        breakpoints, unknown = self._instants(now), self.unknown
        instants = map(read_datetime, values)
        return [unknown if instant is None else self._at(breakpoints, instant) for instant in instants]


class RecencyDimension(InstantDimension):
    """Datetimes against `now`: the breakpoints are ages, oldest first, and become instants when `now` is given."""

    descending = True

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        age = leaf.value.delta if isinstance(leaf.value, Period) else _NO_AGE
        return (Op.BETWEEN, (age, _NO_AGE)) if leaf.op is Op.WITHIN_LAST else (Op.LT, (age,))

    def _instants(self, now: datetime) -> Sequence[datetime]:
        until = as_utc(now)
        return [until - age for age in self._breakpoints]
