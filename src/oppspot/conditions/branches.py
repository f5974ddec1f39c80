"""Unfolds a condition into branches: alternatives, each a list of goals that must all be met for it to be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from oppspot.conditions.types import All, Any, Condition, Leaf, Not

MAX_BRANCHES = 16


@dataclass(frozen=True, slots=True)
class Goal:
    """`condition` must come out as `wanted`; an unknown outcome never does."""

    condition: Condition
    wanted: bool


Branch = tuple[Goal, ...]


def unfold(condition: Condition, *, wanted: bool = True) -> list[Branch]:
    """Return the branches of which at least one is met exactly when `condition` comes out as `wanted`.

    At most MAX_BRANCHES; what would unfold into more stays folded, as one goal. No branch at all: never.
    """
    match condition:
        case Leaf():
            return [(Goal(condition, wanted),)]
        case Not(part):
            return unfold(part, wanted=not wanted)
        case All(parts) | Any(parts):
            # By Kleene's tables "all" is true when every part is, and false when any part is; "any" the other way.
            unfolded = [(Goal(part, wanted), unfold(part, wanted=wanted)) for part in parts]
            return _every(unfolded) if isinstance(condition, All) is wanted else _either(condition, wanted, unfolded)


def _every(parts: Sequence[tuple[Goal, list[Branch]]]) -> list[Branch]:
    branches: list[Branch] = [()]
    for goal, alternatives in parts:
        fits = len(branches) * len(alternatives) <= MAX_BRANCHES
        branches = [(*branch, *more) for branch in branches for more in (alternatives if fits else [(goal,)])]
    return branches


def _either(condition: Condition, wanted: bool, parts: Sequence[tuple[Goal, list[Branch]]]) -> list[Branch]:
    branches = list(chain.from_iterable(alternatives for _, alternatives in parts))
    return branches if len(branches) <= MAX_BRANCHES else [(Goal(condition, wanted),)]
