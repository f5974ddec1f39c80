"""What decisions look like on the wire: a list of them, one with all it was taken on, one taken again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.core.text_shapes import SOME
from oppspot.routing.ladders import LadderAction
from oppspot.routing.outcomes import Outcome
from oppspot.routing.priority import Priority
from oppspot.routing.queries.decision_list import PAGE, DecisionFilter

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=SOME)]


class DecisionQuery(BaseModel):
    """How a list of decisions is narrowed and paged."""

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[list[Outcome], Field(max_length=len(Outcome))] = []
    rep_id: UUID | None = Field(None, description="Who got the lead, or kept it.")
    team_id: UUID | None = Field(None, description="The team it was sent to, whoever of it got it, if anybody.")
    rule_id: Text | None = None
    lead_id: UUID | None = None
    decided_after: AwareDatetime | None = None
    decided_before: AwareDatetime | None = None
    q: Text | None = Field(None, description="Words that start like this in the lead's name, address or company.")
    limit: Annotated[int, Field(ge=1, le=200)] = PAGE
    cursor: Annotated[str, Field(max_length=500)] | None = None

    @property
    def filter(self) -> DecisionFilter:
        given = self.model_dump(exclude={"limit", "cursor", "outcome"})
        return DecisionFilter(**given, outcome=tuple(self.outcome))


class DecisionItem(BaseModel):
    """One decision in a list; `GET /api/routing/decisions/{id}` has everything it was taken on."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: datetime
    lead_id: UUID
    lead_name: str
    company: str | None
    outcome: Outcome
    rep_id: UUID | None
    rep_name: str | None
    team_id: UUID | None
    team_name: str | None
    queue: str | None
    rule_id: str | None
    rule_name: str | None
    reason: str
    config_version: int
    next_check_at: datetime | None


class DecisionPage(BaseModel):
    """A page of decisions, newest first."""

    items: list[DecisionItem]
    next_cursor: str | None


class CandidateAnswer(BaseModel):
    """One person who was looked at: the test they failed, or their rank in turn.

    Credit, share and `ahead` (of their turns) are in leads. `by_name`: asked as an owner of the account, or as whoever
    has the seat, outside turns; an owner who is no rep has a `failed_test` of `no_working_profile`, `no_longer_here` or
    `viewer`. Where chance decided, `probability` (0 to 1) is that with which they could have got the
    lead, null for whom the band left out, and `expected` the share of such leads they were expected to win (0 to 1).
    """

    rep_id: UUID
    name: str
    eligible: bool
    failed_test: str | None
    rank: int | None
    by_name: bool
    credit_before: float
    ahead: int
    share: float
    open_count: int
    max_open: int | None
    probability: float | None
    expected: float | None


class RungAnswer(BaseModel):
    """What happens to a lead that nobody touches: after how much time that counts, and how long after that again."""

    after_seconds: float
    action: LadderAction
    repeat_seconds: float | None


class DecisionAnswer(BaseModel):
    """A decision with everything it was taken on.

    `algorithm` and `band` (leads) are the rule's of that version, null where no rule decided. `probability` is that
    with which whoever got the lead could have got it, null where chance did not decide. `sla_due_at` is when the first
    touch was due, null where nobody was to make one; `escalation_path` is what that version does until there is one.
    """

    id: UUID
    lead_id: UUID
    at: datetime
    outcome: str
    rep_id: UUID | None
    queue: str | None
    rule_id: str | None
    rule_name: str | None
    algorithm: str | None
    band: int | None
    probability: float | None
    priority: Priority
    sla_due_at: datetime | None
    escalation_path: list[RungAnswer]
    reason: str
    tie_break: str | None
    config_version: int
    config_hash: str
    facts: dict[str, Any]
    candidates: list[CandidateAnswer]
    next_check_at: datetime | None


class ReplayAnswer(BaseModel):
    """Whether taking the decision again, from its stored inputs, gives the same answer."""

    same: bool
    differences: list[str]
    outcome: str
    rep_id: UUID | None
    reason: str
