"""The number and datetime fields of a rule index: between breakpoints every value rules out the same branches."""

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from oppspot.conditions.dimensions import Dimension, Lookup, Remembered
from oppspot.conditions.predicates import ordered_test
from oppspot.conditions.types import Leaf, Op, Period, as_utc, fixed_instants_of, numbers_of
from oppspot.conditions.values import read_datetime, read_number

MOST_REMEMBERED = 4_096  # numbers of a field; one with more of them is not worth remembering
MOST_LISTED = 32  # a longer list of numbers is left to the predicate: each would be a breakpoint for all branches

_NO_AGE = timedelta(0)


class _OrderedDimension(Dimension):
    """Positions stand for values: 2i + 1 is the i-th breakpoint, the even ones are the gaps around them.

    So the position of a value is how many breakpoints are below it, plus how many are not above it.
    """

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

    def seal(self, branches: int) -> None:  # noqa: ARG002 - how many there are does not matter here
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

    def _placing(self, breakpoints: Sequence[Any], read: Callable[[object], object]) -> Lookup:
        """Return the look-up by position."""
        out_at, unknown = self._out_at, self.unknown

        def ruled_out(value: object) -> int:
            known: Any = read(value)
            if known is None:
                return unknown
            return out_at[bisect_left(breakpoints, known) + bisect_right(breakpoints, known)]

        return ruled_out


class _RememberedNumbers(Remembered):
    """Zero and one are kept apart: among the keys, False and True could not be told from them."""

    def __init__(self, work_out: Lookup) -> None:
        super().__init__(work_out)
        self._binary: dict[object, int] = {0: work_out(0), 1: work_out(1)}

    def __missing__(self, value: object) -> int:
        if value in self._binary:
            return self.work_out(value) if value.__class__ is bool else self._binary[value]
        return super().__missing__(value)


class NumberDimension(_OrderedDimension):
    """Numbers. Scores and counts come again and are remembered; sums of money hardly do, and are placed each time."""

    def seal(self, branches: int) -> None:
        super().seal(branches)
        self._place = self._placing(self._breakpoints, read_number)
        self._remembered = _RememberedNumbers(self._place)

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        return leaf.op, numbers_of(leaf)

    def lookup(self, now: datetime) -> Lookup:  # noqa: ARG002 - not about time
        return self._remembered.__getitem__ if len(self._remembered) < MOST_REMEMBERED else self._place


class InstantDimension(_OrderedDimension):
    """Datetimes against fixed instants."""

    is_costly = True

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        return leaf.op, fixed_instants_of(leaf)

    def _instants(self, now: datetime) -> Sequence[datetime]:  # noqa: ARG002 - the subclass asks
        return self._breakpoints

    def lookup(self, now: datetime) -> Lookup:
        return self._placing(self._instants(now), read_datetime)


class RecencyDimension(InstantDimension):
    """Datetimes against `now`: the breakpoints are ages, oldest first, and become instants when `now` is given."""

    descending = True

    def _test(self, leaf: Leaf) -> tuple[Op, tuple[Any, ...]]:
        age = leaf.value.delta if isinstance(leaf.value, Period) else _NO_AGE
        return (Op.BETWEEN, (age, _NO_AGE)) if leaf.op is Op.WITHIN_LAST else (Op.LT, (age,))

    def _instants(self, now: datetime) -> Sequence[datetime]:
        until = as_utc(now)
        return [until - age for age in self._breakpoints]
