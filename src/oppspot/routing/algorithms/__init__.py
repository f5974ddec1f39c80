"""The ways to pick one of a pool; one more is one more file here and one line below: see docs/routing.md."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oppspot.routing.algorithms.account_based import ACCOUNT_BASED
from oppspot.routing.algorithms.ai_optimized import AI_OPTIMIZED
from oppspot.routing.algorithms.choices import Algorithm, Option, Preference, Question, Screen
from oppspot.routing.algorithms.round_robin import ROUND_ROBIN
from oppspot.routing.algorithms.skill_based import SKILL_BASED
from oppspot.routing.algorithms.territory import TERRITORY
from oppspot.routing.algorithms.weighted import WEIGHTED

__all__ = [
    "ALGORITHMS",
    "DEFAULT_ALGORITHM",
    "Algorithm",
    "Option",
    "Preference",
    "Question",
    "Screen",
    "find_algorithm",
]

_ALL: Final = (ROUND_ROBIN, WEIGHTED, SKILL_BASED, TERRITORY, ACCOUNT_BASED, AI_OPTIMIZED)
_BY_NAME: Final = {each.name: each for each in _ALL}
ALGORITHMS: Final[Mapping[str, Algorithm]] = MappingProxyType(_BY_NAME)
DEFAULT_ALGORITHM: Final = ROUND_ROBIN.name


def find_algorithm(name: str) -> Algorithm:
    """Return the algorithm of this name; raises ValueError naming those there are."""
    found = ALGORITHMS.get(name)
    if found is None:
        raise ValueError(f"There is no routing algorithm {name!r}; there are: {', '.join(sorted(ALGORITHMS))}.")
    return found
