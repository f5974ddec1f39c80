"""Says of an open lead who could have it instead: the pool it came through, under the tests of its rule."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from oppspot.routing.algorithms import Question
from oppspot.routing.algorithms.round_robin import ROUND_ROBIN
from oppspot.routing.endings import nobody_eligible
from oppspot.routing.lanes import Lane, Lanes
from oppspot.routing.loads import Load, Need, Test, failed_test
from oppspot.routing.picking import need_of
from oppspot.routing.pools import Roster
from oppspot.routing.redistribution.types import HeldLead, Scope, ScopeKind, StayReason
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import Office, RoutingConfig, TargetKind


class Obstacle(NamedTuple):
    """Why a lead cannot move at all."""

    reason: StayReason
    because: str


class Way:
    """Who could have leads of one kind: equal needs in the same pool, tested once. Room is tested at each step."""

    __slots__ = ("by_rule", "failed", "need", "open_to")

    def __init__(self, by_rule: str, need: Need, screen: Test, loads: Sequence[Load], cover: Load | None) -> None:
        self.by_rule = by_rule
        self.need = need
        without_room = need._replace(heeds_limits=False)
        self.failed = {load.rep.id: failed_test(load, without_room, screen) for load in loads}
        if cover is not None:
            # Asked by name: neither their share nor their hours say anything.
            asked = without_room._replace(by_weight=None, heeds_hours=False)
            self.failed[cover.rep.id] = failed_test(cover, asked, screen)
        self.open_to = frozenset(rep_id for rep_id, failed in self.failed.items() if failed is None)

    def has_room(self, load: Load) -> bool:
        return not self.need.heeds_limits or load.has_room(self.need.units)

    def finding(self, holder_id: UUID) -> str:
        """Return why nobody else takes a lead of this kind, as a clause: whoever passes the tests has no room."""
        others = [failed or FailedTest.AT_CAPACITY for rep_id, failed in self.failed.items() if rep_id != holder_id]
        return nobody_eligible(others)[1] if others else "nobody else is in it"


_BY_HAND: Final = "It came by no rule"


class Ways:
    """The ways of all leads of one plan."""

    def __init__(
        self,
        scope: Scope,
        config: RoutingConfig,
        roster: Roster,
        now: datetime,
        office: Office,
        among: frozenset[UUID] | None,
    ) -> None:
        self._scope = scope
        self._among = among
        self._config = config
        self._roster = roster
        self._lanes = Lanes(config, roster, office.calendar, now, None)
        self._positions = {rule.id: position for position, rule in enumerate(config.live_rules)}
        self._now = now
        self._found: dict[object, Way] = {}
        self.cover = roster.find_load(scope.cover_id)

    def of(self, held: HeldLead) -> Way | Obstacle:
        """Return the way of a lead, or what keeps it where it is."""
        if held.status != "assigned" and not self._scope.with_accepted:
            return Obstacle(StayReason.ACCEPTED, "They have taken it up.")
        lane = self._lane_of(held)
        named = f"Rule “{lane.rule.name}”" if lane and lane.rule else _BY_HAND
        if lane and lane.algorithm.names_owner and held.holder_id in {owner.id for owner in held.lead.account_owners}:
            return Obstacle(StayReason.ACCOUNT, f"{named} gives it to the account's owner, and they are.")
        if lane and lane.is_named and self.cover is None:
            hint = ": say who gets it first, or give it by hand" if self._scope.empties else ""
            return Obstacle(StayReason.NAMED, f"{named} names one person for it{hint}.")
        target = lane.target if lane else None
        elsewhere = target and target.kind is TargetKind.TEAM and target.id != self._scope.team_id
        if target and elsewhere and self._scope.kind is ScopeKind.TEAM:
            return Obstacle(StayReason.OTHER_TEAM, f"{named} sends it to team {target.label}.")
        return self._way(held, lane, named)

    def _lane_of(self, held: HeldLead) -> Lane | None:
        """Return the lane of the rule a lead came by or, where that is gone, of the rule that would take it now."""
        position = self._positions.get(held.rule_id) if held.rule_id else None
        if position is None and held.lead.facts:
            [position] = self._config.index.first_match([held.lead.facts], self._now)
        return self._lanes.lane(position)

    def _way(self, held: HeldLead, lane: Lane | None, named: str) -> Way:
        lane = lane or Lane(None, None, named, self._config.default_sla_hours, None, ROUND_ROBIN)
        screen = lane.algorithm.screen(Question(held.lead, lane.settings, self._config))
        need = need_of(held.lead, lane, self._config.policies.capacity)
        loads = self._pool_of(held, lane)
        asked = {load.rep.id for load in loads} | {self._scope.cover_id}
        tried = (held.lead.previous_rep_ids | {held.holder_id}) & asked
        need = need._replace(tried=frozenset(tried), screened=screen.key)
        key = (lane.pool.key if lane.pool else held.holder_id, lane.rule and lane.rule.id, need)
        if key not in self._found:
            self._found[key] = Way(named, need, screen.test, loads, self.cover)
        return self._found[key]

    def _pool_of(self, held: HeldLead, lane: Lane) -> Sequence[Load]:
        """Return who is asked: the pool of the lane or, without one, the team asked for or the holder's teams."""
        if lane.pool is not None:
            loads = lane.pool.loads
        else:
            holder = self._roster.find_rep(held.holder_id)
            teams = {self._scope.team_id} if self._scope.team_id else set(holder.team_ids if holder else ())
            loads = [load for load in self._roster.loads if not teams.isdisjoint(load.rep.team_ids)]
        return [load for load in loads if self._among is None or load.rep.id in self._among]
