"""Records claims about a lead: appended, never rewritten; the lead enters the corridor again with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, NotFound
from oppspot.corridor.checking import read_claims
from oppspot.corridor.pipeline import amend
from oppspot.corridor.types import Cause, LeadResult, LeadState
from oppspot.qualification.claims import InvalidClaims
from oppspot.qualification.schemas import ClaimBody
from oppspot.qualification.services.choosing import hold
from oppspot.qualification.types import Claim


async def record_claims(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    bodies: Sequence[ClaimBody],
    now: datetime,
) -> LeadResult:
    """Append claims to a lead; raises InvalidClaims naming each that is not accepted, NotFound for no such lead."""
    return await append_claims(tx, actor, lead_id, check_claims(bodies, actor, now), now)


def check_claims(bodies: Sequence[ClaimBody], actor: Actor, now: datetime) -> list[Claim]:
    """Return the claims in bodies; raises InvalidClaims with every problem."""
    problems: list[FieldProblem] = []
    claims = read_claims(bodies, actor.name, now, problems)
    if problems:
        raise InvalidClaims(errors=problems)
    return claims


async def append_claims(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    claims: Sequence[Claim],
    now: datetime,
    *,
    holds: str | None = None,
) -> LeadResult:
    """Append claims already checked; what is already said in the same words is not said twice.

    The lead holds the framework `holds` from now on, beside its own, if it does not yet.
    """

    def apply(state: LeadState) -> None:
        if holds is not None:
            hold(state, holds, actor.name)
        for claim in claims:
            if not _is_said(state, claim):  # by what comes before it in the same breath, too
                state.new_claims.append(claim)
                state.claims.append(claim)
                state.changes[f"claims.{claim.key}"] = [None, claim.value]

    results = await amend(tx, actor, [lead_id], apply, now, Cause("claim"))
    if not results:
        raise NotFound("There is no such lead.")
    return results[0]


# Saying the same again within this time adds nothing; after it, it shows that it still holds.
_SAME_BREATH = timedelta(days=1)


def _is_said(state: LeadState, claim: Claim) -> bool:
    """Say whether the newest statement about the key is the same and less than a day old."""
    about = [item for item in state.claims if item.key == claim.key]
    if not about:
        return claim.value is None
    last = max(about, key=lambda item: (item.observed_at, item.id))
    return claim.observed_at - last.observed_at < _SAME_BREATH and _content(claim) == _content(last)


def _content(claim: Claim) -> tuple[object, ...]:
    return claim.value, claim.source, claim.grade, claim.evidence, claim.expires_at, claim.confidence
