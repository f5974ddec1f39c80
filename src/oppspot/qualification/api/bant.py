"""BANT: calculate a lead's card, or update a part of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.qualification.bant import BANTQualification, BANTUpdate
from oppspot.qualification.services.bant import calculate_bant, get_bant, update_bant
from oppspot.qualification.types import Grade, Source
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/bant")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]


class CalculateBody(BaseModel):
    """Which lead to assess."""

    model_config = ConfigDict(extra="forbid")

    lead_id: UUID


class UpdateBody(BANTUpdate):
    """What to change on a lead's card, and what it rests on. Fields not given stay; null withdraws a field."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lead_id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11",
                    "budget": {"budget_confirmed": True, "budget_range": "50k_100k"},
                    "need": {"urgency_level": "high"},
                    "grade": "corroborated",
                },
            ],
        },
    )

    lead_id: UUID
    source: Source = "rep"
    grade: Grade = "asserted"


@router.post("/calculate", summary="Assess a lead by BANT", responses=REFUSALS_OF_ONE)
async def calculate(request: Request, actor: Writer, body: CalculateBody) -> BANTQualification:
    """Assess a lead as of now from everything claimed, and return its card. Doing so again changes nothing."""
    async with transaction_of(request, actor) as tx:
        return await calculate_bant(tx, actor, body.lead_id, utc_now())


@router.post("/update", summary="Update a part of a lead's BANT card", responses=REFUSALS_OF_ONE)
async def update(request: Request, actor: Writer, body: UpdateBody) -> BANTQualification:
    """Record what changed as claims, assess and route the lead again, and return its card."""
    given = body.model_dump(exclude_unset=True, exclude={"lead_id", "source", "grade"})
    async with transaction_of(request, actor) as tx:
        return await update_bant(tx, actor, body.lead_id, given, utc_now(), source=body.source, grade=body.grade)


@router.get("/{lead_id}", summary="Read a lead's BANT card", responses=REFUSALS_OF_ONE)
async def read(request: Request, actor: Reader, lead_id: UUID) -> BANTQualification:
    """Return a lead's card as of now, without recording anything."""
    async with transaction_of(request, actor) as tx:
        return await get_bant(tx, actor, lead_id, utc_now())
