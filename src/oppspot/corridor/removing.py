"""Deletes leads with everything that is known of them, and the people and companies nobody else is left at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.core.live import announce
from oppspot.corridor.loading import take_turn
from oppspot.corridor.shared_tables import hand_over_tables

# Facts have no foreign key to their lead (they are appended too often to pay for it); the rest cascades.
_FACTS: Final = (
    "claims",
    "overrides",
    "engagement_events",
    "score_history",
    "assessments",
    "routing_decisions",
    "timeline_events",
)
_OF_LEADS: Final = "WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[]))"
_DELETE_LEADS: Final = text(
    "DELETE FROM leads WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) RETURNING contact_id, company_id",
)
_DELETE_CONTACTS: Final = text(
    "DELETE FROM contacts AS c WHERE c.org_id = :org_id AND c.id = ANY(CAST(:ids AS uuid[])) "
    "AND NOT EXISTS (SELECT FROM leads AS l WHERE l.org_id = c.org_id AND l.contact_id = c.id)",
)
_EMPTY_COMPANIES: Final = text(
    "SELECT c.id FROM companies AS c WHERE c.org_id = :org_id AND c.id = ANY(CAST(:ids AS uuid[])) "
    "AND c.created_at >= :since "
    "AND NOT EXISTS (SELECT FROM leads AS l WHERE l.org_id = c.org_id AND l.company_id = c.id) "
    "AND NOT EXISTS (SELECT FROM contacts AS p WHERE p.org_id = c.org_id AND p.company_id = c.id) "
    # What somebody has said of a company is nobody's to take back but theirs.
    "AND c.owner_id IS NULL AND c.parent_id IS NULL "
    "AND NOT EXISTS (SELECT FROM companies AS b WHERE b.org_id = c.org_id AND b.parent_id = c.id) "
    "AND NOT EXISTS (SELECT FROM claims AS s WHERE s.org_id = c.org_id AND s.company_id = c.id)",
)


async def remove_leads(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], companies_since: datetime) -> int:
    """Delete leads; returns how many there were.

    Their contacts go with them unless another lead is about the same person. Their companies go if they were first
    seen at `companies_since` or later, nobody is left at them, and nobody claimed anything of them or gave them an
    owner or a parent. Turns that reps have had stay as they are (docs/routing.md says why).
    """
    if not lead_ids:
        return 0
    await take_turn(tx, org_id)
    ids = uuid_array(lead_ids)
    await hand_over_tables(tx, org_id, ids)
    for table in _FACTS:
        await tx.execute(text(f"DELETE FROM {table} {_OF_LEADS}"), {"org_id": org_id, "ids": ids})  # noqa: S608
    gone = (await tx.execute(_DELETE_LEADS, {"org_id": org_id, "ids": ids})).all()
    contacts = uuid_array([row.contact_id for row in gone])
    await tx.execute(_DELETE_CONTACTS, {"org_id": org_id, "ids": contacts})
    await remove_empty_companies(tx, org_id, [row.company_id for row in gone if row.company_id], companies_since)
    await announce(tx, org_id, ["leads", *(f"lead:{lead_id}" for lead_id in lead_ids)])
    return len(gone)


async def remove_empty_companies(tx: Transaction, org_id: UUID, company_ids: Sequence[UUID], since: datetime) -> None:
    """Delete those of these companies that were first seen since, with nobody left and nothing said of them by hand."""
    given = {"org_id": org_id, "ids": uuid_array(list(dict.fromkeys(company_ids))), "since": since}
    empty = uuid_array(list((await tx.execute(_EMPTY_COMPANIES, given)).scalars()))
    for table, key in (("company_identities", "company_id"), ("companies", "id")):
        statement = f"DELETE FROM {table} WHERE org_id = :org_id AND {key} = ANY(CAST(:ids AS uuid[]))"  # noqa: S608
        await tx.execute(text(statement), {"org_id": org_id, "ids": empty})
