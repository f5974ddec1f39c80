"""Takes turns: everybody eligible gets their weighted share, whoever's next lead is due first goes next."""

from collections.abc import Sequence
from typing import Final

from oppspot.routing.algorithms.choices import Choice
from oppspot.routing.fairness import Turns, phrase_credit
from oppspot.routing.types import Rep, RoutableLead

TIE_BREAK: Final = "Several were due at the same moment; of those the one with the lowest id goes first."


def round_robin(_lead: RoutableLead, _eligible: Sequence[Rep], turns: Turns) -> Choice:
    """Give the lead to whoever's turn it is; every share is the member's weight over the eligible members' total."""
    position, claim, tied = turns.take()
    return Choice(position, f"next in turn, {phrase_credit(claim)}", TIE_BREAK if tied else None)
