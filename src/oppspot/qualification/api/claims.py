"""Claims: what was ever stated about a lead, and new statements."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.corridor.answers import answer
from oppspot.leads.queries.details import get_lead
from oppspot.leads.schemas import LeadAnswer
from oppspot.qualification.queries.scorecards import list_claims
from oppspot.qualification.schemas import ClaimBody, EvidenceBody
from oppspot.qualification.services.claims import record_claims
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/claims")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]


class ClaimsBody(BaseModel):
    """Claims about one lead."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lead_id": "01a21531-8e5e-702c-b2f4-de7497db3546",
                    "claims": [{"key": "budget.range", "value": "50k_100k", "source": "rep"}],
                }
            ]
        },
    )

    lead_id: UUID
    claims: Annotated[list[ClaimBody], Field(min_length=1, max_length=100)]


class ClaimAnswer(BaseModel):
    """A claim as it was recorded."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    key: str
    value: Any
    source: str
    grade: str
    confidence: float
    evidence: EvidenceBody | None
    observed_at: datetime
    expires_at: datetime | None
    author: str | None


class ClaimList(BaseModel):
    items: list[ClaimAnswer]


@router.post("", summary="Record claims about a lead", response_model=LeadAnswer, responses=REFUSALS_OF_ONE)
async def write_claims(request: Request, actor: Writer, body: ClaimsBody) -> Response:
    """Append claims; the lead is assessed and routed again, and the answer carries the whole decision."""
    async with transaction_of(request, actor) as tx:
        result = await record_claims(tx, actor, body.lead_id, body.claims, utc_now())
    return Response(json.dump_bytes(answer(result)), media_type="application/json")


@router.get("/{lead_id}", summary="List what was claimed about a lead", responses=REFUSALS_OF_ONE)
async def read_claims(request: Request, actor: Reader, lead_id: UUID) -> ClaimList:
    """Return every claim ever made about a lead, the newest first; nothing is ever rewritten."""
    async with transaction_of(request, actor) as tx:
        await get_lead(tx, actor.org_id, lead_id)
        claims = await list_claims(tx, actor.org_id, lead_id)
    return ClaimList(items=[ClaimAnswer.model_validate(claim, from_attributes=True) for claim in reversed(claims)])
