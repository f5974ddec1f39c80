"""Leaves leads with whoever has them where it turns out that nobody else may: same assignment, same clocks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.actor import system_actor
from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.corridor.lead_rows import set_columns_of_many

_HOLDERS: Final = text(
    """
    SELECT a.id, a.lead_id, a.rep_id, u.name AS rep_name, a.status, a.sla_breached_at, l.status AS lead_status
    FROM assignments AS a
    JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id
    JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    WHERE a.org_id = :org_id AND a.lead_id = ANY(CAST(:ids AS uuid[]))
      AND a.status IN ('assigned', 'accepted', 'working')
    """,
)
_CLOCKS: Final = text(
    "SELECT id, lead_id, breached_at, next_step_at, next_action, repeat_at FROM sla_clocks "
    "WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) AND kind <> 'assign' "
    "AND met_at IS NULL AND stopped_at IS NULL",
)
_END: Final = text(
    "UPDATE assignments SET status = 'reassigned', ended_at = :now "
    "WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) AND status IN ('assigned', 'accepted', 'working')",
)
_REOPEN: Final = text(
    """
    UPDATE assignments AS a SET status = r.status, ended_at = NULL, sla_breached_at = r.sla_breached_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, status text, sla_breached_at timestamptz)
    WHERE a.org_id = :org_id AND a.id = r.id AND a.status = 'reassigned'
    """,
)
# Only those that ran: what had ended before stays as it ended.
_RUN_ON: Final = text(
    """
    UPDATE sla_clocks AS c SET stopped_at = NULL, breached_at = r.breached_at, next_step_at = r.next_step_at,
        next_action = r.next_action, repeat_at = r.repeat_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        id uuid, breached_at timestamptz, next_step_at timestamptz, next_action text, repeat_at timestamptz)
    WHERE c.org_id = :org_id AND c.id = r.id AND c.met_at IS NULL
    """,
)
_FORGET_WAITING: Final = text(
    "DELETE FROM sla_clocks WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) AND kind = 'assign' "
    "AND met_at IS NULL AND stopped_at IS NULL",
)


@dataclass(frozen=True, slots=True)
class LetGo:
    """Leads that were taken from people, by lead: who had each, and the clocks that ran as they stood."""

    holders: Mapping[UUID, Any]
    clocks: Sequence[Any]


async def let_go(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], now: datetime) -> LetGo:
    """Take leads from whoever has them, so that routing looks for somebody else; under the organisation's turn."""
    given = {"org_id": org_id, "ids": uuid_array(lead_ids)}
    holders = (await tx.execute(_HOLDERS, given)).all()
    clocks = (await tx.execute(_CLOCKS, given)).all()
    await tx.execute(_END, {"org_id": org_id, "ids": uuid_array([row.id for row in holders]), "now": now})
    fresh = {"org_id": org_id, "status": "new", "owner_id": None, "updated_at": now}
    await set_columns_of_many(tx, [{**fresh, "id": lead_id} for lead_id in lead_ids])
    return LetGo({row.lead_id: row for row in holders}, clocks)


async def put_back(tx: Transaction, org_id: UUID, was: LetGo, lead_ids: Collection[UUID], now: datetime) -> None:
    """Leave those of the leads that somebody had with them, as if nobody had asked."""
    holders = [was.holders[lead_id] for lead_id in lead_ids if lead_id in was.holders]
    if not holders:
        return
    ids = {row.lead_id for row in holders}
    opened = [{"id": row.id, "status": row.status, "sla_breached_at": row.sla_breached_at} for row in holders]
    running = [
        {
            "id": row.id,
            "breached_at": row.breached_at,
            "next_step_at": row.next_step_at,
            "next_action": row.next_action,
            "repeat_at": row.repeat_at,
        }
        for row in was.clocks
        if row.lead_id in ids
    ]
    await tx.execute(_FORGET_WAITING, {"org_id": org_id, "ids": uuid_array(sorted(ids))})
    await tx.execute(_REOPEN, {"org_id": org_id, "rows": json.dumps(opened)})
    await tx.execute(_RUN_ON, {"org_id": org_id, "rows": json.dumps(running)})
    back = {"org_id": org_id, "outcome": "assigned", "queue": None, "next_check_at": None, "updated_at": now}
    rows = [back | {"id": row.lead_id, "owner_id": row.rep_id, "status": row.lead_status} for row in holders]
    await set_columns_of_many(tx, rows)
    await record_events(tx, system_actor(org_id), [_kept(row) for row in holders], now)


def _kept(row: Any) -> Happening:
    reason = f"Nobody else may have it now, so it stays with {row.rep_name}."
    return Happening("assignment.kept", row.lead_id, {"rep_id": row.rep_id, "reason": reason})
