"""What every algorithm takes and returns."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from oppspot.routing.fairness import Turns
from oppspot.routing.types import Rep, RoutableLead


class Choice(NamedTuple):
    """The eligible member who gets the lead (a position), why (it follows "Ann is "), and what broke a tie."""

    position: int
    because: str
    tie_break: str | None


Algorithm = Callable[[RoutableLead, Sequence[Rep], Turns], Choice]
