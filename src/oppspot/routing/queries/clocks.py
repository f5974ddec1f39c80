"""Reads the clocks of one lead, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.delays import Verdict, verdict_of


@dataclass(frozen=True, slots=True)
class LeadClock:
    """One clock as people see it: whose it is, how it stands, and what it does next."""

    id: UUID
    kind: str
    rep_id: UUID | None
    rep_name: str | None
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None
    pause_reason: str | None
    paused_until: datetime | None
    met_at: datetime | None
    met_by: str | None
    stopped_at: datetime | None
    breached_at: datetime | None
    climbed: bool
    repeats: bool
    next_step_at: datetime | None
    next_action: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    assignment_id: UUID | None

    @property
    def runs(self) -> bool:
        """Whether it still waits for something, paused or not."""
        return self.met_at is None and self.stopped_at is None

    def verdict(self, now: datetime) -> Verdict:
        """Return whether it was kept."""
        return verdict_of(
            self.due_at,
            now,
            met_at=self.met_at,
            stopped_at=self.stopped_at,
            breached_at=self.breached_at,
            paused_at=self.paused_at,
        )


_CLOCKS = text(
    """
    SELECT c.id, c.kind, a.rep_id, u.name, c.started_at, c.due_at, c.paused_at, c.pause_reason, c.paused_until,
           c.met_at, c.met_by, c.stopped_at, c.breached_at, c.climbed_seconds > 0,
           c.repeat_at IS NOT NULL, c.next_step_at, c.next_action, c.acknowledged_at,
           c.acknowledged_by, c.assignment_id
    FROM sla_clocks AS c
    LEFT JOIN assignments AS a ON a.org_id = c.org_id AND a.id = c.assignment_id
    LEFT JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    WHERE c.org_id = :org_id AND c.lead_id = :lead_id
    ORDER BY (c.met_at IS NULL AND c.stopped_at IS NULL) DESC, c.started_at DESC, c.due_at, c.id LIMIT 50
    """,
)


async def list_clocks(tx: Transaction, org_id: UUID, lead_id: UUID) -> Sequence[LeadClock]:
    """Return the clocks of a lead: those that run first, then the latest."""
    return [LeadClock(*row) for row in await tx.execute(_CLOCKS, {"org_id": org_id, "lead_id": lead_id})]
