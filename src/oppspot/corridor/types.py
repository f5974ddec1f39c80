"""What travels through the corridor: a lead's whole state in memory, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from oppspot.core.errors import FieldProblem
from oppspot.engagement.types import EngagementEvent, ToldActs
from oppspot.leads.account_facts import AccountFacts
from oppspot.leads.types import LeadInput
from oppspot.qualification.selection import Selected
from oppspot.qualification.standings import Standing
from oppspot.qualification.types import Assessment, Claim
from oppspot.routing.priority import Priority
from oppspot.routing.types import RoutingDecision
from oppspot.scoring.types import LeadScore


@dataclass(frozen=True, slots=True)
class Intake:
    """One checked raw lead with its claims and events in their features' own types."""

    lead: LeadInput
    claims: tuple[Claim, ...] = ()
    events: tuple[EngagementEvent, ...] = ()
    # Told by a source that tells it again each time; only what is not known yet becomes an event.
    acts: tuple[ToldActs, ...] = ()


@dataclass(frozen=True, slots=True)
class RoutingState:
    """What routing must know of a lead that was here before."""

    is_open: bool = False
    previous_rep_ids: frozenset[UUID] = frozenset()
    # Whether the clock of its first touch runs, or stands still.
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class Disputed:
    """A value that says who a lead or its company is, brought by an input although it is another's."""

    path: str  # e.g. "company.registration_number"
    value: str
    holder: str  # "lead" or "company"
    holder_id: UUID


@dataclass(slots=True)
class LeadState:
    """A lead as it is being carried through: rows as dicts by column, facts, and the decisions so far."""

    id: UUID
    lead: dict[str, Any]
    contact: dict[str, Any]
    company: dict[str, Any] | None
    is_new: bool
    claims: list[Claim] = field(default_factory=list)
    # When it was last assessed or the newest of its claims and events recorded, whichever came later.
    heard_until: datetime | None = None
    # What was claimed about its company, and so about every lead of it.
    company_claims: list[Claim] = field(default_factory=list)
    events: list[EngagementEvent] = field(default_factory=list)
    new_claims: list[Claim] = field(default_factory=list)
    new_events: list[EngagementEvent] = field(default_factory=list)
    routing: RoutingState = RoutingState()
    # What its company is as an account; None when it has none, or when nothing that decides asks (corridor/accounts).
    account: AccountFacts | None = None
    # Columns that changed, by row, for the timeline and for undo: {"lead.source": ["old", "new"]}.
    changes: dict[str, list[Any]] = field(default_factory=dict)
    # What this batch said of it that is another's, and that nobody has been told yet.
    disputed: list[Disputed] = field(default_factory=list)
    # The row as it was before this batch; None for a new lead.
    before: dict[str, Any] | None = None
    score: LeadScore | None = None
    selected: Selected | None = None
    # By framework, the lead's own first.
    assessments: dict[str, Assessment] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    decision: RoutingDecision | None = None
    decision_id: UUID | None = None
    decision_record: dict[str, Any] | None = None
    assignment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why leads entered the corridor; stands in score history and the timeline."""

    name: str  # e.g. "api", "import", "claim", "edit", "config", "sweep"
    import_id: UUID | None = None
    # True while history is made up or brought in: nobody is told of leads of long ago.
    is_quiet: bool = False
    # True while it is only asked who else could have leads: whoever has them keeps what nobody else may have.
    may_stay: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ScoreSummary:
    overall: Decimal | None
    fit: Decimal | None
    engagement: Decimal | None
    coverage: Decimal
    band: str | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class QualificationSummary:
    framework: str
    reason: str
    status: str
    verdict: str
    overall_score: int | None
    coverage: float
    confidence: float
    next_review_date: Any
    next_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssignmentSummary:
    id: UUID
    owner: Owner
    reason: str
    priority: Priority
    sla_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeadResult:
    """The whole decision about one lead, as the API answers it."""

    id: UUID
    created: bool
    status: str
    outcome: str
    reason: str
    score: ScoreSummary
    qualification: QualificationSummary
    assignment: AssignmentSummary | None
    company_id: UUID | None = None
    # What this batch changed, {"lead.source": ["old", "new"]}: an import keeps it to be undone.
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    # By every framework it holds, its own first.
    standings: tuple[Standing, ...] = ()
    # Whether this batch brought claims or events.
    has_new_facts: bool = False
    # What this input said that was left out, and why.
    warnings: tuple[FieldProblem, ...] = ()

    def again(self) -> "LeadResult":
        """Return the same decision for a later input about the same lead: it created nothing."""
        return replace(self, created=False)
