"""What leads look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from oppspot.core.text_shapes import KEY, NOT_BLANK, STORABLE
from oppspot.engagement.schemas import EventBody
from oppspot.leads import examples
from oppspot.leads.queries.details import OpenAssignment
from oppspot.leads.types import FundingStage, LeadStage, LeadStatus
from oppspot.qualification.schemas import ClaimBody
from oppspot.routing.priority import Priority

Short = Annotated[str, Field(max_length=500, pattern=STORABLE)]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
AttributeKey = Annotated[str, Field(pattern=KEY)]
MAX_BATCH = 1_000
_ID = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"


class CompanyBody(BaseModel):
    """What is known of the company; leave out what is not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Nordwind Logistik GmbH", "country": "DE", "employees": 240}]},
    )

    name: Short | None = None
    domain: Short | None = None
    registration_number: Short | None = None
    country: Short | None = None
    region: Short | None = None
    postcode: Short | None = None
    industry: Short | None = None
    sic_code: Short | None = None
    employees: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    annual_revenue: Number | None = None
    growth_rate: Number | None = None
    funding_stage: FundingStage | None = None
    credit_score: Annotated[int, Field(ge=0, le=100)] | None = None
    technologies: Annotated[list[Short], Field(max_length=200)] | None = None


class CompanyPatch(CompanyBody):
    """Changes to a company: values given replace, null clears, what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"region": "Bavaria", "postcode": "80331", "owner_id": _ID, "parent_id": None, "employees": 240}
            ]
        },
    )

    owner_id: UUID | None = Field(default=None, description="Who looks after the account: an active person, no viewer.")
    parent_id: UUID | None = Field(default=None, description="The company it belongs to.")


class _LeadFields(BaseModel):
    """What is said of a lead, whoever says it."""

    model_config = ConfigDict(extra="forbid")

    email: Short | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    title: Short | None = None
    phone: Short | None = None
    source: Short | None = None
    product_interest: Short | None = None
    external_id: Short | None = None
    country: Short | None = None
    region: Short | None = None
    postcode: Short | None = None
    company: CompanyBody | None = None
    attributes: Annotated[dict[AttributeKey, Any], Field(max_length=100)] = {}


class LeadBody(_LeadFields):
    """A raw lead. One of e-mail, external id, or a person's name with a company is needed; the rest is optional."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.LEAD]})

    claims: Annotated[list[ClaimBody], Field(max_length=100)] = []
    events: Annotated[list[EventBody], Field(max_length=500)] = []


_Row = Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/NewLead"})]


class BatchBody(BaseModel):
    """Up to 1,000 leads; each gets an answer of its own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"leads": [examples.LEAD]}]})

    # Read loosely here and strictly row by row, so that one bad lead does not refuse the others.
    leads: Annotated[list[_Row], Field(min_length=1, max_length=MAX_BATCH)]


class ScoreBody(BaseModel):
    """0-100 each; null is unknown."""

    overall: float | None
    fit: float | None
    engagement: float | None
    coverage: float
    band: str | None
    grade: str | None


class StandingBody(BaseModel):
    """What another framework that the lead holds says."""

    framework: str
    status: str
    overall_score: int | None


class QualificationBody(BaseModel):
    """What the lead's own framework says (`status`), why it is that one, and the verdict that counts."""

    framework: str
    reason: str
    status: str
    verdict: str
    overall_score: int | None
    coverage: float
    confidence: float
    next_review_date: date
    next_actions: list[str]
    also: list[StandingBody]


class OwnerBody(BaseModel):
    id: UUID
    name: str


class AssignmentBody(BaseModel):
    """Who has the lead, why, how much it matters, and by when it must be touched."""

    id: UUID
    owner: OwnerBody
    reason: str
    priority: Priority
    sla_due_at: datetime | None

    @classmethod
    def of(cls, held: OpenAssignment | None) -> Self | None:
        """Return what is told of an assignment; None where nobody has the lead."""
        if held is None:
            return None
        owner = OwnerBody(id=held.rep_id, name=held.rep_name)
        return cls(
            id=held.id, owner=owner, reason=held.reason, priority=Priority(held.priority), sla_due_at=held.sla_due_at
        )


class ProblemRow(BaseModel):
    path: str
    message: str
    accepted: str | None


class LeadAnswer(BaseModel):
    """The whole decision about a lead; `warnings` name what was said of it and left out, such as another's address."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ANSWER]})

    id: UUID
    status: str
    outcome: str
    reason: str
    score: ScoreBody
    qualification: QualificationBody
    assignment: AssignmentBody | None
    warnings: list[ProblemRow] = []


class BatchRow(BaseModel):
    """What became of one row of a batch: created or updated with the decision, or rejected with the problems."""

    index: int
    result: Literal["created", "updated", "rejected"]
    lead: LeadAnswer | None = None
    errors: list[ProblemRow] = []


class BatchAnswer(BaseModel):
    """One result per lead, in the order sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.BATCH_ANSWER]})

    created: int
    updated: int
    rejected: int
    results: list[BatchRow]


class LeadPatch(_LeadFields):
    """Changes to a lead: values given replace, null clears, what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Chief Operating Officer", "phone": None, "status": "working"}]},
    )

    status: LeadStatus | None = None
    stage: LeadStage | None = None


class LeadItem(BaseModel):
    """A lead in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str | None
    title: str | None
    company_id: UUID | None
    company: str | None
    source: str | None
    status: str
    stage: str
    outcome: str
    owner_id: UUID | None
    owner: str | None
    score: float | None
    fit: float | None
    engagement: float | None
    band: str | None
    grade: str | None
    bant_status: str | None
    bant_score: float | None
    bant_coverage: float | None
    framework: str
    verdict: str | None
    sla_due_at: datetime | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime


class LeadPage(BaseModel):
    items: list[LeadItem]
    next_cursor: str | None


class CompanyItem(BaseModel):
    """A company in a list, with how many leads it has."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str | None
    domain: str | None
    country: str | None
    industry: str | None
    employees: int | None
    leads: int
    created_at: datetime


class CompanyPage(BaseModel):
    items: list[CompanyItem]
    next_cursor: str | None


class CompanyAnswer(BaseModel):
    """Everything known of a company."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str | None
    domain: str | None
    registration_number: str | None
    country: str | None
    region: str | None
    postcode: str | None
    industry: str | None
    sic_code: str | None
    employees: int | None
    annual_revenue: float | None
    growth_rate: float | None
    funding_stage: str | None
    credit_score: int | None
    technologies: list[str] | None
    owner_id: UUID | None = Field(description="Who looks after the account.")
    parent_id: UUID | None = Field(description="The company it belongs to.")
    created_at: datetime
    updated_at: datetime


class QualificationSummaryBody(BaseModel):
    """The newest verdict, as copied onto the lead."""

    framework: str
    reason: str
    status: str
    verdict: str
    overall_score: float | None
    coverage: float
    confidence: float
    next_review_date: date
    also: list[StandingBody]


class LeadDetail(BaseModel):
    """Everything known of a lead, and the decisions about it."""

    id: UUID
    email: str | None
    first_name: str | None
    last_name: str | None
    title: str | None
    phone: str | None
    country: str | None
    region: str | None
    postcode: str | None
    source: str | None
    product_interest: str | None
    external_id: str | None
    attributes: dict[str, Any]
    status: str
    stage: str
    outcome: str
    reason: str
    company: CompanyAnswer | None
    score: ScoreBody
    qualification: QualificationSummaryBody
    assignment: AssignmentBody | None
    created_at: datetime
    updated_at: datetime


class NoteBody(BaseModel):
    """A note about a lead."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"body": "Called back; wants a second demo with finance."}]}
    )

    body: Annotated[str, Field(min_length=1, max_length=10_000, pattern=NOT_BLANK)]


class NoteAnswer(BaseModel):
    """A note as it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    author: str
    body: str
    created_at: datetime


class NotePage(BaseModel):
    items: list[NoteAnswer]
    next_cursor: str | None = None
