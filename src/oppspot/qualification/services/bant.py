"""The BANT card: calculated, updated in part, previewed before it is saved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.bant import BANTQualification, bant_qualification, claims_from_bant_update
from oppspot.qualification.queries.scorecards import get_scorecard
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.types import Claim, ClaimValue, Evidence, Grade, Source


async def get_bant(
    tx: Transaction, actor: Actor, lead_id: UUID, now: datetime, extra: Sequence[Claim] = ()
) -> BANTQualification:
    """Return a lead's card; `extra` are claims not yet made. Raises NotFound."""
    whole = await get_lead(tx, actor.org_id, lead_id)
    scorecard = await get_scorecard(tx, actor.org_id, lead_id, now, extra)
    return bant_qualification(lead_id, whole.lead.company_id, scorecard.claims, scorecard.assessment)


async def calculate_bant(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> BANTQualification:
    """Assess a lead anew and return its card; calculating again changes nothing but what time changed."""
    if not await reassess(tx, actor, [lead_id], now, Cause("calculated")):
        raise NotFound("There is no such lead.")
    return await get_bant(tx, actor, lead_id, now)


async def update_bant(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    update: Mapping[str, Any],
    now: datetime,
    *,
    source: Source = "rep",
    grade: Grade = "asserted",
) -> BANTQualification:
    """Merge a partial card into what is known: only fields given change, null withdraws one.

    Raises InvalidClaims naming fields, NotFound.
    """
    claims = made_claims(claims_from_bant_update(update), actor, now, source=source, grade=grade)
    await append_claims(tx, actor, lead_id, claims, now)
    return await get_bant(tx, actor, lead_id, now)


def made_claims(
    values: Sequence[tuple[str, ClaimValue]],
    actor: Actor,
    now: datetime,
    *,
    source: Source = "rep",
    grade: Grade = "asserted",
    evidence: Evidence | None = None,
) -> list[Claim]:
    """Return checked values as this actor's claims, all resting on the same evidence."""
    return [
        Claim(
            id=new_id(),
            key=key,
            value=value,
            source=source,
            grade=grade,
            observed_at=now,
            author=actor.name,
            evidence=evidence,
        )
        for key, value in values
    ]
