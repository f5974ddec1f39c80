"""Leads: listed, read, changed."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import SOME
from oppspot.corridor.answers import answer
from oppspot.corridor.attributes import declarations_of
from oppspot.corridor.editing import edit_lead
from oppspot.leads.filters import ClockState, LeadFilter, LeadSort
from oppspot.leads.queries.details import LeadWhole, get_lead
from oppspot.leads.queries.lists import list_leads
from oppspot.leads.schemas import AssignmentBody, CompanyAnswer, LeadAnswer, LeadDetail, LeadItem, LeadPage, LeadPatch
from oppspot.leads.types import LeadStage, LeadStatus
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/leads", tags=["leads"])
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=SOME)]


class LeadQuery(BaseModel):
    """How a list of leads is narrowed, ordered and paged."""

    model_config = ConfigDict(extra="forbid")

    q: Text | None = None
    status: list[LeadStatus] = []
    stage: LeadStage | None = None
    owner: Text | None = Field(None, description='A person\'s id, "me", "somebody" or "nobody".')
    band: Literal["hot", "good", "medium", "low"] | None = None
    bant_status: Literal["qualified", "nurture", "disqualified"] | None = None
    framework: Text | None = Field(None, description="The framework the lead is qualified by.")
    verdict: Text | None = Field(None, description="The verdict that counts, in the framework's words.")
    outcome: Text | None = None
    source: Text | None = None
    company_id: UUID | None = None
    import_id: UUID | None = None
    min_score: Annotated[float, Field(ge=0, le=100)] | None = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None
    overdue: bool = False
    in_queue: bool | None = Field(None, description="Whether it lies in a queue for somebody to take.")
    queue: Text | None = Field(None, description="The name of the queue it lies in.")
    clock: Literal["assign", "first_touch", "qualify"] | None = Field(
        None, description="What one of its clocks waits for."
    )
    clock_state: ClockState | None = Field(None, description="How that clock stands; `soon` is within the hour.")
    clock_started_after: AwareDatetime | None = Field(None, description="From when on that clock has run.")
    sort: LeadSort = LeadSort.NEWEST
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=500)] | None = None

    @property
    def filter(self) -> LeadFilter:
        given = self.model_dump(exclude={"sort", "limit", "cursor"})
        return LeadFilter(**given | {"status": tuple(self.status)})


@router.get("", summary="List leads", responses=REFUSALS)
async def read_leads(request: Request, actor: Reader, query: Annotated[LeadQuery, Query()]) -> LeadPage:
    """Return leads, newest first unless sorted otherwise; follow `next_cursor` for more."""
    async with transaction_of(request, actor) as tx:
        page = await list_leads(
            tx, actor, query.filter, utc_now(), sort=query.sort, limit=query.limit, cursor=query.cursor
        )
    items = [LeadItem.model_validate(row) for row in page.items]
    return LeadPage(items=items, next_cursor=page.next_cursor)


@router.get("/{lead_id}", summary="Read one lead", responses=REFUSALS_OF_ONE)
async def read_lead(request: Request, actor: Reader, lead_id: UUID) -> LeadDetail:
    """Return everything known of a lead and the decisions about it."""
    async with transaction_of(request, actor) as tx:
        return LeadDetail.model_validate(_detail(await get_lead(tx, actor.org_id, lead_id)))


@router.patch("/{lead_id}", summary="Change a lead", response_model=LeadAnswer, responses=REFUSALS_OF_CHANGE)
async def change_lead(request: Request, actor: Writer, lead_id: UUID, body: LeadPatch) -> Response:
    """Change fields of a lead; it is scored, assessed and, if nobody has it, routed again. Null clears a field."""
    declared = await declarations_of(runtime_of(request).database, actor.org_id)
    changes = body.model_dump(exclude_unset=True, mode="json")
    async with transaction_of(request, actor) as tx:
        result = await edit_lead(tx, actor, lead_id, changes, declared, utc_now())
    return Response(json.dump_bytes(answer(result)), media_type="application/json")


def _own_standing(standings: list[Any]) -> dict[str, Any]:
    own, *others = standings
    return {
        **{name: own[name] for name in ("framework", "reason", "status", "verdict", "overall_score")},
        "coverage": own["coverage"],
        "confidence": own["confidence"],
        "next_review_date": own["next_review_on"],
        "also": others,
    }


def _detail(whole: LeadWhole) -> dict[str, Any]:
    lead, contact, company = whole.lead, whole.contact, whole.company
    person = ("email", "first_name", "last_name", "title", "phone", "country", "region", "postcode")
    own = ("id", "source", "product_interest", "external_id", "attributes", "status", "stage", "outcome")
    return {
        **{name: getattr(contact, name) for name in person},
        **{name: getattr(lead, name) for name in own},
        "reason": whole.reason,
        "company": CompanyAnswer.model_validate(company) if company else None,
        "score": {
            "overall": lead.score_overall,
            "fit": lead.score_fit,
            "engagement": lead.score_engagement,
            "coverage": lead.score_coverage,
            "band": lead.score_band,
            "grade": lead.score_grade,
        },
        "qualification": _own_standing(lead.standings),
        "assignment": AssignmentBody.of(whole.assignment),
        "created_at": lead.created_at,
        "updated_at": lead.updated_at,
    }
