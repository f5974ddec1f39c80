"""Reads what companies are as accounts: whose they are, and how far their leads are."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.leads.account_facts import AccountFacts, ToldLead

# An opportunity is open until its lead is settled. `told` stands for leads whose rows are not written yet.
_ACCOUNTS: Final = text(
    """
    WITH told AS (
        SELECT * FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS t(id uuid, company_id uuid, stage text, status text)
    ), staged AS (
        SELECT l.id, l.company_id, l.stage, l.status FROM leads AS l
        WHERE l.org_id = :org_id AND l.company_id = ANY(CAST(:ids AS uuid[]))
          AND l.stage IN ('opportunity', 'customer') AND l.id NOT IN (SELECT t.id FROM told AS t)
        UNION ALL
        SELECT * FROM told
    ), reached AS (
        SELECT id, company_id, stage = 'customer' AS is_customer,
               stage = 'opportunity' AND status NOT IN ('disqualified', 'converted', 'archived') AS is_open
        FROM staged
    ), found AS (
        SELECT company_id, bool_or(is_customer) AS is_customer, bool_or(is_open) AS has_open
        FROM reached GROUP BY company_id
    ), working AS (
        SELECT DISTINCT ON (r.company_id) r.company_id, a.rep_id
        FROM reached AS r JOIN assignments AS a ON a.org_id = :org_id AND a.lead_id = r.id
        WHERE r.is_open AND a.status IN ('assigned', 'accepted', 'working', 'completed')
        ORDER BY r.company_id, a.assigned_at DESC, a.id DESC
    )
    SELECT c.id, c.owner_id, p.owner_id AS parent_owner_id, w.rep_id AS opportunity_owner_id,
           coalesce(f.is_customer, false) AS is_customer, coalesce(f.has_open, false) AS has_open_opportunity
    FROM companies AS c
    LEFT JOIN companies AS p ON p.org_id = c.org_id AND p.id = c.parent_id
    LEFT JOIN found AS f ON f.company_id = c.id
    LEFT JOIN working AS w ON w.company_id = c.id
    WHERE c.org_id = :org_id AND c.id = ANY(CAST(:ids AS uuid[]))
    """
)


async def load_account_facts(
    tx: Transaction, org_id: UUID, company_ids: Sequence[UUID], told: Sequence[ToldLead] = ()
) -> dict[UUID, AccountFacts]:
    """Return what companies are as accounts, by company, in one statement; those that are not here are left out.

    `told` says how far leads are whose rows will only be written later in the transaction.
    """
    if not company_ids:
        return {}
    rows = [lead._asdict() for lead in told]
    given = {"org_id": org_id, "ids": uuid_array(list(company_ids)), "told": json.dumps(rows)}
    return {
        row.id: AccountFacts(
            owner_id=row.owner_id,
            parent_owner_id=row.parent_owner_id,
            opportunity_owner_id=row.opportunity_owner_id,
            is_customer=row.is_customer,
            has_open_opportunity=row.has_open_opportunity,
        )
        for row in await tx.execute(_ACCOUNTS, given)
    }
