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
from typing import Final
from uuid import UUID

from oppspot.conditions.index import RuleIndex
from oppspot.conditions.predicates import Predicate, compile_predicate
from oppspot.conditions.types import Condition, Field, leaves_of
from oppspot.routing.outcomes import FOLLOW_UPS, ActsNext, Outcome
from oppspot.routing.priority import Priority
from oppspot.routing.sla import DEFAULT_SLA_HOURS


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


class FairnessScope(StrEnum):
    """Over which leads turns are counted: all that reach the team, or those of one rule."""

    TEAM = "team"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Leads that meet `condition` go to `target`; a lower `priority` number is asked first, equal ones by id.

    `settings["fairness_scope"]` is a FairnessScope: "team" (the default) keeps the team's totals even, "rule"
    keeps the leads of this rule even, so that nobody's turn falls on all the hot ones.
    """

    id: str
    name: str
    priority: int
    condition: Condition
    target: Target
    algorithm: str = "round_robin"
    sla_hours: float = DEFAULT_SLA_HOURS
    enabled: bool = True
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def fairness_scope(self) -> FairnessScope:
        return FairnessScope(str(self.settings.get("fairness_scope", FairnessScope.TEAM)))


@dataclass(frozen=True)
class RoutingConfig:
    """One published version of the rules; keep it between batches, for it compiles its conditions once."""

    rules: tuple[RoutingRule, ...]
    version_hash: str
    default_target: Target | None = None
    default_sla_hours: float = DEFAULT_SLA_HOURS

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
    def fields(self) -> Mapping[str, Field]:
        """Return every field the live rules ask about, by name: the only facts routing depends on."""
        asked = (leaf.field for rule in self.live_rules for leaf in leaves_of(rule.condition))
        return MappingProxyType({field.name: field for field in asked})


MAX_WEIGHT: Final = 1000
MIN_WEIGHT: Final = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Rep:
    """A person who can be given leads, as they are now.

    `weight` is their share relative to colleagues (1 is a full share, 0 means never by routing).
    `active` is False once the account is closed; `available` is False while paused or away.
    """

    id: UUID
    name: str
    team_ids: frozenset[UUID] = frozenset()
    weight: Decimal | int = 1
    max_open: int | None = None
    open_count: int = 0
    available: bool = True
    active: bool = True
    skills: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.weight != 0 and not MIN_WEIGHT <= self.weight <= MAX_WEIGHT:
            raise ValueError(f"The weight of {self.name} is {self.weight}; it must be 0 or from 0.001 to 1000.")


@dataclass(frozen=True, slots=True)
class RoutableLead:
    """A lead to route: `facts` is its row for conditions, `score` its overall score (0 to 100), `value` in money.

    `previous_rep_ids` are those who had it and do not get it again. `duplicate_of` and `blocked_by` (a reason
    that reads after "Blocked: ") are set by whoever found that out, so that every lead ends in the same list.
    """

    id: UUID
    facts: Mapping[str, object]
    score: float | None = None
    previous_rep_ids: frozenset[UUID] = frozenset()
    current_owner_id: UUID | None = None
    value: Decimal | None = None
    duplicate_of: UUID | None = None
    blocked_by: str | None = None


class FailedTest(StrEnum):
    """Why a member of a pool could not be given a lead, in the order the tests are made."""

    INACTIVE = "inactive"
    NO_WEIGHT = "no_weight"
    ALREADY_TRIED = "already_tried"
    UNAVAILABLE = "unavailable"
    AT_CAPACITY = "at_capacity"


NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of decisions in one pool during which the same members were eligible.

    Decisions share it and know their turn in it, so that a batch keeps one table instead of one per lead.
    The tuples have one item per member, as they stood before the first turn; `shares` is 0 for the ineligible.
    `picks` and `arrivals` grow while the batch runs and are complete when it ends.
    """

    pool: str
    reps: tuple[Rep, ...]
    failed: tuple[FailedTest | None, ...]
    credits: tuple[int, ...]
    open_counts: tuple[int, ...]
    shares: tuple[int, ...]
    # The member who got the lead at each turn, or NOBODY.
    picks: list[int] = field(default_factory=list)
    # (turn, member): leads that other pools gave to a member before that turn.
    arrivals: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One member at the moment of a decision; `rank` is 1 for whoever's turn it was, None for the ineligible."""

    rep_id: UUID
    name: str
    eligible: bool
    failed_test: FailedTest | None
    credit_before: int
    share: int
    open_count: int
    max_open: int | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """What became of one lead and why; `candidates.candidates_of` gives everybody who was looked at.

    `owner_before` is the owner the lead came with, where that is one of the reps.
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

    @property
    def acts_next(self) -> ActsNext:
        return FOLLOW_UPS[self.outcome].acts_next


@dataclass(frozen=True, slots=True)
class FairnessLedger:
    """What each member of a pool is owed, in `fairness.LEAD`s; absent means 0, the sum is 0."""

    pool: str
    credits: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Credit:
    """A ledger entry as it is after a batch, and how many leads the member was given in it."""

    pool: str
    rep_id: UUID
    amount: int
    given: int


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """The decisions in the order of the leads, and every ledger entry and open count they change."""

    decisions: tuple[RoutingDecision, ...]
    credits: tuple[Credit, ...]
    open_count_changes: Mapping[UUID, int]
