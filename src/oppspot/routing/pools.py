"""Keeps the pools true while a batch is decided: who is eligible, who has how many, whose turn it is."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.routing.fairness import Turn, Turns, settle_ahead, settle_departures, shares_of, whole_weights
from oppspot.routing.loads import Load, Need, Test, failed_test
from oppspot.routing.people import Rep
from oppspot.routing.policies import Policies
from oppspot.routing.shares import weights_of
from oppspot.routing.stretches import NOBODY, Arrival, FailedTest, Mask, Stretch, Taken
from oppspot.routing.types import Credit, FairnessLedger, Target, TargetKind

NONE_TRIED: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Lens:
    """The members who may have a lead of one kind, and the mask that says so."""

    mask: int
    members: list[int]


class Pool:
    """The members a target stands for, in the fixed order that breaks ties (by id)."""

    def __init__(self, key: str, loads: Sequence[Load], ledger: FairnessLedger, policies: Policies) -> None:
        self.key = key
        self.loads = sorted(loads, key=lambda load: load.rep.id)
        self.reps = tuple(load.rep for load in self.loads)
        self._positions = {rep.id: position for position, rep in enumerate(self.reps)}
        self._ids = frozenset(self._positions)
        self._policies = policies
        self.memory: dict[Hashable, Any] = {}
        self._weights: dict[bool, list[int]] = {}
        self._given = [0] * len(self.reps)
        self._stored = ledger
        owed, ahead = settle_departures(ledger.credits, self._positions), settle_ahead(ledger.ahead, self._positions)
        self._credits = [owed.get(rep.id, 0) for rep in self.reps]
        self.ahead = [ahead.get(rep.id, 0) for rep in self.reps]
        self._lenses: dict[Need, Lens] = {}
        self._masks: dict[Mask, int] = {}
        self._lens = Lens(0, [])
        self._turns: Turns | None = None
        self._turns_mask, self._turns_members = NOBODY, list[int]()
        self._stale = True
        self.stretch = Stretch(key, (), (), (), (), (), ())
        for load in self.loads:
            load.pools.append(self)

    def tried_of(self, previous: frozenset[UUID]) -> frozenset[UUID]:
        """Return those of the people who had a lead that are in this pool."""
        return previous & self._ids if previous else NONE_TRIED

    def prepare(self, need: Need, screen: Test) -> list[int]:
        """Make ready for a lead; return the members who may have it."""
        if self._stale:
            self._begin_stretch()
        lens = self._lenses.get(need)
        if lens is None:
            lens = self._lenses[need] = self._focus(need, screen)
        self._lens = lens
        return lens.members

    @property
    def members(self) -> list[int]:
        """The members who may have the lead that was prepared for; positions are places in this list."""
        return self._lens.members

    def failed(self) -> tuple[FailedTest | None, ...]:
        """Return which test each member failed for the lead that was prepared for."""
        return self.stretch.masks[self._lens.mask].failed

    def take_turn(self) -> Turn:
        """Take the next turn among the eligible; whoever is given the lead, it counts as this member's turn."""
        return self._current_turns().take()

    def options(self, turn: Turn, band: int) -> list[int]:
        """Return the eligible positions that the band lets have the lead: whose turn it is, then the most behind."""
        members = self._lens.members
        if band == 0 or self.ahead[members[turn.position]] <= -band:
            return [turn.position]
        others = [
            position
            for position, member in enumerate(members)
            if position != turn.position and self.ahead[member] < band
        ]
        return [turn.position, *sorted(others, key=lambda position: (self.ahead[members[position]], position))]

    def give(self, position: int, turn: Turn, units: int, value: Decimal, unit_sizes: Sequence[int]) -> Rep:
        """Give the lead to an eligible position; return them."""
        member, turn_of = self._lens.members[position], self._lens.members[turn.position]
        if member != turn_of:
            self.ahead[member] += 1
            self.ahead[turn_of] -= 1
        self.stretch.turns.append(Taken(self._lens.mask, turn_of, member, units, value))
        self._given[member] += 1
        self.loads[member].grow(self, units, value, unit_sizes)
        return self.reps[member]

    def give_nobody(self) -> None:
        """Note that a lead came and nobody was given it."""
        self.stretch.turns.append(Taken(self._lens.mask, NOBODY, NOBODY, 0, Decimal(0)))

    def note_arrival(self, rep_id: UUID, units: int, value: Decimal) -> None:
        """Note that a member was given a lead otherwise."""
        if self.stretch.reps:
            arrival = Arrival(len(self.stretch.turns), self._positions[rep_id], units, value)
            self.stretch.arrivals.append(arrival)

    def expire(self) -> None:
        """Have eligibility worked out afresh before the next lead."""
        self._stale = True

    def changes(self) -> Iterator[Credit]:
        """Yield the ledger entries that differ from what was stored, and those of members who were given leads."""
        self._collect_gains()
        stored = self._stored
        now = dict(zip(self._positions, zip(self._credits, self.ahead, self._given, strict=True), strict=True))
        for rep_id in sorted(now.keys() | stored.credits.keys() | stored.ahead.keys()):
            amount, ahead, given = now.get(rep_id, (0, 0, 0))
            if given or amount != stored.credits.get(rep_id, 0) or ahead != stored.ahead.get(rep_id, 0):
                yield Credit(self.key, rep_id, amount, ahead, given)

    def _begin_stretch(self) -> None:
        self._collect_gains()
        self._stale = False
        self._lenses, self._masks = {}, {}
        self.stretch = Stretch(
            self.key,
            self.reps,
            tuple(self._credits),
            tuple(self.ahead),
            tuple(load.open_count for load in self.loads),
            tuple(load.given for load in self.loads),
            tuple(load.value for load in self.loads),
        )

    def _focus(self, need: Need, screen: Test) -> Lens:
        failed = tuple(failed_test(load, need, screen) for load in self.loads)
        members = [member for member, failure in enumerate(failed) if failure is None]
        shares = [0] * len(self.reps)
        if members:
            weights = self._weights_of(by_weight=bool(need.by_weight))
            for member, share in zip(members, shares_of([weights[member] for member in members]), strict=True):
                shares[member] = share
        mask = Mask(failed, tuple(shares))
        if mask not in self._masks:
            self._masks[mask] = len(self.stretch.masks)
            self.stretch.masks.append(mask)
        return Lens(self._masks[mask], members)

    def _weights_of(self, *, by_weight: bool) -> list[int]:
        if by_weight not in self._weights:
            weights = weights_of(self.reps, self._policies.fairness, by_weight=by_weight)
            self._weights[by_weight] = whole_weights(weights)
        return self._weights[by_weight]

    def _current_turns(self) -> Turns:
        if self._turns is None or self._turns_mask != self._lens.mask:
            self._collect_gains()
            shares, members = self.stretch.masks[self._lens.mask].shares, self._lens.members
            self._turns = Turns([self._credits[each] for each in members], [shares[each] for each in members])
            self._turns_mask, self._turns_members = self._lens.mask, members
        return self._turns

    def _collect_gains(self) -> None:
        if self._turns is None:
            return
        for member, gain in zip(self._turns_members, self._turns.gains(), strict=True):
            self._credits[member] += gain
        self._turns = None


class Roster:
    """Everybody's open leads during a batch, whichever pool they come through, so that no limit is passed."""

    def __init__(
        self, reps: Sequence[Rep], ledgers: Mapping[str, FairnessLedger], policies: Policies, now: datetime
    ) -> None:
        sizes = policies.capacity
        self.unit_sizes = sorted({sizes.urgent, sizes.high, sizes.medium, sizes.low})
        self._policies = policies
        self._loads = {rep.id: Load(rep, now, self.unit_sizes) for rep in reps}
        self._ledgers = ledgers
        self._pools: dict[str, Pool] = {}

    @property
    def loads(self) -> list[Load]:
        return list(self._loads.values())

    def find_load(self, rep_id: UUID | None) -> Load | None:
        return None if rep_id is None else self._loads.get(rep_id)

    def find_rep(self, rep_id: UUID | None) -> Rep | None:
        load = self.find_load(rep_id)
        return load.rep if load else None

    def pool(self, key: str, target: Target) -> Pool:
        """Return the pool of this key, formed when first asked from the reps that `target` stands for."""
        if key not in self._pools:
            ledger = self._ledgers.get(key) or FairnessLedger(key, {})
            members = [load for load in self._loads.values() if _belongs(load.rep, target)]
            self._pools[key] = Pool(key, members, ledger, self._policies)
        return self._pools[key]

    def credits(self) -> tuple[Credit, ...]:
        """Return every changed ledger entry; a person named by a rule has no turns to keep account of."""
        teams = (pool for key, pool in sorted(self._pools.items()) if not key.startswith(f"{TargetKind.INDIVIDUAL}:"))
        return tuple(change for pool in teams for change in pool.changes())

    def open_count_changes(self) -> dict[UUID, int]:
        """Return by how much the open count of everybody who was given leads has grown, in units."""
        return {
            rep_id: load.open_count - load.rep.open_count
            for rep_id, load in self._loads.items()
            if load.open_count != load.rep.open_count
        }


def _belongs(rep: Rep, target: Target) -> bool:
    return rep.id == target.id if target.kind is TargetKind.INDIVIDUAL else target.id in rep.team_ids
