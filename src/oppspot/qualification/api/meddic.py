"""MEDDIC: calculate a lead's card, or update a part of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.qualification.api.card_bodies import CalculateBody, Statement, example
from oppspot.qualification.meddic import MEDDICQualification, MEDDICUpdate
from oppspot.qualification.services.cards import MEDDIC, calculate_card, get_card, update_card
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/meddic")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]


class MEDDICUpdateBody(Statement, MEDDICUpdate):
    """What to change on a lead's card, and what it rests on. Fields not given stay; null withdraws a field."""

    model_config = example(
        metrics={"value_quantification": 250000},
        economic_buyer={"identified": True, "contact_info": {"name": "Ines Duarte", "title": "CFO"}},
    )


@router.post("/calculate", summary="Assess a lead by MEDDIC", responses=REFUSALS_OF_ONE)
async def calculate(request: Request, actor: Writer, body: CalculateBody) -> MEDDICQualification:
    """Assess a lead as of now from everything claimed, and return its card. Doing so again changes nothing."""
    async with transaction_of(request, actor) as tx:
        return await calculate_card(tx, actor, MEDDIC, body.lead_id, utc_now())


@router.post("/update", summary="Update a part of a lead's MEDDIC card", responses=REFUSALS_OF_ONE)
async def update(request: Request, actor: Writer, body: MEDDICUpdateBody) -> MEDDICQualification:
    """Record what changed as claims, assess and route the lead again, and return its card."""
    given = body.changes()
    async with transaction_of(request, actor) as tx:
        return await update_card(
            tx, actor, MEDDIC, body.lead_id, given, utc_now(), source=body.source, grade=body.grade
        )


@router.get("/{lead_id}", summary="Read a lead's MEDDIC card", responses=REFUSALS_OF_ONE)
async def read(request: Request, actor: Reader, lead_id: UUID) -> MEDDICQualification:
    """Return a lead's card as of now, without recording anything."""
    async with transaction_of(request, actor) as tx:
        return await get_card(tx, actor, MEDDIC, lead_id, utc_now())
