"""Keeps the pools true while a batch is decided: who is eligible, who has how many, whose turn it is."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from oppspot.routing.capacity import has_room
from oppspot.routing.fairness import Turns, settle_departures, shares_of, whole_weights
from oppspot.routing.types import NOBODY, Credit, FailedTest, FairnessLedger, Rep, Stretch, Target, TargetKind

NONE_TRIED: frozenset[UUID] = frozenset()


def failed_test(rep: Rep, open_count: int, tried: frozenset[UUID]) -> FailedTest | None:
    """Return the first test this rep fails for a lead that `tried` have had; None when eligible."""
    if not rep.active:
        return FailedTest.INACTIVE
    if not rep.weight:
        return FailedTest.NO_WEIGHT
    if rep.id in tried:
        return FailedTest.ALREADY_TRIED
    if not rep.available:
        return FailedTest.UNAVAILABLE
    return None if has_room(open_count, rep.max_open) else FailedTest.AT_CAPACITY


class Load:
    """One rep's open leads as the batch goes on, and the pools they sit in."""

    __slots__ = ("open_count", "pools", "rep")

    def __init__(self, rep: Rep) -> None:
        self.rep = rep
        self.open_count = rep.open_count
        self.pools: list[Pool] = []

    def grow(self, through: "Pool") -> None:
        """Take one more lead `through` a pool, and let every pool know what it must."""
        self.open_count += 1
        for pool in self.pools:
            if pool is not through:
                pool.note_arrival(self.rep.id)
            if not has_room(self.open_count, self.rep.max_open):
                pool.expire()


class Pool:
    """The members a target stands for, in the fixed order that breaks ties (by id)."""

    def __init__(self, key: str, loads: Sequence[Load], owed: Mapping[UUID, int]) -> None:
        self.key = key
        self._loads = sorted(loads, key=lambda load: load.rep.id)
        self.reps = tuple(load.rep for load in self._loads)
        self._positions = {rep.id: position for position, rep in enumerate(self.reps)}
        self._ids = frozenset(self._positions)
        self._weights = whole_weights(rep.weight for rep in self.reps)
        self._given = [0] * len(self.reps)
        self._stored = owed
        settled = settle_departures(owed, self._positions)
        self._credits = [settled.get(rep.id, 0) for rep in self.reps]
        self._tried = NONE_TRIED
        self._stale = True
        self._members: list[int] = []  # the eligible: their positions among all members
        self.eligible: tuple[Rep, ...] = ()
        self.turns: Turns | None = None
        self.stretch = Stretch(key, (), (), (), (), ())
        for load in self._loads:
            load.pools.append(self)

    def prepare(self, previous: frozenset[UUID]) -> Turns | None:
        """Make ready for a lead that `previous` have had; return the turns of the eligible, None if there are none."""
        tried = previous & self._ids if previous else NONE_TRIED
        if self._stale or tried != self._tried:
            self._begin_stretch(tried)
        return self.turns

    def give(self, position: int) -> Rep:
        """Give a lead to the eligible member at `position`, whose turn has been charged; return them."""
        member = self._members[position]
        self.stretch.picks.append(member)
        self._given[member] += 1
        self._loads[member].grow(self)
        return self.reps[member]

    def give_nobody(self) -> None:
        """Note that a lead came and nobody was eligible."""
        self.stretch.picks.append(NOBODY)

    def note_arrival(self, rep_id: UUID) -> None:
        """Note that another pool has given this member a lead."""
        self.stretch.arrivals.append((len(self.stretch.picks), self._positions[rep_id]))

    def expire(self) -> None:
        """Have eligibility worked out afresh before the next lead."""
        self._stale = True

    def changes(self) -> Iterator[Credit]:
        """Yield the ledger entries that differ from what was stored, and those of members who were given leads."""
        self._collect_gains()
        now = dict(zip(self._positions, zip(self._credits, self._given, strict=True), strict=True))
        for rep_id in sorted(now.keys() | self._stored.keys()):
            amount, given = now.get(rep_id, (0, 0))
            if given or amount != self._stored.get(rep_id, 0):
                yield Credit(self.key, rep_id, amount, given)

    def _begin_stretch(self, tried: frozenset[UUID]) -> None:
        self._collect_gains()
        failed = tuple(failed_test(load.rep, load.open_count, tried) for load in self._loads)
        self._members = [member for member, failure in enumerate(failed) if failure is None]
        self.eligible = tuple(self.reps[member] for member in self._members)
        self._tried, self._stale = tried, False
        shares = [0] * len(self.reps)
        if self._members:
            eligible_shares = shares_of([self._weights[member] for member in self._members])
            for member, share in zip(self._members, eligible_shares, strict=True):
                shares[member] = share
            self.turns = Turns([self._credits[member] for member in self._members], eligible_shares)
        open_counts = tuple(load.open_count for load in self._loads)
        self.stretch = Stretch(self.key, self.reps, failed, tuple(self._credits), open_counts, tuple(shares))

    def _collect_gains(self) -> None:
        if self.turns is None:
            return
        for member, gain in zip(self._members, self.turns.gains(), strict=True):
            self._credits[member] += gain
        self.turns, self._stale = None, True


class Roster:
    """Everybody's open leads during a batch, whichever pool they come through, so that no limit is passed."""

    def __init__(self, reps: Sequence[Rep], ledgers: Mapping[str, FairnessLedger]) -> None:
        self._loads = {rep.id: Load(rep) for rep in reps}
        self._ledgers = ledgers
        self._pools: dict[str, Pool] = {}

    def find_rep(self, rep_id: UUID | None) -> Rep | None:
        load = None if rep_id is None else self._loads.get(rep_id)
        return load.rep if load else None

    def pool(self, key: str, target: Target) -> Pool:
        """Return the pool of this key, formed when first asked from the reps that `target` stands for."""
        if key not in self._pools:
            ledger = self._ledgers.get(key)
            members = [load for load in self._loads.values() if _belongs(load.rep, target)]
            self._pools[key] = Pool(key, members, ledger.credits if ledger else {})
        return self._pools[key]

    def credits(self) -> tuple[Credit, ...]:
        """Return every changed ledger entry; a person named by a rule has no turns to keep account of."""
        teams = (pool for key, pool in sorted(self._pools.items()) if not key.startswith(f"{TargetKind.INDIVIDUAL}:"))
        return tuple(change for pool in teams for change in pool.changes())

    def open_count_changes(self) -> dict[UUID, int]:
        """Return by how much the open count of everybody who was given leads has grown."""
        return {
            rep_id: load.open_count - load.rep.open_count
            for rep_id, load in self._loads.items()
            if load.open_count != load.rep.open_count
        }


def _belongs(rep: Rep, target: Target) -> bool:
    return rep.id == target.id if target.kind is TargetKind.INDIVIDUAL else target.id in rep.team_ids
