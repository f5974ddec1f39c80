"""Works out how every member of a pool stands, by the same tests, shares and turns that decide; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Final
from uuid import UUID

from oppspot.core import json
from oppspot.routing.algorithms import find_algorithm
from oppspot.routing.algorithms.round_robin import ROUND_ROBIN
from oppspot.routing.algorithms.skill_based import SKILL_BASED
from oppspot.routing.algorithms.territory import TERRITORY
from oppspot.routing.calibration import Seat
from oppspot.routing.capacity import units_of
from oppspot.routing.fairness import LEAD, shares_of, whole_weights
from oppspot.routing.lanes import pool_key
from oppspot.routing.loads import Load, Need
from oppspot.routing.people import Rep
from oppspot.routing.pools import Roster
from oppspot.routing.priority import Priority
from oppspot.routing.shares import weights_of
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import FairnessLedger, RoutingConfig, RoutingRule, Target
from oppspot.routing.upcoming import Place, next_turns, places_of

SHOWN_TURNS: Final = 10
# Somebody who fails one of these takes no turns at all, now or later, until that changes.
_OUT: Final = frozenset({FailedTest.INACTIVE, FailedTest.NOT_JOINED, FailedTest.NO_WEIGHT})


@dataclass(frozen=True, slots=True)
class PoolId:
    """A ledger: a team's, or, with `rule_id`, that of one rule's leads; `address` is how it is named in paths."""

    team_id: UUID
    rule_id: str | None = None

    @property
    def key(self) -> str:
        return f"team:{self.team_id}" + (f"/rule:{self.rule_id}" if self.rule_id is not None else "")

    @property
    def address(self) -> str:
        return str(self.team_id) + (f"~{self.rule_id}" if self.rule_id is not None else "")


def read_key(key: str) -> PoolId:
    """Return the ledger a key names."""
    team, _, rule = key.removeprefix("team:").partition("/rule:")
    return PoolId(UUID(team), rule or None)


def read_address(address: str) -> PoolId | None:
    """Return the ledger an address names; None when it is none."""
    team, _, rule = address.partition("~")
    try:
        return PoolId(UUID(team), rule or None)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """One member: the test that stands in the way now (None: in turn), and what they are owed.

    `portion` is their part of the pool's leads while everybody is there, `share` of the next lead (0: sits out);
    `ahead` says by how many leads they are ahead of their turns, `opens` when they start to work if they are off now.
    """

    rep: Rep
    failed: FailedTest | None
    weight: int
    portion: float
    share: int
    credit: int
    ahead: int
    place: Place | None
    opens: datetime | None

    @property
    def owed(self) -> float:
        """What they are owed, in leads."""
        return self.credit / LEAD

    @property
    def takes_turns(self) -> bool:
        return self.failed not in _OUT


@dataclass(frozen=True)
class PoolStanding:
    """A pool as it is now; `rules` send leads to it, the first of them says by what shares."""

    id: PoolId
    name: str
    rules: tuple[RoutingRule, ...]
    is_default: bool
    by_weight: bool
    band: int
    members: tuple[MemberStanding, ...]

    @property
    def in_use(self) -> bool:
        return bool(self.rules) or self.is_default

    @property
    def narrowed_by(self) -> tuple[str, ...]:
        """By what rules leave some of the members out, lead by lead: "territory", "skills"."""
        algorithms = {rule.algorithm for rule in self.rules}
        needy = {rule.algorithm for rule in self.rules if rule.settings.skill_matching.required}
        narrowed = [("territory", TERRITORY.name in algorithms), ("skills", SKILL_BASED.name in needy)]
        return tuple(by for by, does in narrowed if does)

    @cached_property
    def eligible(self) -> tuple[int, ...]:
        """The places among the members of those who are in turn now."""
        return tuple(place for place, member in enumerate(self.members) if member.failed is None)

    @cached_property
    def next(self) -> tuple[MemberStanding, ...]:
        """Whose the next turns are if everybody stays as they are."""
        members = [self.members[place] for place in self.eligible]
        owed, shares = [each.credit for each in members], [each.share for each in members]
        return tuple(members[position] for position in next_turns(owed, shares, SHOWN_TURNS))

    def member(self, rep_id: UUID | None) -> MemberStanding | None:
        """Return one member; None for who is not in the pool."""
        return next((each for each in self.members if each.rep.id == rep_id), None)

    def seats(self) -> list[Seat]:
        """Return the members as calibration takes them."""
        return [Seat(each.rep.id, each.credit, each.weight if each.takes_turns else 0) for each in self.members]

    def before(self, member: MemberStanding) -> list[MemberStanding]:
        """Return who comes before a member, the next first."""
        return [self.members[self.eligible[each]] for each, _ in member.place.before] if member.place else []

    @cached_property
    def fingerprint(self) -> str:
        """What changes whenever a credit or the members do."""
        return sha256(json.canonical({str(each.rep.id): each.credit for each in self.members})).hexdigest()[:16]


def stand(
    pool: PoolId,
    config: RoutingConfig,
    reps: Sequence[Rep],
    ledger: FairnessLedger | None,
    target: Target,
    now: datetime,
) -> PoolStanding:
    """Return how the members of a pool stand for the next ordinary lead, whatever their hours."""
    rules = tuple(rule for rule in config.live_rules if pool_key(rule.target, rule) == pool.key)
    default = config.default_target
    leading = rules[0] if rules else None
    algorithm = find_algorithm(leading.algorithm) if leading else ROUND_ROBIN
    roster = Roster(reps, {pool.key: ledger} if ledger else {}, config.policies, now)
    kept = roster.pool(pool.key, target)
    need = Need(
        tried=frozenset(),
        units=units_of(Priority.MEDIUM, config.policies.capacity),
        heeds_limits=leading.settings.capacity_planning if leading else True,
        heeds_hours=False,
        by_weight=algorithm.by_weight,
        screened=None,
    )
    eligible = kept.prepare(need, lambda _: None)
    failed, owed = kept.failed(), kept.stretch.credits
    weights = whole_weights(weights_of(kept.reps, config.policies.fairness, by_weight=algorithm.by_weight))
    shares = shares_of([weights[place] for place in eligible]) if eligible else ()
    share_of = dict(zip(eligible, shares, strict=True))
    places = dict(zip(eligible, places_of([owed[place] for place in eligible], shares), strict=True))
    whole = sum(weight for weight, test in zip(weights, failed, strict=True) if test not in _OUT)
    members = tuple(
        MemberStanding(
            rep=load.rep,
            failed=failed[place],
            weight=weights[place],
            portion=weights[place] / whole if failed[place] not in _OUT else 0.0,
            share=share_of.get(place, 0),
            credit=owed[place],
            ahead=kept.ahead[place],
            place=places.get(place),
            opens=_opens(load, now),
        )
        for place, load in enumerate(kept.loads)
    )
    return PoolStanding(
        id=pool,
        name=target.label + (f" · {_rule_name(config, pool.rule_id)}" if pool.rule_id else ""),
        rules=rules,
        is_default=default is not None and pool_key(default) == pool.key,
        by_weight=algorithm.by_weight,
        band=_band(rules, config),
        members=members,
    )


def _band(rules: Sequence[RoutingRule], config: RoutingConfig) -> int:
    """Return by how many leads preferences may put somebody ahead: 0 where nothing prefers anybody."""
    balances = config.policies.fairness.algorithm == "value_balanced"
    prefer = (rule for rule in rules if balances or find_algorithm(rule.algorithm).prefer)
    return max((rule.settings.band for rule in prefer), default=0)


def _opens(load: Load, now: datetime) -> datetime | None:
    return load.opens if load.opens != now else None


def _rule_name(config: RoutingConfig, rule_id: str) -> str:
    return next((rule.name for rule in config.rules if rule.id == rule_id), rule_id)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody was given in the window: leads, and the value of those whose value is known (None: of none)."""

    leads: int = 0
    value: Decimal | None = None


NOTHING: Final = Given()


def amounts(standing: PoolStanding, given: Mapping[UUID, Given]) -> tuple[list[int], list[Decimal], list[int]]:
    """Return leads, values and weights of those who take turns, for measures of fairness."""
    members = [each for each in standing.members if each.takes_turns]
    found = [given.get(each.rep.id, NOTHING) for each in members]
    return (
        [each.leads for each in found],
        [each.value or Decimal(0) for each in found],
        [each.weight for each in members],
    )
