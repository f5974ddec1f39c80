"""What leads look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from oppspot.engagement.schemas import EventBody
from oppspot.leads.types import FundingStage
from oppspot.qualification.schemas import ClaimBody

Short = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
AttributeKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
MAX_BATCH = 1_000


class CompanyBody(BaseModel):
    """What is known of the company; leave out what is not."""

    model_config = ConfigDict(extra="forbid")

    name: Short | None = None
    domain: Short | None = None
    registration_number: Short | None = None
    country: Short | None = None
    industry: Short | None = None
    sic_code: Short | None = None
    employees: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    annual_revenue: Number | None = None
    growth_rate: Number | None = None
    funding_stage: FundingStage | None = None
    credit_score: Annotated[int, Field(ge=0, le=100)] | None = None
    technologies: Annotated[list[Short], Field(max_length=200)] | None = None


_EXAMPLE: JsonDict = {
    "email": "ada.keller@nordwind-logistik.example",
    "first_name": "Ada",
    "last_name": "Keller",
    "title": "Head of Operations",
    "source": "webinar",
    "product_interest": "routing",
    "company": {"name": "Nordwind Logistik GmbH", "country": "DE", "industry": "Logistics", "employees": 240},
    "claims": [{"key": "budget.range", "value": "50k_100k", "source": "form"}],
}


class LeadBody(BaseModel):
    """A raw lead. One of e-mail, external id, or a person's name with a company is needed; the rest is optional."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    email: Short | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    title: Short | None = None
    phone: Short | None = None
    source: Short | None = None
    product_interest: Short | None = None
    external_id: Short | None = None
    country: Short | None = None
    company: CompanyBody | None = None
    attributes: Annotated[dict[AttributeKey, Any], Field(max_length=100)] = {}
    claims: Annotated[list[ClaimBody], Field(max_length=100)] = []
    events: Annotated[list[EventBody], Field(max_length=500)] = []


class BatchBody(BaseModel):
    """Up to 1,000 leads; each gets an answer of its own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"leads": [_EXAMPLE]}]})

    # Read loosely here and strictly row by row, so that one bad lead does not refuse the others.
    leads: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MAX_BATCH)]


class ScoreBody(BaseModel):
    """0-100 each; null is unknown."""

    overall: float | None
    fit: float | None
    engagement: float | None
    coverage: float
    band: str | None
    grade: str | None


class QualificationBody(BaseModel):
    """What the framework says."""

    framework: str
    status: str
    overall_score: int | None
    coverage: float
    confidence: float
    next_review_date: date
    next_actions: list[str]


class OwnerBody(BaseModel):
    id: UUID
    name: str


class AssignmentBody(BaseModel):
    """Who has the lead, why, and by when it must be touched."""

    id: UUID
    owner: OwnerBody
    reason: str
    sla_due_at: datetime | None


class LeadAnswer(BaseModel):
    """The whole decision about a lead."""

    id: UUID
    status: str
    outcome: str
    reason: str
    score: ScoreBody
    qualification: QualificationBody
    assignment: AssignmentBody | None


class ProblemRow(BaseModel):
    path: str
    message: str
    accepted: str | None


class BatchRow(BaseModel):
    """What became of one row of a batch: created or updated with the decision, or rejected with the problems."""

    index: int
    result: Literal["created", "updated", "rejected"]
    lead: LeadAnswer | None = None
    errors: list[ProblemRow] = []


class BatchAnswer(BaseModel):
    """One result per lead, in the order sent."""

    created: int
    updated: int
    rejected: int
    results: list[BatchRow]
