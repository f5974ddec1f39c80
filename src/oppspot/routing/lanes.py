"""Works out, once per batch, where each rule leads: which pool or queue, by which algorithm, under which settings."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from oppspot.calendars.types import Calendar
from oppspot.routing.algorithms import Algorithm, find_algorithm
from oppspot.routing.algorithms.round_robin import ROUND_ROBIN
from oppspot.routing.people import Rep
from oppspot.routing.policies import NO_SETTINGS, RuleSettings
from oppspot.routing.pools import Pool, Roster
from oppspot.routing.sla import first_touch_due
from oppspot.routing.types import Exclusion, RoutableLead, RoutingConfig, RoutingRule, Target, TargetKind


def pool_key(target: Target, rule: RoutingRule | None = None) -> str:
    """Return the key of the ledger in which turns for `target` are kept."""
    key = f"{target.kind}:{target.id}"
    return f"{key}/rule:{rule.id}" if rule and rule.settings.fairness_scope == "rule" else key


def pool_keys(config: RoutingConfig) -> tuple[str, ...]:
    """Return the keys of every ledger that routing by `config` may change, sorted (the order to lock them in)."""
    keys = {pool_key(rule.target, rule) for rule in config.live_rules if rule.target.kind is TargetKind.TEAM}
    if config.default_target and config.default_target.kind is TargetKind.TEAM:
        keys.add(pool_key(config.default_target))
    return tuple(sorted(keys))


@dataclass(frozen=True, slots=True)
class Lane:
    """Where leads go that met one rule, or none; `pool` is None for a queue, `target` for an account's owner."""

    rule: RoutingRule | None
    target: Target | None
    opening: str
    hours: float
    pool: Pool | None
    algorithm: Algorithm
    settings: RuleSettings = NO_SETTINGS
    exclusion: Exclusion | None = None
    dues: dict[tuple[UUID | None, int], datetime] = field(default_factory=dict)

    @property
    def name(self) -> str | None:
        """What sent the leads here is called: the rule or the list, if either did."""
        came_by = self.rule or self.exclusion
        return came_by.name if came_by else None

    @property
    def is_named(self) -> bool:
        return self.target is not None and self.target.kind is TargetKind.INDIVIDUAL


class Lanes:
    """The lanes of one batch, each laid when first needed."""

    def __init__(
        self, config: RoutingConfig, roster: Roster, office: Calendar, now: datetime, named_then: Target | None
    ) -> None:
        self._config = config
        self._roster = roster
        self._office = office
        self._now = now
        self._named_then = named_then
        self._laid: dict[int | None, Lane | None] = {}

    def lane(self, match: int | None) -> Lane | None:
        """Return the lane of a live rule (its position) or, for None, of the default target if there is one."""
        if match not in self._laid:
            self._laid[match] = self._to_default() if match is None else self._by_rule(self._config.live_rules[match])
        return self._laid[match]

    def due(self, lane: Lane, lead: RoutableLead, rep: Rep | None) -> datetime:
        """Return when the first touch of a lead is due, by the calendar of whoever has it, else the organisation's."""
        country = lead.country_calendar if lane.settings.timezone_aware else None
        key = (rep.id if rep else None, id(country))
        if key not in lane.dues:
            calendars = [rep.calendar if rep else self._office, *([country] if country else [])]
            lane.dues[key] = first_touch_due(self._now, lane.hours, calendars, self._config.policies.sla)
        return lane.dues[key]

    def to_owner(self, exclusion: Exclusion) -> Lane:
        """Return the lane of leads that an exclusion sends to their account's owner."""
        return Lane(
            rule=None,
            target=None,
            opening=f"It is on the list “{exclusion.name}”, which goes to the account's owner",
            hours=self._config.default_sla_hours,
            pool=None,
            algorithm=ROUND_ROBIN,
            exclusion=exclusion,
        )

    def _by_rule(self, rule: RoutingRule) -> Lane:
        target = self._as_named_then(rule.target)
        return Lane(
            rule=rule,
            target=target,
            opening=f"Rule “{rule.name}” sends it to {_described(target)}",
            hours=rule.sla_hours,
            pool=self._pool(target, rule),
            algorithm=find_algorithm(rule.algorithm),
            settings=rule.settings,
        )

    def _to_default(self) -> Lane | None:
        if self._config.default_target is None:
            return None
        target = self._as_named_then(self._config.default_target)
        return Lane(
            rule=None,
            target=target,
            opening=f"No rule matched, so it goes to the default, {_described(target)}",
            hours=self._config.default_sla_hours,
            pool=self._pool(target, None),
            algorithm=ROUND_ROBIN,
        )

    def _as_named_then(self, target: Target) -> Target:
        then = self._named_then
        return then if then and (target.kind, target.id) == (then.kind, then.id) else target

    def _pool(self, target: Target, rule: RoutingRule | None) -> Pool | None:
        return None if target.kind is TargetKind.QUEUE else self._roster.pool(pool_key(target, rule), target)


def _described(target: Target) -> str:
    match target.kind:
        case TargetKind.TEAM:
            return f"team {target.label}"
        case TargetKind.QUEUE:
            return f"queue {target.label}"
        case TargetKind.INDIVIDUAL:
            return target.label
