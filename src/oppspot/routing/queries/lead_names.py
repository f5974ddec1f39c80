"""What leads are called, for lists that know only their ids."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.leads.naming import sql_lead_name

_NAMES: Final = text(
    f"""
    SELECT l.id, {sql_lead_name()} AS name
    FROM leads AS l
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    """,  # noqa: S608 — our own expression
)


async def load_lead_names(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of leads by id; those that are not here are left out."""
    rows = await tx.execute(_NAMES, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    return {row.id: row.name for row in rows}
