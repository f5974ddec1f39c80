"""Conditions in the form the linter reasons about: plain "and" and "or" over wishes about single fields.

A rule matches when its condition is true; false and unknown are both no match (Kleene's logic). So a leaf has four
wishes: come out true, come out false, not come out true (false or unknown), not come out false. Each negates another
one or the same leaf, and no "not" is left.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from oppspot.conditions.types import All, Any, Condition, Leaf, Not


class Wish(Enum):
    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"


# What the inside of a "not" must come out as.
_MIRRORED: Final = {
    Wish.TRUE: Wish.FALSE,
    Wish.FALSE: Wish.TRUE,
    Wish.NOT_TRUE: Wish.NOT_FALSE,
    Wish.NOT_FALSE: Wish.NOT_TRUE,
}
# What holds exactly when a wish does not.
OPPOSITE: Final = {
    Wish.TRUE: Wish.NOT_TRUE,
    Wish.NOT_TRUE: Wish.TRUE,
    Wish.FALSE: Wish.NOT_FALSE,
    Wish.NOT_FALSE: Wish.FALSE,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One leaf must come out as wished."""

    leaf: Leaf
    wish: Wish


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Formula", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Formula", ...]


Formula = int | Every | Either
ALWAYS: Final = Every(())
NEVER: Final = Either(())


class Atoms:
    """Numbers atoms, so that sets of them are sets of small whole numbers."""

    def __init__(self) -> None:
        self._numbers: dict[Atom, int] = {}
        self.all: list[Atom] = []

    def number(self, leaf: Leaf, wish: Wish) -> int:
        """Return the number of an atom, a new one where it is met for the first time."""
        atom = Atom(leaf, wish)
        if atom not in self._numbers:
            self._numbers[atom] = len(self.all)
            self.all.append(atom)
        return self._numbers[atom]

    def opposite(self, number: int) -> int:
        """Return the number of the atom that holds exactly when this one does not."""
        atom = self.all[number]
        return self.number(atom.leaf, OPPOSITE[atom.wish])

    def formula(self, condition: Condition, wish: Wish = Wish.TRUE) -> Formula:
        """Return what must hold for `condition` to come out as wished."""
        match condition:
            case Leaf():
                return self.number(condition, wish)
            case Not(part):
                return self.formula(part, _MIRRORED[wish])
            case All(parts) | Any(parts):
                # By Kleene's tables "all" is true (not false) when every part is; "any" when one is.
                together = isinstance(condition, All) is (wish in (Wish.TRUE, Wish.NOT_FALSE))
                inside = tuple(self.formula(part, wish) for part in parts)
                return _joined(inside, together=together)


def _joined(parts: tuple[Formula, ...], *, together: bool) -> Formula:
    """Return the parts as one formula, without what says nothing."""
    idle, settled = (ALWAYS, NEVER) if together else (NEVER, ALWAYS)
    left = tuple(part for part in parts if part != idle)
    if settled in left:
        return settled
    return left[0] if len(left) == 1 else Every(left) if together else Either(left)
