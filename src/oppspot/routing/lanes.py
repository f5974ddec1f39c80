"""Works out, once per batch, where each rule leads: which pool or queue, by which algorithm, due when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oppspot.routing.algorithms import DEFAULT_ALGORITHM, Algorithm, Choice, find_algorithm
from oppspot.routing.fairness import Turns
from oppspot.routing.pools import Pool, Roster
from oppspot.routing.sla import sla_due_at
from oppspot.routing.types import FairnessScope, Rep, RoutableLead, RoutingConfig, RoutingRule, Target, TargetKind


def pool_key(target: Target, rule: RoutingRule | None = None) -> str:
    """Return the key of the ledger in which turns for `target` are kept."""
    key = f"{target.kind}:{target.id}"
    return f"{key}/rule:{rule.id}" if rule and rule.fairness_scope is FairnessScope.RULE else key


def pool_keys(config: RoutingConfig) -> tuple[str, ...]:
    """Return the keys of every ledger that routing by `config` may change, sorted (the order to lock them in)."""
    keys = {pool_key(rule.target, rule) for rule in config.live_rules if rule.target.kind is TargetKind.TEAM}
    if config.default_target and config.default_target.kind is TargetKind.TEAM:
        keys.add(pool_key(config.default_target))
    return tuple(sorted(keys))


@dataclass(frozen=True, slots=True)
class Lane:
    """Where leads go that met one rule, or none; `pool` is None for a queue."""

    rule: RoutingRule | None
    target: Target
    opening: str
    sla_due_at: datetime
    pool: Pool | None
    algorithm: Algorithm


class Lanes:
    """The lanes of one batch, each laid when first needed."""

    def __init__(self, config: RoutingConfig, roster: Roster, now: datetime, named_then: Target | None) -> None:
        self._config = config
        self._roster = roster
        self._now = now
        self._named_then = named_then
        self._laid: dict[int | None, Lane | None] = {}

    def lane(self, match: int | None) -> Lane | None:
        """Return the lane of a live rule (its position) or, for None, of the default target if there is one."""
        if match not in self._laid:
            self._laid[match] = self._to_default() if match is None else self._by_rule(self._config.live_rules[match])
        return self._laid[match]

    def _by_rule(self, rule: RoutingRule) -> Lane:
        target = self._as_named_then(rule.target)
        return Lane(
            rule=rule,
            target=target,
            opening=f"Rule “{rule.name}” sends it to {_described(target)}",
            sla_due_at=sla_due_at(self._now, rule.sla_hours),
            pool=self._pool(target, rule),
            algorithm=_algorithm(target, rule.algorithm),
        )

    def _to_default(self) -> Lane | None:
        if self._config.default_target is None:
            return None
        target = self._as_named_then(self._config.default_target)
        return Lane(
            rule=None,
            target=target,
            opening=f"No rule matched, so it goes to the default, {_described(target)}",
            sla_due_at=sla_due_at(self._now, self._config.default_sla_hours),
            pool=self._pool(target, None),
            algorithm=_algorithm(target, DEFAULT_ALGORITHM),
        )

    def _as_named_then(self, target: Target) -> Target:
        then = self._named_then
        return then if then and (target.kind, target.id) == (then.kind, then.id) else target

    def _pool(self, target: Target, rule: RoutingRule | None) -> Pool | None:
        return None if target.kind is TargetKind.QUEUE else self._roster.pool(pool_key(target, rule), target)


def _algorithm(target: Target, name: str) -> Algorithm:
    return _name_them if target.kind is TargetKind.INDIVIDUAL else find_algorithm(name)


def _name_them(_lead: RoutableLead, _eligible: Sequence[Rep], turns: Turns) -> Choice:
    return Choice(turns.take().position, "the one it names", None)


def _described(target: Target) -> str:
    match target.kind:
        case TargetKind.TEAM:
            return f"team {target.label}"
        case TargetKind.QUEUE:
            return f"queue {target.label}"
        case TargetKind.INDIVIDUAL:
            return target.label
