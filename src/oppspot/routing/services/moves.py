"""A clock that has moved on, as the sweep hands it from one step to the next."""

from dataclasses import dataclass
from typing import Any

from oppspot.routing.clocks import Advance
from oppspot.routing.ladders import Ladder
from oppspot.routing.starting import Terms


@dataclass(frozen=True, slots=True)
class Moved:
    """The clock's row as it was found, the terms it runs under, its ladder, and what its running brings about."""

    row: Any
    terms: Terms
    ladder: Ladder
    advance: Advance
