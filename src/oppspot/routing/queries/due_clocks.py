"""The clocks of an organisation that have something to do, with whoever has their leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.leads.naming import sql_lead_name

_DUE = """
    SELECT c.id, c.lead_id, c.kind, c.assignment_id, c.rule_id, c.started_at, c.due_at, c.allowed_seconds,
           c.paused_at, c.pause_reason, c.paused_until, c.paused_seconds, c.breached_at, c.climbed_seconds,
           c.next_step_at, c.repeat_at,
           l.status AS lead_status, l.queue, l.outcome, a.id AS held_by, a.rep_id, a.status AS assignment_status,
           {name} AS lead_name, u.name AS rep_name, coalesce(u.can_work, false) AS holder_active,
           coalesce(o.country, p.country) AS country
    FROM sla_clocks AS c
    JOIN leads AS l ON l.org_id = c.org_id AND l.id = c.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
         AND a.status IN ('assigned', 'accepted', 'working')
    LEFT JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    WHERE c.org_id = :org_id AND c.next_step_at < :now {of_one}
    ORDER BY c.next_step_at, c.id LIMIT :number
"""
_OF_ALL: Final = text(_DUE.format(name=sql_lead_name(), of_one=""))
_OF_ONE: Final = text(_DUE.format(name=sql_lead_name(), of_one="AND c.lead_id = :lead_id"))


async def list_due_clocks(
    tx: Transaction, org_id: UUID, now: datetime, number: int, lead_id: UUID | None = None
) -> Sequence[Any]:
    """Return the clocks, of all leads or one, whose next step lies behind `now`, the longest overdue first."""
    given = {"org_id": org_id, "now": now, "number": number, "lead_id": lead_id}
    return (await tx.execute(_OF_ALL if lead_id is None else _OF_ONE, given)).all()
