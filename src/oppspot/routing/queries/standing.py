"""How people stand: open leads, limits, what is overdue."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """One rep at this moment; `given_30d` counts leads given in the last 30 days, however they came.

    `joined` is False for somebody invited who has not accepted yet.
    """

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
    joined: bool
    paused_until: datetime | None


_STANDINGS = text(
    """
    SELECT u.id, u.name, p.available, u.can_work, p.weight, p.max_open, coalesce(l.open_count, 0),
           count(a.id) FILTER (WHERE a.status = 'assigned'),
           count(a.id) FILTER (WHERE d.sla_due_at < :now),
           (SELECT count(*) FROM assignments AS g WHERE g.org_id = u.org_id AND g.rep_id = u.id
              AND g.assigned_at >= :since),
           (SELECT array_agg(t.name ORDER BY t.name) FROM team_members AS m
              JOIN teams AS t ON t.org_id = m.org_id AND t.id = m.team_id
             WHERE m.org_id = u.org_id AND m.user_id = u.id),
           u.password_hash IS NOT NULL, p.paused_until
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    LEFT JOIN assignments AS a ON a.org_id = p.org_id AND a.rep_id = p.user_id
         AND a.status IN ('assigned', 'accepted', 'working')
    LEFT JOIN leads AS d ON d.org_id = a.org_id AND d.id = a.lead_id
    WHERE p.org_id = :org_id AND u.can_work
    GROUP BY u.org_id, u.id, u.name, p.available, u.can_work, p.weight, p.max_open, l.open_count, u.password_hash,
             p.paused_until
    ORDER BY u.name, u.id
    """,
)


async def list_standings(tx: Transaction, org_id: UUID, now: datetime, since: datetime) -> list[Standing]:
    """Return every active rep, by name."""
    rows = await tx.execute(_STANDINGS, {"org_id": org_id, "now": now, "since": since})
    return [Standing(*(*row[:-3], tuple(row[-3] or ()), *row[-2:])) for row in rows]


_OPEN = text(
    "SELECT count(*), count(*) FILTER (WHERE l.sla_due_at < :now), count(*) FILTER (WHERE a.status = 'assigned') "
    "FROM assignments AS a JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id "
    "WHERE a.org_id = :org_id AND a.status IN ('assigned', 'accepted', 'working')",
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


@dataclass(frozen=True, slots=True)
class Pause:
    """Whether somebody who takes leads has paused: until when, and why."""

    until: datetime | None
    reason: str


_PAUSE = text("SELECT paused_until, pause_reason FROM rep_profiles WHERE org_id = :org_id AND user_id = :rep_id")


async def find_pause(tx: Transaction, org_id: UUID, rep_id: UUID) -> Pause | None:
    """Return the pause of somebody, empty if there is none; None for who takes no leads."""
    row = (await tx.execute(_PAUSE, {"org_id": org_id, "rep_id": rep_id})).one_or_none()
    return Pause(*row) if row else None
