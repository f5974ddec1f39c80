"""Decides which moved leads go back to whoever had them, and why the others stay; some of them only for now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from oppspot.routing.capacity import has_room
from oppspot.routing.loads import Load
from oppspot.routing.people import Rep
from oppspot.routing.redistribution.types import Move, Plan

COMPLETED: Final = "nobody has them any more"
TAKEN_UP: Final = "they were taken up"
ELSEWHERE: Final = "they have moved on since"
GONE: Final = "they are no longer there"
LEFT: Final = "whoever had them has left"
PAUSED: Final = "whoever had them takes no leads now"
AWAY: Final = "whoever had them is away"
FULL: Final = "whoever had them has no room"
# What can still come back once that is over.
PASSING: Final = frozenset({PAUSED, AWAY, FULL})


class ComingBack(NamedTuple):
    """Which moves are taken back, and why the other leads stay where they are."""

    back: Sequence[Move]
    left: Mapping[UUID, str]

    @property
    def waiting(self) -> frozenset[UUID]:
        """The leads that stay only for now."""
        return frozenset(lead_id for lead_id, why in self.left.items() if why in PASSING)

    @property
    def refusal(self) -> str | None:
        """Why undoing gives nothing back, the commonest reasons first; None if it gives back anything."""
        if self.back:
            return None
        said = "; ".join(why for why, _ in Counter(self.left.values()).most_common())
        when = "Cannot be undone now" if self.waiting else "Cannot be undone"
        return f"{when}: {said}." if said else f"{when}: nothing is left to give back."


def coming_back(
    plan: Plan, made: Mapping[UUID, UUID], held: Mapping[UUID, Any], reps: Sequence[Rep], now: datetime
) -> ComingBack:
    """Sort out what was moved: `made` are the assignments that were, `held` is who has each lead now."""
    loads = {rep.id: Load(rep, now, ()) for rep in reps}
    back, left = list[Move](), dict[UUID, str]()
    for move in plan.moves:
        if move.lead_id not in made:
            continue
        load = loads.get(move.from_id)
        why = _of_lead(held.get(move.lead_id), made[move.lead_id]) or _of_person(load, move)
        if why or load is None:
            left[move.lead_id] = why or LEFT
        else:
            load.open_count += move.units
            back.append(move)
    return ComingBack(back, left)


def _of_lead(now: Any, made: UUID) -> str | None:
    if now is None:
        return GONE
    if now.assignment_id is None:
        return COMPLETED
    if now.assignment_id != made:
        return ELSEWHERE
    return None if now.status == "assigned" else TAKEN_UP


def _of_person(load: Load | None, move: Move) -> str | None:
    """Say why somebody does not get back what they had.

    Limits by period do not ask: they counted these leads when they were first given.
    """
    if load is None or not load.rep.active:
        return LEFT
    if not load.rep.available:
        return PAUSED
    if load.absent:
        return AWAY
    full = move.heeds_limits and not has_room(load.open_count, load.rep.max_open, move.units)
    return FULL if full else None
