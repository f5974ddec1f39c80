"""How people stand: open leads, limits, credit in each pool, what is overdue; and what nobody has."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """One rep at this moment; `given_30d` counts leads given in the last 30 days, however they came."""

    id: UUID
    name: str
    available: bool
    active: bool
    weight: Decimal
    max_open: int | None
    open_count: int
    waiting: int
    overdue: int
    given_30d: int
    teams: tuple[str, ...]


_STANDINGS = text(
    """
    SELECT u.id, u.name, p.available, u.active, p.weight, p.max_open, coalesce(l.open_count, 0),
           count(a.id) FILTER (WHERE a.status = 'assigned'),
           count(a.id) FILTER (WHERE a.status = 'assigned' AND a.sla_due_at < :now),
           (SELECT count(*) FROM assignments AS g WHERE g.org_id = u.org_id AND g.rep_id = u.id
              AND g.assigned_at >= :since),
           (SELECT array_agg(t.name ORDER BY t.name) FROM team_members AS m
              JOIN teams AS t ON t.org_id = m.org_id AND t.id = m.team_id
             WHERE m.org_id = u.org_id AND m.user_id = u.id)
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    LEFT JOIN assignments AS a ON a.org_id = p.org_id AND a.rep_id = p.user_id
         AND a.status IN ('assigned', 'accepted', 'working')
    WHERE p.org_id = :org_id AND u.active
    GROUP BY u.org_id, u.id, u.name, p.available, u.active, p.weight, p.max_open, l.open_count
    ORDER BY u.name, u.id
    """,
)


async def list_standings(tx: Transaction, org_id: UUID, now: datetime, since: datetime) -> list[Standing]:
    """Return every active rep, by name."""
    rows = await tx.execute(_STANDINGS, {"org_id": org_id, "now": now, "since": since})
    return [Standing(*(*row[:-1], tuple(row[-1] or ()))) for row in rows]


_WAITING = text(
    "SELECT outcome, count(*), min(created_at) FROM leads WHERE org_id = :org_id AND next_check_at IS NOT NULL "
    "GROUP BY outcome ORDER BY count(*) DESC",
)


async def count_waiting(tx: Transaction, org_id: UUID) -> list[tuple[str, int, datetime]]:
    """Return why leads wait: each outcome with how many have it and since when the oldest waits."""
    return [(row[0], row[1], row[2]) for row in await tx.execute(_WAITING, {"org_id": org_id})]


_OPEN = text(
    "SELECT count(*), count(*) FILTER (WHERE status = 'assigned' AND sla_due_at < :now), "
    "count(*) FILTER (WHERE status = 'assigned') FROM assignments "
    "WHERE org_id = :org_id AND status IN ('assigned', 'accepted', 'working')",
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """All open assignments of an organisation."""

    open: int
    overdue: int
    not_accepted: int


async def count_open(tx: Transaction, org_id: UUID, now: datetime) -> OpenWork:
    """Return how much work is open."""
    row = (await tx.execute(_OPEN, {"org_id": org_id, "now": now})).one()
    return OpenWork(row[0], row[1], row[2])
