"""Records what is claimed about a company, and lets all its leads enter the corridor again with it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.jobs import enqueue
from oppspot.corridor.errands import reassess_company_leads
from oppspot.corridor.loading import claim_of, take_turn
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.saving import claim_row
from oppspot.corridor.types import Cause
from oppspot.leads.models import Company
from oppspot.qualification.models import ClaimRecord
from oppspot.qualification.types import Claim

# So many leads are assessed before the answer; those of a larger company soon after, by a job.
AT_ONCE: Final = 200
_LEADS_OF: Final = text(
    "SELECT id FROM leads WHERE org_id = :org_id AND company_id = :company_id ORDER BY id LIMIT :number",
)


async def list_company_claims(tx: Transaction, org_id: UUID, company_id: UUID) -> list[Claim]:
    """Return everything claimed about a company, the oldest first."""
    table = ClaimRecord.__table__
    rows = await tx.execute(
        select(table)
        .where(table.c.org_id == org_id, table.c.company_id == company_id)
        .order_by(table.c.observed_at, table.c.id),
    )
    return [claim_of(row) for row in rows]


async def change_company_claims(
    tx: Transaction,
    actor: Actor,
    company_id: UUID,
    change: Callable[[Sequence[Claim]], Sequence[Claim]],
    now: datetime,
) -> int:
    """Append the claims that `change` makes of those there are; returns how many leads are assessed anew.

    Nobody else changes the company's claims in between. Raises NotFound.
    """
    await take_turn(tx, actor.org_id)
    if await tx.get(Company, (actor.org_id, company_id)) is None:
        raise NotFound("There is no such company.")
    made = change(await list_company_claims(tx, actor.org_id, company_id))
    if not made:
        return 0
    await insert_rows(tx, ClaimRecord, [claim_row(actor.org_id, claim, now, company_id=company_id) for claim in made])
    return await _reassess_leads(tx, actor, company_id, now)


async def _reassess_leads(tx: Transaction, actor: Actor, company_id: UUID, now: datetime) -> int:
    given = {"org_id": actor.org_id, "company_id": company_id, "number": AT_ONCE + 1}
    ids = list((await tx.execute(_LEADS_OF, given)).scalars())
    if len(ids) > AT_ONCE:
        await enqueue(tx, [reassess_company_leads(actor.org_id, company_id)])
    await reassess(tx, actor, ids[:AT_ONCE], now, Cause("claim"))
    return len(ids)
