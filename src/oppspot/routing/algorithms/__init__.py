"""The ways to pick one of the eligible members of a pool; one more is one more file here and one line below.

An algorithm takes the lead, the eligible members and their turns, in the same order, and gives the lead to one
of them by calling exactly one of `turns.take()` (whose turn it is) and `turns.charge(position)` (somebody else,
who pays for it like anybody), so that the ledger stays true whatever the algorithm prefers.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oppspot.routing.algorithms.choices import Algorithm, Choice
from oppspot.routing.algorithms.round_robin import round_robin

__all__ = ["ALGORITHMS", "DEFAULT_ALGORITHM", "Algorithm", "Choice", "find_algorithm"]

DEFAULT_ALGORITHM: Final = "round_robin"
ALGORITHMS: Final[Mapping[str, Algorithm]] = MappingProxyType({DEFAULT_ALGORITHM: round_robin})


def find_algorithm(name: str) -> Algorithm:
    """Return the algorithm of this name; raises ValueError naming those there are."""
    found = ALGORITHMS.get(name)
    if found is None:
        raise ValueError(f"There is no routing algorithm {name!r}; there are: {', '.join(sorted(ALGORITHMS))}.")
    return found
