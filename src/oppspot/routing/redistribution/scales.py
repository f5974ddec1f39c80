"""Keeps loads true while a redistribution is planned: who has which lead, and how full everybody is."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import lcm
from typing import Final
from uuid import UUID

from oppspot.routing.fairness import whole_weights
from oppspot.routing.loads import Load
from oppspot.routing.redistribution.types import HeldLead
from oppspot.routing.redistribution.ways import Way

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Parcel:
    """A lead that may move: who has it, what it counts for them, and who could have it."""

    __slots__ = ("held", "holder_id", "units", "way")

    def __init__(self, held: HeldLead, way: Way) -> None:
        self.held = held
        self.way = way
        self.holder_id = held.holder_id
        self.units = held.units

    @property
    def has_moved(self) -> bool:
        return self.holder_id != self.held.holder_id

    @property
    def urgency(self) -> tuple[datetime, UUID]:
        """What is due first is least; without a clock there is no hurry."""
        return self.held.due_at or _NEVER, self.held.lead.id


class Scales:
    """Everybody's load, relative to their weight; who has no weight can give, but is not compared."""

    def __init__(self, loads: Iterable[Load], weights: Mapping[UUID, Decimal], owed: Mapping[UUID, int]) -> None:
        self.loads = {load.rep.id: load for load in loads}
        self._owed = owed
        whole = whole_weights(weights.values())
        # What one unit weighs for each: whole numbers, so that equal is equal.
        self._unit = {rep_id: lcm(*whole) // weight for rep_id, weight in zip(weights, whole, strict=True)}
        # By holder and kind, the least urgent last: leads of one kind are alike for whoever could have them.
        self._piles: dict[UUID, dict[tuple[Way, int], list[Parcel]]] = defaultdict(dict)

    def level(self, rep_id: UUID, more: int = 0) -> int:
        """Return how full somebody is for their weight, with so many more units."""
        return (self.loads[rep_id].open_count + more) * self._unit[rep_id]

    def rank(self, rep_id: UUID, more: int = 0) -> tuple[int, int, UUID]:
        """Order people from the emptiest; of equally full ones whoever is owed more turns comes first."""
        return self.level(rep_id, more), -self._owed.get(rep_id, 0), rep_id

    def is_compared(self, rep_id: UUID) -> bool:
        return rep_id in self._unit

    def lay(self, parcels: Iterable[Parcel]) -> None:
        """Put leads on the piles of those who have them."""
        for parcel in parcels:
            self._put(parcel)

    def move(self, parcel: Parcel, to_id: UUID) -> None:
        """Let a lead go to somebody else."""
        giver, taker = self.loads[parcel.holder_id], self.loads[to_id]
        self._take(parcel)
        giver.open_count -= parcel.units
        giver.given -= parcel.has_moved
        parcel.holder_id, parcel.units = to_id, parcel.way.need.units
        taker.open_count += parcel.units
        taker.given += 1
        self._put(parcel)

    def _put(self, parcel: Parcel) -> None:
        pile = self._piles[parcel.holder_id].setdefault((parcel.way, parcel.units), [])
        insort(pile, parcel, key=lambda each: each.urgency)

    def _take(self, parcel: Parcel) -> None:
        piles, kind = self._piles[parcel.holder_id], (parcel.way, parcel.units)
        piles[kind].remove(parcel)
        if not piles[kind]:
            del piles[kind]

    def find_improving(self, giver_id: UUID, taker_id: UUID) -> Parcel | None:
        """Return the least urgent lead that brings two people closer without either passing the other; None: none does.

        Then neither becomes fuller than the fuller, nor emptier than the emptier, so nobody's gap to anybody grows.
        """
        low, high = self.level(taker_id), self.level(giver_id)
        taker = self.loads[taker_id]
        found = [
            pile[-1]
            for (way, units), pile in self._piles[giver_id].items()
            if taker_id in way.open_to
            and units > 0
            and low < self.level(giver_id, -units)
            and self.level(taker_id, way.need.units) < high
            and way.has_room(taker)
        ]
        return max(found, key=lambda parcel: parcel.urgency, default=None)


def even_out(scales: Scales, people: Sequence[UUID]) -> None:
    """Move lead after lead from the fullest to the emptiest who may have one, until none brings anybody closer."""
    while step := _next_step(scales, people):
        scales.move(*step)


def _next_step(scales: Scales, people: Sequence[UUID]) -> tuple[Parcel, UUID] | None:
    from_emptiest = sorted(people, key=scales.rank)
    for giver_id in sorted(people, key=lambda rep_id: (-scales.level(rep_id), rep_id)):
        for taker_id in from_emptiest:
            if scales.level(taker_id) >= scales.level(giver_id):
                break
            if parcel := scales.find_improving(giver_id, taker_id):
                return parcel, taker_id
    return None


def empty_out(scales: Scales, parcels: Iterable[Parcel], cover_id: UUID | None) -> None:
    """Give every lead to the cover, else to the emptiest who may have it: what is due first goes first."""
    for parcel in sorted(parcels, key=lambda parcel: parcel.urgency):
        way = parcel.way
        takers = [rep_id for rep_id in way.open_to if way.has_room(scales.loads[rep_id])]
        if cover_id in takers:
            scales.move(parcel, cover_id)
        elif compared := [rep_id for rep_id in takers if scales.is_compared(rep_id)]:
            scales.move(parcel, min(compared, key=lambda rep_id: scales.rank(rep_id, way.need.units)))
