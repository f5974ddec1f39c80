"""The queues: how much lies in each and how urgent it is; and what it takes to take a lead from one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.capacity import has_room


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


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who takes leads, with their limit and what they have."""

    id: UUID
    name: str
    open_count: int
    max_open: int | None

    @property
    def has_room(self) -> bool:
        return has_room(self.open_count, self.max_open)


_TAKER = text(
    """
    SELECT u.id, u.name, coalesce(l.open_count, 0), p.max_open
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    WHERE p.org_id = :org_id AND p.user_id = :rep_id AND u.active
    """,
)


async def find_taker(tx: Transaction, org_id: UUID, rep_id: UUID | None) -> Taker | None:
    """Return a person as a taker of leads; None for who takes none, and for nobody."""
    if rep_id is None:
        return None
    row = (await tx.execute(_TAKER, {"org_id": org_id, "rep_id": rep_id})).one_or_none()
    return Taker(*row) if row else None
