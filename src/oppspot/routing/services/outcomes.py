"""Counts what became of the leads that reps completed, so that routing need not count them for every batch."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Database, Transaction
from oppspot.core.organisations import visit_all

# What was completed longer ago says little about today.
WINDOW: Final = timedelta(days=180)
_COUNT = text(
    """
    WITH counted AS (
        SELECT a.rep_id, a.priority, count(*) AS trials,
               count(*) FILTER (WHERE l.status IN ('qualified', 'converted')) AS wins,
               coalesce(sum(a.value) FILTER (WHERE l.status IN ('qualified', 'converted')), 0) AS value
        FROM assignments AS a JOIN leads AS l ON l.org_id = a.org_id AND l.id = a.lead_id
        WHERE a.org_id = :org_id AND a.status = 'completed' AND a.ended_at >= :since
        GROUP BY a.rep_id, a.priority
    ), gone AS (
        DELETE FROM rep_outcomes AS o WHERE o.org_id = :org_id
        AND NOT EXISTS (SELECT FROM counted AS c WHERE c.rep_id = o.rep_id AND c.priority = o.priority)
    )
    INSERT INTO rep_outcomes (org_id, rep_id, priority, trials, wins, value, counted_at)
    SELECT :org_id, rep_id, priority, trials, wins, value, :now FROM counted
    ON CONFLICT (org_id, rep_id, priority) DO UPDATE SET
        trials = excluded.trials, wins = excluded.wins, value = excluded.value, counted_at = excluded.counted_at
    """,
)


async def count_outcomes(tx: Transaction, org_id: UUID, now: datetime) -> None:
    """Count the outcomes of the last 180 days anew, by rep and priority; a win is a lead now qualified or converted."""
    await tx.execute(_COUNT, {"org_id": org_id, "since": now - WINDOW, "now": now})


async def count_all_outcomes(database: Database, now: datetime) -> int:
    """Count for every organisation, each in a transaction of its own; returns how many."""

    async def count(tx: Transaction, org_id: UUID) -> int:
        await count_outcomes(tx, org_id, now)
        return 1

    return await visit_all(database, count)
