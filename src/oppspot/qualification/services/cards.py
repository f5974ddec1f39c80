"""The cards of BANT and MEDDIC: calculated, and updated in part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id
from oppspot.corridor.pipeline import amend
from oppspot.corridor.types import Cause, LeadState
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.bant import BANTQualification, bant_qualification, claims_from_bant_update
from oppspot.qualification.cards import Card, CardOverride
from oppspot.qualification.meddic import MEDDICQualification, claims_from_meddic_update, meddic_qualification
from oppspot.qualification.queries.scorecards import get_scorecard
from oppspot.qualification.services.choosing import hold
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.standings import read_overrides
from oppspot.qualification.types import Assessment, Claim, ClaimValue, Evidence, Grade, Source

CardT = TypeVar("CardT", bound=Card)


@dataclass(frozen=True, slots=True)
class CardKind(Generic[CardT]):
    """A framework with a card of named fields: how it is filled, and what an update of it claims."""

    framework: str
    fill: Callable[[UUID, UUID | None, Sequence[Claim], Assessment], CardT]
    claims_from: Callable[[Mapping[str, Any]], list[tuple[str, ClaimValue]]]


BANT: Final[CardKind[BANTQualification]] = CardKind("bant", bant_qualification, claims_from_bant_update)
MEDDIC: Final[CardKind[MEDDICQualification]] = CardKind("meddic", meddic_qualification, claims_from_meddic_update)


async def get_card(tx: Transaction, actor: Actor, kind: CardKind[CardT], lead_id: UUID, now: datetime) -> CardT:
    """Return a lead's card as of `now`, whether or not the lead holds the framework. Raises NotFound."""
    whole = await get_lead(tx, actor.org_id, lead_id)
    scorecard = await get_scorecard(tx, actor.org_id, lead_id, now, framework=kind.framework)
    card = kind.fill(lead_id, whole.lead.company_id, scorecard.claims, scorecard.assessment)
    override = read_overrides(whole.lead.overrides).get(kind.framework)
    in_force = override if override and override.is_in_force(now) else None
    said = CardOverride.model_validate(in_force, from_attributes=True) if in_force else None
    verdict = (said and said.status) or scorecard.assessment.status
    return card.model_copy(update={"verdict": verdict, "override": said})


async def calculate_card(tx: Transaction, actor: Actor, kind: CardKind[CardT], lead_id: UUID, now: datetime) -> CardT:
    """Assess a lead anew and return its card; calculating again changes nothing but what time changed.

    A lead that does not hold the framework holds it from now on, beside its own. Raises NotFound.
    """

    def apply(state: LeadState) -> None:
        hold(state, kind.framework, actor.name)

    if not await amend(tx, actor, [lead_id], apply, now, Cause("calculated")):
        raise NotFound("There is no such lead.")
    return await get_card(tx, actor, kind, lead_id, now)


async def update_card(
    tx: Transaction,
    actor: Actor,
    kind: CardKind[CardT],
    lead_id: UUID,
    update: Mapping[str, Any],
    now: datetime,
    *,
    source: Source = "rep",
    grade: Grade = "asserted",
) -> CardT:
    """Merge a partial card into what is known: only fields given change, null withdraws one.

    Raises InvalidClaims naming fields, NotFound.
    """
    claims = made_claims(kind.claims_from(update), actor, now, source=source, grade=grade)
    await append_claims(tx, actor, lead_id, claims, now, holds=kind.framework)
    return await get_card(tx, actor, kind, lead_id, now)


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
