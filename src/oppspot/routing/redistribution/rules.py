"""Plans who gives which open leads to whom, and why; moves only what is needed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from oppspot.routing.loads import Load
from oppspot.routing.people import Rep
from oppspot.routing.pools import Roster
from oppspot.routing.redistribution.evenness import evenness
from oppspot.routing.redistribution.going_stale import traits_of
from oppspot.routing.redistribution.scales import Parcel, Scales, empty_out, even_out
from oppspot.routing.redistribution.types import (
    HeldLead,
    Holding,
    Move,
    Plan,
    Scope,
    ScopeKind,
    Standing,
    Stay,
    StayReason,
)
from oppspot.routing.redistribution.ways import Obstacle, Ways
from oppspot.routing.shares import weights_of
from oppspot.routing.types import NO_OFFICE, FairnessLedger, Office, RoutingConfig

_NOTHING: Final = Holding()


@dataclass(frozen=True, slots=True)
class Situation:
    """How things stand: the open leads of those who may give, and everybody who could have them.

    `holdings` are of all reps, all their open leads; `ledgers` settle between equally full people.
    """

    leads: Sequence[HeldLead]
    holdings: Mapping[UUID, Holding]
    reps: Sequence[Rep]
    ledgers: Mapping[str, FairnessLedger]
    office: Office = NO_OFFICE


def plan_redistribution(scope: Scope, situation: Situation, config: RoutingConfig, now: datetime) -> Plan:
    """Return who gives what to whom.

    Whoever gets a lead passes every test routing would make: nobody's limit is passed, nobody gets what they had
    before. Evening out brings two people closer with each lead and stops when none does, so that the gap between the
    fullest and the emptiest never grows and planning again after applying gives nothing.
    """
    return _Planner(scope, situation, config, now).plan()


class _Planner:
    def __init__(self, scope: Scope, situation: Situation, config: RoutingConfig, now: datetime) -> None:
        self._scope = scope
        self._situation = situation
        self._config = config
        self._roster = Roster(situation.reps, situation.ledgers, config.policies, now)
        among = None if scope.empties else frozenset(rep.id for rep in _members(scope, situation.reps))
        self._ways = Ways(scope, config, self._roster, now, situation.office, among)
        self._parcels: list[Parcel] = []
        self._stuck: list[tuple[HeldLead, Obstacle]] = []
        self._sort_leads()

    def _sort_leads(self) -> None:
        for held in sorted(self._situation.leads, key=lambda held: held.lead.id):
            way = self._ways.of(held)
            if isinstance(way, Obstacle):
                self._stuck.append((held, way))
            else:
                self._parcels.append(Parcel(held, way))

    def plan(self) -> Plan:
        concerned = self._concerned()
        weights = self._weights(concerned)
        before = {load.rep.id: load.open_count for load in concerned}
        scales = Scales(self._roster.loads, weights, self._owed())
        scales.lay(self._parcels)
        if self._scope.empties:
            empty_out(scales, self._parcels, self._scope.cover_id)
        else:
            even_out(scales, list(weights))
        standings = self._standings(concerned, weights, before)
        compared = [each for each in standings if each.weight > 0]
        return Plan(
            scope=self._scope,
            config_hash=self._config.version_hash,
            moves=tuple(self._moves(before, weights)),
            stays=tuple(self._stays()),
            standings=standings,
            before=evenness([(each.units_before, each.before, each.weight) for each in compared]),
            after=evenness([(each.units_after, each.after, each.weight) for each in compared]),
        )

    def _concerned(self) -> list[Load]:
        """Return everybody the plan is about, by name: who may give and who might get."""
        if self._scope.empties:
            ids = {rep_id for parcel in self._parcels for rep_id in parcel.way.failed} | set(self._scope.rep_ids)
        else:
            ids = {rep.id for rep in _members(self._scope, self._situation.reps)}
        loads = [load for load in self._roster.loads if load.rep.id in ids]
        return sorted(loads, key=lambda load: (load.rep.name.casefold(), load.rep.id))

    def _weights(self, concerned: Sequence[Load]) -> dict[UUID, Decimal]:
        """Return by what loads are compared; who gives everything away, or gets nothing by routing, is not compared."""
        gone = self._scope.rep_ids if self._scope.empties else ()
        reps = [load.rep for load in concerned if load.rep.active and load.rep.joined and load.rep.id not in gone]
        weights = weights_of(reps, self._config.policies.fairness, by_weight=True)
        return {rep.id: weight for rep, weight in zip(reps, weights, strict=True) if weight > 0}

    def _owed(self) -> dict[UUID, int]:
        owed: dict[UUID, int] = defaultdict(int)
        for ledger in self._situation.ledgers.values():
            for rep_id, amount in ledger.credits.items():
                owed[rep_id] += amount
        return owed

    def _standings(
        self, concerned: Sequence[Load], weights: Mapping[UUID, Decimal], before: Mapping[UUID, int]
    ) -> tuple[Standing, ...]:
        changes = _changes(self._parcels)
        return tuple(
            Standing(
                rep_id=load.rep.id,
                name=load.rep.name,
                max_open=load.rep.max_open,
                traits=traits_of(load.rep),
                weight=weights.get(load.rep.id, Decimal(0)),
                units_before=before[load.rep.id],
                units_after=load.open_count,
                before=(held := self._situation.holdings.get(load.rep.id, _NOTHING)),
                after=Holding(held.leads + changes[load.rep.id].leads, _sum(held.value, changes[load.rep.id].value)),
            )
            for load in concerned
        )

    def _moves(self, before: Mapping[UUID, int], weights: Mapping[UUID, Decimal]) -> Iterable[Move]:
        for parcel in self._parcels:
            if parcel.has_moved:
                held = parcel.held
                because = self._because(parcel, before, weights)
                yield Move(
                    held.assignment_id,
                    held.lead.id,
                    held.holder_id,
                    parcel.holder_id,
                    held.status,
                    parcel.units,
                    parcel.way.need.heeds_limits,
                    because,
                )

    def _because(self, parcel: Parcel, before: Mapping[UUID, int], weights: Mapping[UUID, Decimal]) -> str:
        giver, taker = (self._name(each) for each in (parcel.held.holder_id, parcel.holder_id))
        if self._scope.empties and parcel.holder_id == self._scope.cover_id:
            return f"{taker} covers for {giver}."
        if self._scope.empties:
            return f"{parcel.way.by_rule}; of those who may have it {taker} has the least open for their weight."
        had, has = before[parcel.held.holder_id], before[parcel.holder_id]
        by = [weights.get(each, Decimal(0)) for each in (parcel.held.holder_id, parcel.holder_id)]
        given, taken = ("", "") if by[0] == by[1] else (f" at weight {_short(each)}" for each in by)
        return f"{parcel.way.by_rule} and {taker} may have it; {giver} had {had} open{given}, {taker} {has}{taken}."

    def _stays(self) -> Iterable[Stay]:
        """Yield the leads that cannot move, those of one person for one reason together."""
        groups: dict[tuple[UUID, StayReason, str], list[UUID]] = defaultdict(list)
        for held, obstacle in self._stuck:
            groups[held.holder_id, obstacle.reason, obstacle.because].append(held.lead.id)
        for parcel in self._parcels:
            if not parcel.has_moved and (self._scope.empties or not parcel.way.open_to):
                because = f"{parcel.way.by_rule}; {parcel.way.finding(parcel.held.holder_id)}."
                groups[parcel.held.holder_id, StayReason.NOBODY, because].append(parcel.held.lead.id)
        for (holder_id, reason, because), lead_ids in sorted(groups.items(), key=lambda item: item[0]):
            yield Stay(holder_id, reason, because, tuple(lead_ids))

    def _name(self, rep_id: UUID) -> str:
        rep = self._roster.find_rep(rep_id)
        return rep.name if rep else "Somebody"


def _short(weight: Decimal) -> str:
    return f"{weight.normalize():f}"


def _members(scope: Scope, reps: Sequence[Rep]) -> list[Rep]:
    if scope.kind is ScopeKind.TEAM:
        return [rep for rep in reps if scope.team_id in rep.team_ids]
    return [rep for rep in reps if rep.id in scope.rep_ids]


def _changes(parcels: Iterable[Parcel]) -> dict[UUID, Holding]:
    """Return by how many leads, and by what value, everybody's open work changes."""
    changes: dict[UUID, Holding] = defaultdict(Holding)
    for parcel in parcels:
        if parcel.has_moved:
            value = parcel.held.lead.value
            for rep_id, sign in ((parcel.held.holder_id, -1), (parcel.holder_id, 1)):
                leads, worth = changes[rep_id]
                changes[rep_id] = Holding(leads + sign, _sum(worth, None if value is None else sign * value))
    return changes


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Add what is known."""
    return one if other is None else other if one is None else one + other
