"""What the dashboard counts: clocks, what nobody has, what came in the last hours; a statement each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.leads.filters import SOON
from oppspot.leads.naming import sql_lead_name
from oppspot.routing.clocks import ClockKind
from oppspot.routing.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class ClockCounts:
    """Leads by a clock of one kind (None: any) that waits for something: running, due soon, overdue, standing still."""

    kind: ClockKind | None
    running: int = 0
    soon: int = 0
    overdue: int = 0
    paused: int = 0


_CLOCKS = text(
    """
    SELECT kind, count(DISTINCT lead_id) FILTER (WHERE paused_at IS NULL),
           count(DISTINCT lead_id) FILTER (WHERE paused_at IS NULL AND due_at >= :now AND due_at < :soon),
           count(DISTINCT lead_id) FILTER (WHERE paused_at IS NULL AND due_at < :now),
           count(DISTINCT lead_id) FILTER (WHERE paused_at IS NOT NULL)
    FROM sla_clocks WHERE org_id = :org_id AND met_at IS NULL AND stopped_at IS NULL
    GROUP BY ROLLUP (kind)
    """,
)


async def count_clocks(tx: Transaction, org_id: UUID, now: datetime) -> tuple[ClockCounts, list[ClockCounts]]:
    """Return how leads stand by any clock, and by each kind in the order a lead meets them."""
    rows = await tx.execute(_CLOCKS, {"org_id": org_id, "now": now, "soon": now + SOON})
    found = {row[0]: ClockCounts(row[0] and ClockKind(row[0]), *row[1:]) for row in rows}
    return found.get(None, ClockCounts(None)), [found.get(kind, ClockCounts(kind)) for kind in ClockKind]


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Leads that wait for the same reason, and which of them has waited longest."""

    outcome: Outcome
    count: int
    since: datetime
    oldest_id: UUID
    oldest_name: str


_UNPLACED = text(
    f"""
    WITH waiting AS (
        SELECT outcome, count(*) AS number, min(created_at) AS since,
               (array_agg(id ORDER BY created_at, id))[1] AS oldest
        FROM leads WHERE org_id = :org_id AND next_check_at IS NOT NULL
        GROUP BY outcome
    )
    SELECT w.outcome, w.number, w.since, l.id,
           {sql_lead_name()}
    FROM waiting AS w
    JOIN leads AS l ON l.org_id = :org_id AND l.id = w.oldest
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    ORDER BY w.number DESC, w.outcome
    """,  # noqa: S608 — our own expression
)


async def list_unplaced(tx: Transaction, org_id: UUID) -> list[Unplaced]:
    """Return why leads wait for somebody, the commonest reason first."""
    rows = await tx.execute(_UNPLACED, {"org_id": org_id})
    return [Unplaced(Outcome(row[0]), *row[1:]) for row in rows]


@dataclass(frozen=True, slots=True)
class HourCounts:
    """The leads received in one hour, each counted once: by what has become of it until now."""

    start: datetime
    by_outcome: Mapping[Outcome, int] = field(default_factory=dict)

    def of(self, outcomes: Iterable[Outcome]) -> int:
        """Return how many have come to one of these outcomes."""
        return sum(self.by_outcome.get(outcome, 0) for outcome in outcomes)

    @property
    def total(self) -> int:
        """How many were received."""
        return sum(self.by_outcome.values())


HOURS: Final = 24
_HOURS = text(
    """
    SELECT date_bin('1 hour', created_at, :since) AS start, outcome, count(*) AS leads
    FROM leads WHERE org_id = :org_id AND created_at >= :since AND created_at < :until
    GROUP BY 1, 2
    """,
)


async def count_hours(tx: Transaction, org_id: UUID, now: datetime) -> Sequence[HourCounts]:
    """Return what was received in each of the last 24 hours, this one included, the oldest first."""
    until = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    since = until - timedelta(hours=HOURS)
    found: defaultdict[datetime, dict[Outcome, int]] = defaultdict(dict)
    for row in await tx.execute(_HOURS, {"org_id": org_id, "since": since, "until": until}):
        found[row.start][Outcome(row.outcome)] = row.leads
    starts = [since + timedelta(hours=number) for number in range(HOURS)]
    return [HourCounts(start, found.get(start, {})) for start in starts]
