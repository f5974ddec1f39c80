"""The queues: how much lies in each and how urgent it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction


@dataclass(frozen=True, slots=True)
class Queue:
    """What lies in one queue: how many leads, how many of them overdue, and when the next (or first) is due."""

    name: str
    waiting: int
    overdue: int
    next_due_at: datetime | None


_QUEUES = text(
    """
    SELECT queue, count(*), count(*) FILTER (WHERE sla_due_at < :now), min(sla_due_at) FROM leads
    WHERE org_id = :org_id AND outcome = 'queued' AND status IN ('new', 'working')
    GROUP BY queue ORDER BY min(sla_due_at), queue
    """,
)


async def list_queues(tx: Transaction, org_id: UUID, now: datetime) -> list[Queue]:
    """Return every queue in which something lies, the one with the most urgent lead first."""
    return [Queue(*row) for row in await tx.execute(_QUEUES, {"org_id": org_id, "now": now})]
