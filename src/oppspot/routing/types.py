"""What routing decides on and what it decides; decides nothing.

Leads, reps, teams and users are known by UUID; rules by the id they have in the configuration; queues by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal, NamedTuple
from uuid import UUID

from oppspot.calendars.types import ALWAYS_OPEN, Calendar
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.predicates import Predicate, compile_predicate
from oppspot.conditions.types import Condition, Field, leaves_of
from oppspot.routing.outcomes import FOLLOW_UPS, ActsNext, Outcome
from oppspot.routing.people import Rep, Seat
from oppspot.routing.policies import DEFAULT_POLICIES, NO_SETTINGS, Policies, RuleSettings, Territory
from oppspot.routing.priority import Priority
from oppspot.routing.sla import DEFAULT_SLA_HOURS
from oppspot.routing.stretches import NOBODY, FailedTest, Stretch
from oppspot.routing.territories import Atlas


class TargetKind(StrEnum):
    TEAM = "team"
    INDIVIDUAL = "individual"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a rule sends leads: `id` is a team's or a user's id, or a queue's name; `name` is for sentences."""

    kind: TargetKind
    id: UUID | str
    name: str = ""

    @property
    def label(self) -> str:
        return self.name or str(self.id)


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Leads that meet `condition` go to `target`; a lower `priority` number is asked first, equal ones by id."""

    id: str
    name: str
    priority: int
    condition: Condition
    target: Target
    algorithm: str = "round_robin"
    sla_hours: float = DEFAULT_SLA_HOURS
    enabled: bool = True
    settings: RuleSettings = NO_SETTINGS


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Leads that meet `condition` are not routed by rules: `action` is block or account_owner."""

    id: str
    name: str
    condition: Condition
    action: Literal["block", "account_owner"] = "block"


@dataclass(frozen=True)
class RoutingConfig:
    """One published version of the rules; keep it between batches, for it compiles its conditions once."""

    rules: tuple[RoutingRule, ...]
    version_hash: str
    default_target: Target | None = None
    default_sla_hours: float = DEFAULT_SLA_HOURS
    exclusions: tuple[Exclusion, ...] = ()
    territories: tuple[Territory, ...] = ()
    policies: Policies = DEFAULT_POLICIES

    @cached_property
    def live_rules(self) -> tuple[RoutingRule, ...]:
        """Return the enabled rules in the order they are asked."""
        return tuple(sorted((rule for rule in self.rules if rule.enabled), key=lambda rule: (rule.priority, rule.id)))

    @cached_property
    def index(self) -> RuleIndex:
        """Return the compiled conditions of `live_rules`."""
        return RuleIndex([rule.condition for rule in self.live_rules])

    @cached_property
    def questions(self) -> tuple[tuple[frozenset[str], Predicate], ...]:
        """Return, per live rule, the fields it asks about and its predicate, for the question why none matched."""
        return tuple(
            (frozenset(leaf.field.name for leaf in leaves_of(rule.condition)), compile_predicate(rule.condition))
            for rule in self.live_rules
        )

    @cached_property
    def exclusion_index(self) -> RuleIndex | None:
        """Return the compiled conditions of the exclusions; None if there are none."""
        return RuleIndex([each.condition for each in self.exclusions]) if self.exclusions else None

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Return every field the live rules and the exclusions ask about, by name."""
        conditions = [rule.condition for rule in self.live_rules] + [each.condition for each in self.exclusions]
        return MappingProxyType({leaf.field.name: leaf.field for item in conditions for leaf in leaves_of(item)})

    def settings_of(self, rule_id: str | None) -> RuleSettings:
        """Return the settings of a live rule; of none, and of one that is gone, those that ship."""
        return self._settings.get(rule_id or "", NO_SETTINGS)

    @cached_property
    def _settings(self) -> Mapping[str, RuleSettings]:
        return {rule.id: rule.settings for rule in self.live_rules}

    @cached_property
    def atlas(self) -> Atlas:
        """Return the territories, ready to be asked about leads."""
        return Atlas(self.territories)

    @cached_property
    def asks_for_accounts(self) -> bool:
        """Whether somebody's account decides: the corridor looks owners up only then."""
        return (
            any(rule.algorithm == "account_based" for rule in self.live_rules)
            or any(each.action == "account_owner" for each in self.exclusions)
            or any(name.startswith("account.") for name in self.fields)
        )

    @cached_property
    def asks_for_countries(self) -> bool:
        """Whether the business calendar of a lead's own country decides when it is due."""
        return any(rule.settings.timezone_aware for rule in self.live_rules)

    @cached_property
    def asks_for_outcomes(self) -> bool:
        """Whether what reps made of their leads decides."""
        return self.policies.fairness.algorithm == "performance_weighted" or any(
            rule.algorithm == "ai_optimized" for rule in self.live_rules
        )


class Unasked(NamedTuple):
    """What somebody who is no rep is called, and which of `NO_REPS` is true of them."""

    name: str
    why: FailedTest


class AccountOwner(NamedTuple):
    """Somebody a lead's company is the account of: `how` says through what, such as "owner of the parent company".

    `unasked` is set of whoever is no rep, so that the decision can name them; decisions of former times have none.
    """

    id: UUID
    how: str
    unasked: Unasked | None = None


@dataclass(frozen=True, slots=True)
class Office:
    """What holds for everybody: the organisation's own calendar, and the seat where the unassignable ends."""

    calendar: Calendar = ALWAYS_OPEN
    seat: Seat | None = None


NO_OFFICE: Final = Office()


@dataclass(frozen=True, slots=True)
class RoutableLead:
    """A lead to route: `facts` is its row for conditions, `score` its overall score (0 to 100), `value` in money.

    `previous_rep_ids` are those who had it and do not get it again. `account_owners` are asked in their order by
    `account_based`; `country_calendar` is the business calendar of the lead's own country. `may_stay` says that
    somebody has it who keeps it if nobody else may: the seat does not get it then, for its ladder goes on.
    `duplicate_of` and `blocked_by` (a reason that reads after "Blocked: ") are set by whoever found that out, so that
    every lead ends in the same list.
    """

    id: UUID
    facts: Mapping[str, object]
    score: float | None = None
    previous_rep_ids: frozenset[UUID] = frozenset()
    current_owner_id: UUID | None = None
    value: Decimal | None = None
    duplicate_of: UUID | None = None
    blocked_by: str | None = None
    account_owners: tuple[AccountOwner, ...] = ()
    country_calendar: Calendar | None = None
    may_stay: bool = False


class Asked(NamedTuple):
    """Somebody who was asked by name, outside turns, as they stood; `failed` is the test they failed.

    Also an owner of the account who could not be asked: `failed` is one of `NO_REPS` then, and `rep` but their name.
    """

    rep: Rep
    open_count: int
    given: int
    failed: FailedTest | None


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """What became of one lead and why; `candidates.candidates_of` gives everybody who was looked at.

    `owner_before` is the owner the lead came with, where that is one of the reps. `asked` are people asked by name:
    owners of the account before the pool, the seat after it. `units` is what the lead counts towards its owner's limit,
    `value` what it is worth. `starts_at` is when a new owner who is off now starts to work. `propensities` are, where
    chance decided, with what probability each could have got it, and `expected` what share of such leads each was
    expected to win.
    """

    lead_id: UUID
    outcome: Outcome
    reason: str
    priority: Priority
    config_hash: str
    next_check_at: datetime
    rule_id: str | None = None
    rule_name: str | None = None
    rep_id: UUID | None = None
    target: Target | None = None
    queue: str | None = None
    sla_due_at: datetime | None = None
    tie_break: str | None = None
    stretch: Stretch | None = None
    turn: int = 0
    owner_before: Rep | None = None
    asked: tuple[Asked, ...] = ()
    units: int = 1
    value: Decimal | None = None
    starts_at: datetime | None = None
    propensities: Mapping[UUID, float] = field(default_factory=dict)
    expected: Mapping[UUID, float] = field(default_factory=dict)

    @property
    def ledger(self) -> str | None:
        """The key of the ledger in which a turn was taken for it; None where nobody's turn moved."""
        stretch, team = self.stretch, self.target is not None and self.target.kind is TargetKind.TEAM
        return stretch.pool if stretch and team and stretch.turns[self.turn].member != NOBODY else None

    @property
    def team_id(self) -> UUID | None:
        """The team it was sent to, whoever of it got it, if anybody."""
        target = self.target
        return target.id if target and target.kind is TargetKind.TEAM and isinstance(target.id, UUID) else None

    @property
    def acts_next(self) -> ActsNext:
        return FOLLOW_UPS[self.outcome].acts_next


@dataclass(frozen=True, slots=True)
class FairnessLedger:
    """How each member of a pool stands; absent means 0, and both sum to 0.

    `credits` is what they are owed in turns, in `fairness.LEAD`s; `ahead` by how many leads they are ahead of their
    turns, because somebody preferred them.
    """

    pool: str
    credits: Mapping[UUID, int]
    ahead: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credit:
    """A ledger entry as it is after a batch, and how many leads the member was given in it."""

    pool: str
    rep_id: UUID
    amount: int
    ahead: int
    given: int


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """The decisions in the order of the leads, and every ledger entry and open count (in units) they change."""

    decisions: tuple[RoutingDecision, ...]
    credits: tuple[Credit, ...]
    open_count_changes: Mapping[UUID, int]
