"""What a redistribution is asked for, what it looks at, and what it plans; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from oppspot.routing.types import RoutableLead


class ScopeKind(StrEnum):
    """Whose open leads are looked at: those of a team or of some reps are evened out, those of one rep given away."""

    TEAM = "team"
    REPS = "reps"
    LEAVES = "leaves"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for.

    `team_id` says which team, `rep_ids` which reps: for `leaves` and `away` the one who gives everything away, first of
    all to `cover_id`, if they can take it. Leads that were accepted stay unless `with_accepted`. What is still
    untouched at `returns_at` comes back by itself.
    """

    kind: ScopeKind
    team_id: UUID | None = None
    rep_ids: tuple[UUID, ...] = ()
    cover_id: UUID | None = None
    with_accepted: bool = False
    returns_at: datetime | None = None

    @property
    def empties(self) -> bool:
        """Whether somebody gives away all they have; otherwise loads are evened out."""
        return self.kind in (ScopeKind.LEAVES, ScopeKind.AWAY)


@dataclass(frozen=True, slots=True)
class HeldLead:
    """An open lead and who has it: `lead` as routing would take it, `units` what it counts for its holder now.

    `rule_id` is the rule it came by, None for one that was given by hand. `due_at` is when its first touch is due, None
    where that was made.
    """

    assignment_id: UUID
    lead: RoutableLead
    holder_id: UUID
    status: str
    units: int = 1
    rule_id: str | None = None
    due_at: datetime | None = None


class Holding(NamedTuple):
    """All that somebody has open: how many leads, and what they are worth as far as that is known (None: of none)."""

    leads: int = 0
    value: Decimal | None = None


class StayReason(StrEnum):
    """Why a lead cannot move."""

    ACCEPTED = "accepted"
    NAMED = "named"
    ACCOUNT = "account"
    OTHER_TEAM = "other_team"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Move:
    """One lead that goes from one to another, and why to them (a sentence); `units` is what it counts for them."""

    assignment_id: UUID
    lead_id: UUID
    from_id: UUID
    to_id: UUID
    status: str
    units: int
    heeds_limits: bool
    because: str


@dataclass(frozen=True, slots=True)
class Stay:
    """Leads of one person that cannot move for one reason; `because` says it in a sentence."""

    holder_id: UUID
    reason: StayReason
    because: str
    lead_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has open, before and after; `weight` is the share loads are compared by (0: not compared).

    `traits` are what decides whether they may get leads, apart from what they have open.
    """

    rep_id: UUID
    name: str
    weight: Decimal
    max_open: int | None
    traits: Mapping[str, Any]
    units_before: int
    units_after: int
    before: Holding
    after: Holding


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly loads lie, relative to weight.

    `fairness` is Jain's index of the loads and `value_fairness` of the values open (None: nobody has any). `gap` is
    between the fullest and the emptiest, in units for one full share; `imbalance` is that gap in percent of what the
    average share has. `count_gap` is in leads: from who has most above to who has most below their exact share.
    """

    fairness: float | None
    value_fairness: float | None
    gap: Fraction
    imbalance: float
    count_gap: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gives what to whom and why, what stays and why, and how everybody stands before and after."""

    scope: Scope
    config_hash: str
    moves: tuple[Move, ...]
    stays: tuple[Stay, ...]
    standings: tuple[Standing, ...]
    before: Evenness
    after: Evenness
