"""Every assignment a lead has had, from its first to its last, with the clocks that ran against each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.queries.clocks import LeadClock, list_clocks


@dataclass(frozen=True, slots=True)
class PastAssignment:
    """One person's time with a lead: how it came to them, what they did, how it ended (None: it is theirs still)."""

    id: UUID
    rep_id: UUID
    rep_name: str
    status: str
    priority: str
    reason: str
    rule_name: str | None
    decision_id: UUID | None
    assigned_at: datetime
    assigned_by: str
    accepted_at: datetime | None
    ended_at: datetime | None
    said: str | None  # why it was handed back


_ASSIGNMENTS = text(
    """
    SELECT a.id, a.rep_id, u.name, a.status, a.priority, a.reason, a.rule_name, a.decision_id, a.assigned_at,
           a.assigned_by, a.accepted_at, a.ended_at,
           (SELECT e.payload ->> 'reason' FROM timeline_events AS e
            WHERE e.org_id = a.org_id AND e.lead_id = a.lead_id AND e.at = a.ended_at
              AND e.name = 'assignment.rejected' LIMIT 1)
    FROM assignments AS a JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    WHERE a.org_id = :org_id AND a.lead_id = :lead_id
    ORDER BY a.assigned_at DESC, a.id DESC LIMIT 200
    """,
)


async def list_assignments(
    tx: Transaction, org_id: UUID, lead_id: UUID
) -> tuple[Sequence[PastAssignment], dict[UUID | None, list[LeadClock]]]:
    """Return the assignments, the last first, and the clocks by assignment (None: while nobody had the lead)."""
    rows = await tx.execute(_ASSIGNMENTS, {"org_id": org_id, "lead_id": lead_id})
    clocks: dict[UUID | None, list[LeadClock]] = defaultdict(list)
    for clock in await list_clocks(tx, org_id, lead_id):
        clocks[clock.assignment_id].append(clock)
    return [PastAssignment(*row) for row in rows], clocks
