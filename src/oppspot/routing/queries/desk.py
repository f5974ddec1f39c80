"""What somebody has on their desk: each open lead with its next clock and task, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.leads.naming import sql_lead_name


@dataclass(frozen=True, slots=True)
class DeskLead:
    """One lead somebody has: who it is, why it is theirs, what clock runs next, what is to be done about it."""

    id: UUID
    name: str
    title: str | None
    company: str | None
    email: str | None
    phone: str | None
    score: Decimal | None
    status: str
    priority: str
    assigned_at: datetime
    reason: str
    rule_name: str | None
    decision_id: UUID | None
    clock: str | None
    clock_due_at: datetime | None
    paused_at: datetime | None
    pause_reason: str | None
    paused_until: datetime | None
    task: str | None
    task_due_at: datetime | None

    @property
    def is_accepted(self) -> bool:
        return self.status != "assigned"

    @property
    def due_at(self) -> datetime | None:
        """When the next of clock and task is due; None while nothing is, or the clocks stand still."""
        runs = self.clock_due_at if self.paused_at is None else None
        return min((due for due in (runs, self.task_due_at) if due is not None), default=None)

    def is_overdue(self, now: datetime) -> bool:
        """Whether its clock has run out."""
        return self.paused_at is None and self.clock_due_at is not None and self.clock_due_at < now


_DESK = text(
    f"""
    SELECT l.id,
           {sql_lead_name()},
           p.title, coalesce(o.name, o.domain), p.email, p.phone, l.score_overall, a.status, a.priority, a.assigned_at,
           a.reason, a.rule_name, a.decision_id, c.kind, c.due_at, c.paused_at, c.pause_reason,
           c.paused_until, t.title, t.due_at
    FROM assignments AS a
    JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN LATERAL (
        SELECT s.kind, s.due_at, s.paused_at, s.pause_reason, s.paused_until FROM sla_clocks AS s
        WHERE s.org_id = a.org_id AND s.lead_id = a.lead_id AND s.kind <> 'assign'
          AND s.met_at IS NULL AND s.stopped_at IS NULL
        ORDER BY s.paused_at IS NOT NULL, s.due_at, s.id LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
        SELECT k.title, k.due_at FROM tasks AS k
        WHERE k.org_id = a.org_id AND k.lead_id = a.lead_id AND k.rep_id = a.rep_id AND k.done_at IS NULL
          AND (k.assignment_id IS NULL OR k.assignment_id = a.id)
        ORDER BY k.due_at NULLS LAST, k.id LIMIT 1
    ) AS t ON true
    WHERE a.org_id = :org_id AND a.rep_id = :rep_id AND a.status IN ('assigned', 'accepted', 'working')
    ORDER BY least(CASE WHEN c.paused_at IS NULL THEN c.due_at END, t.due_at) NULLS LAST, a.assigned_at DESC, l.id
    LIMIT :number
    """,  # noqa: S608 — our own expression
)


async def list_desk(tx: Transaction, org_id: UUID, rep_id: UUID, number: int = 200) -> Sequence[DeskLead]:
    """Return somebody's open leads, due first; those for which nothing is due come last, the newest first."""
    given = {"org_id": org_id, "rep_id": rep_id, "number": number}
    return [DeskLead(*row) for row in await tx.execute(_DESK, given)]
