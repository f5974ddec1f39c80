"""Reads what many leads are assessed from, in a few statements and without locking anybody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.corridor.facts import claims_on_record
from oppspot.corridor.loading import claim_of
from oppspot.qualification.models import ClaimRecord
from oppspot.qualification.types import Claim

_LEADS: Final = text(
    """
    SELECT l.id, l.company_id, concat_ws(' ', p.first_name, p.last_name) AS person, p.email, c.name AS company,
        c.id AS record_id, c.annual_revenue, c.growth_rate, c.funding_stage, c.credit_score, c.updated_at
    FROM leads AS l JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS c ON c.org_id = l.org_id AND c.id = l.company_id
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    """,
)
_NEWEST: Final = text(
    "SELECT id, count(*) OVER () AS total FROM leads WHERE org_id = :org_id ORDER BY created_at DESC, id DESC "
    "LIMIT :number",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A lead with everything it is assessed from."""

    lead_id: UUID
    name: str
    claims: Sequence[Claim]


async def list_newest(tx: Transaction, org_id: UUID, number: int) -> tuple[list[UUID], int]:
    """Return the newest leads, and how many there are in all."""
    rows = (await tx.execute(_NEWEST, {"org_id": org_id, "number": number})).all()
    return [row.id for row in rows], rows[0].total if rows else 0


async def load_evidence(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> list[Evidence]:
    """Return the evidence of leads, in the order given."""
    found = await tx.execute(_LEADS, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    rows = {row.id: row for row in found}
    of_lead, of_company = await _claims(tx, org_id, lead_ids, {row.company_id for row in rows.values()} - {None})
    evidence = []
    for lead_id in lead_ids:
        row = rows[lead_id]
        record = {**row._mapping, "id": row.record_id} if row.record_id else None  # noqa: SLF001
        claims = [*of_lead[lead_id], *of_company[row.company_id], *claims_on_record(record)]
        evidence.append(Evidence(lead_id, row.person or row.email or row.company or "No name", claims))
    return evidence


async def _claims(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], company_ids: set[UUID]
) -> tuple[dict[UUID, list[Claim]], dict[UUID | None, list[Claim]]]:
    table = ClaimRecord.__table__
    about = or_(table.c.lead_id.in_(lead_ids), table.c.company_id.in_(company_ids))
    of_lead: dict[UUID, list[Claim]] = defaultdict(list)
    of_company: dict[UUID | None, list[Claim]] = defaultdict(list)
    for row in await tx.execute(select(table).where(table.c.org_id == org_id, about).order_by(table.c.id)):
        if row.lead_id:
            of_lead[row.lead_id].append(claim_of(row))
        else:
            of_company[row.company_id].append(claim_of(row))
    return of_lead, of_company
