"""What routing looks like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from oppspot.routing.documents import Name, RuleSettings, SlaHours, TargetDocument
from oppspot.routing.sla import DEFAULT_SLA_HOURS

_RULE_EXAMPLE: dict[str, Any] = {
    "name": "Large software companies to the enterprise team",
    "priority": 10,
    "conditions": {
        "all": [
            {"field": "company.industry", "op": "eq", "value": "Software"},
            {"field": "company.employees", "op": "gte", "value": 500},
        ],
    },
    "assignment_target": {"type": "team", "id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"},
    "sla_hours": 1,
}


class RuleBody(BaseModel):
    """A rule: leads that meet the conditions go to the target. Lower priorities are asked first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_RULE_EXAMPLE]})

    name: Name
    description: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = 100
    is_active: bool = True
    conditions: dict[str, Any] = {"all": []}
    routing_algorithm: Literal["round_robin"] = "round_robin"
    assignment_target: TargetDocument
    sla_hours: SlaHours = DEFAULT_SLA_HOURS
    settings: RuleSettings = RuleSettings()


class RuleAnswer(RuleBody):
    """A rule with its id."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"id": "0199c1a2-9d04-7aa1-b6f3-1c2d3e4f5a6b", **_RULE_EXAMPLE}]},
    )

    id: str


class RuleList(BaseModel):
    """The live rules in the order they are asked, and their version."""

    version: int
    items: list[RuleAnswer]


class OrderBody(BaseModel):
    """All rules' ids in the order they are to be asked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"rule_ids": ["0199c1a2-9d04-7aa1-b6f3-1c2d3e4f5a6b", "0199c1a2-a1b2-7c3d-8e4f-5a6b7c8d9e0f"]}]
        },
    )

    rule_ids: Annotated[list[Name], Field(max_length=2000)]


class AssignBody(BaseModel):
    """A lead to give: to a named person, or to whoever routing picks."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lead_id": "01a21531-8e5e-702c-b2f4-de7497db3546",
                    "rep_id": "01a21531-91aa-7d02-8c5e-2b1f0a77c1de",
                    "reason": "Knows the account",
                }
            ]
        },
    )

    lead_id: UUID
    rep_id: UUID | None = None
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class TakeBody(BaseModel):
    """Who takes a lead from its queue; left out, whoever asks."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"rep_id": "01a21531-91aa-7d02-8c5e-2b1f0a77c1de"}]}
    )

    rep_id: UUID | None = None


class QueueAnswer(BaseModel):
    """What lies in a queue; the leads themselves are at `GET /api/leads?queue=NAME&sort=due`."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    waiting: int
    overdue: int
    next_due_at: datetime | None


class QueueList(BaseModel):
    """The queues in which something lies, the one with the most urgent lead first."""

    items: list[QueueAnswer]


class RejectBody(BaseModel):
    """Why a lead is handed back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Out of my region"}]})

    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]


class CompleteBody(BaseModel):
    """What came of a lead."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "qualified"}]})

    outcome: Literal["qualified", "nurturing", "disqualified", "converted"]


class CandidateAnswer(BaseModel):
    """One person who was looked at: the test they failed, or their rank in turn. Credit and share are in leads."""

    rep_id: UUID
    name: str
    eligible: bool
    failed_test: str | None
    rank: int | None
    credit_before: float
    share: float
    open_count: int
    max_open: int | None


class DecisionAnswer(BaseModel):
    """A decision with everything it was taken on."""

    id: UUID
    lead_id: UUID
    at: datetime
    outcome: str
    rep_id: UUID | None
    queue: str | None
    rule_id: str | None
    rule_name: str | None
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


class GiveForm(BaseModel):
    """Who gets a lead; nobody named means that routing decides."""

    model_config = ConfigDict(extra="forbid")

    rep_id: Annotated[UUID | None, BeforeValidator(lambda value: value or None)] = None
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
