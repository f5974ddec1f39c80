"""What routing looks like on the wire."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from oppspot.conditions.documents import ConditionDocument
from oppspot.core.errors import FieldProblem
from oppspot.core.text_shapes import STORABLE
from oppspot.routing.algorithms import ALGORITHMS, DEFAULT_ALGORITHM
from oppspot.routing.documents import LAST_PLACE, TargetDocument
from oppspot.routing.plan_shapes import Actions, Advanced
from oppspot.routing.policies import Name, Reason, RuleSettings, SlaHours
from oppspot.routing.sla import DEFAULT_SLA_HOURS
from oppspot.web.forms import BLANK_IS_NONE
from oppspot.web.validation import refusal

_FLAT_EXAMPLE: dict[str, Any] = {
    "name": "Warm software companies of the north",
    "priority": 20,
    "conditions": {
        "score_range": {"min": 60, "max": 100},
        "company_size": ["51-200", "201-500"],
        "industry": ["Software"],
        "geography": ["DE", "DK"],
        "engagement_level": "high",
        "qualification_framework": "BANT",
    },
    "actions": {"assign_to": "queue", "assignment_target": "Warm leads", "sla_hours": 2, "auto_followup": True},
    "advanced": {"working_hours_only": True, "holiday_handling": "next_available"},
}


def _known_algorithm(name: str) -> str:
    if name not in ALGORITHMS:
        raise refusal(FieldProblem("", f'there is no algorithm "{name}"', f"one of {', '.join(sorted(ALGORITHMS))}"))
    return name


AlgorithmName = Annotated[str, AfterValidator(_known_algorithm), Field(json_schema_extra={"enum": sorted(ALGORITHMS)})]

RULE_EXAMPLE: Final[dict[str, Any]] = {
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

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [RULE_EXAMPLE]})

    name: Name
    description: Annotated[str, Field(max_length=2000, pattern=STORABLE)] = ""
    priority: Annotated[int, Field(ge=0, le=LAST_PLACE)] = 100
    is_active: bool = True
    conditions: ConditionDocument = {"all": []}
    routing_algorithm: AlgorithmName = DEFAULT_ALGORITHM
    assignment_target: TargetDocument
    sla_hours: SlaHours = DEFAULT_SLA_HOURS
    settings: RuleSettings = RuleSettings()


class FlatRuleBody(BaseModel):
    """A rule in the other shape: conditions by name, what happens in `actions`, hours and skills in `advanced`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FLAT_EXAMPLE]})

    name: Name
    description: Annotated[str, Field(max_length=2000, pattern=STORABLE)] = ""
    priority: Annotated[int, Field(ge=0, le=LAST_PLACE)] = 100
    is_active: bool = True
    conditions: ConditionDocument = {}
    routing_algorithm: AlgorithmName = DEFAULT_ALGORITHM
    actions: Actions
    advanced: Advanced = Advanced()


def _shape_of(body: Any) -> str:
    return "(flat)" if isinstance(body, dict) and body.keys() & {"actions", "advanced"} else "(rule)"


# Tags in parentheses are no fields: problems leave them out.
AnyRuleBody = Annotated[
    Annotated[RuleBody, Tag("(rule)")] | Annotated[FlatRuleBody, Tag("(flat)")],
    Discriminator(_shape_of),
    Field(json_schema_extra={"examples": [RULE_EXAMPLE, _FLAT_EXAMPLE]}),
]


class RuleAnswer(RuleBody):
    """A rule with its id."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"id": "0199c1a2-9d04-7aa1-b6f3-1c2d3e4f5a6b", **RULE_EXAMPLE}]},
    )

    id: str


class RuleList(BaseModel):
    """The live rules in the order they are asked, what happens when none matches, and their version."""

    version: int
    items: list[RuleAnswer]
    default_target: TargetDocument | None
    default_sla_hours: float


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
                    "over_limit": False,
                }
            ]
        },
    )

    lead_id: UUID
    rep_id: UUID | None = None
    reason: Annotated[str, Field(max_length=500, pattern=STORABLE)] = ""
    # Whether the person may get it although one of their limits stands against it.
    over_limit: bool = False


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

    reason: Reason


class CompleteBody(BaseModel):
    """What came of a lead."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "qualified"}]})

    outcome: Literal["qualified", "nurturing", "disqualified", "converted"]


class GiveForm(BaseModel):
    """Who gets a lead; nobody named means that routing decides."""

    model_config = ConfigDict(extra="forbid")

    rep_id: Annotated[UUID | None, BLANK_IS_NONE] = None
    reason: Annotated[str, Field(max_length=500, pattern=STORABLE)] = ""
    # Of whom it was said that they may get it over their limit; somebody else has to be said so again.
    over_limit_of: Annotated[UUID | None, BLANK_IS_NONE] = None
