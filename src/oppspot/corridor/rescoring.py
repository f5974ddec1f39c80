"""Assesses all leads of an organisation anew: in chunks that any number of workers do side by side, each once.

1. `start_rescoring`, in the transaction that publishes, writes the run and enqueues its splitting.
2. `split_rescoring` cuts the leads into chunks by identifier and enqueues a job for each.
3. `rescore_chunk` marks its chunk done in the transaction that assesses it: a chunk done twice is done once, one whose
   worker died is undone and taken up again by `resume_rescorings`.
4. The last chunk ends the run and has leads that wait for an owner tried again: only that needs anybody's turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import system_actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database, Transaction
from oppspot.core.ids import new_id
from oppspot.core.jobs import Job, enqueue
from oppspot.corridor.errands import retry_unrouted
from oppspot.corridor.loading import take_turn
from oppspot.corridor.models import Rescoring
from oppspot.corridor.pipeline import rescore
from oppspot.corridor.types import Cause

CHUNK: Final = 500
# A run that has not moved for so long is taken up again.
STILL_AFTER: Final = timedelta(minutes=5)

_SUPERSEDE = text(
    "UPDATE rescorings SET superseded_at = :now "
    "WHERE org_id = :org_id AND finished_at IS NULL AND superseded_at IS NULL",
)
_SPLIT = text(
    """
    INSERT INTO rescoring_chunks (org_id, rescoring_id, number, after, until, size)
    SELECT :org_id, :id, number, coalesce(lag(until) OVER (ORDER BY number), CAST(:start AS uuid)), until, size
    FROM (
        SELECT (place - 1) / :chunk AS number, (array_agg(id ORDER BY id DESC))[1] AS until, count(*) AS size
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM leads WHERE org_id = :org_id) AS leads
        GROUP BY 1
    ) AS chunks
    ON CONFLICT DO NOTHING
    """,
)
_COUNT = text(
    """
    UPDATE rescorings AS r SET total = (
        SELECT coalesce(sum(size), 0) FROM rescoring_chunks AS c WHERE c.org_id = r.org_id AND c.rescoring_id = r.id)
    WHERE r.org_id = :org_id AND r.id = :id
    """,
)
_UNDONE = text(
    "SELECT number FROM rescoring_chunks WHERE org_id = :org_id AND rescoring_id = :id AND done_at IS NULL "
    "ORDER BY number",
)
_CLAIM = text(
    """
    UPDATE rescoring_chunks AS c SET done_at = :now FROM rescorings AS r
    WHERE c.org_id = :org_id AND c.rescoring_id = :id AND c.number = :number AND c.done_at IS NULL
        AND r.org_id = c.org_id AND r.id = c.rescoring_id AND r.superseded_at IS NULL
    RETURNING c.after, c.until, r.cause
    """,
)
_IDS = text("SELECT id FROM leads WHERE org_id = :org_id AND id > :after AND id <= :until ORDER BY id")
# Whoever holds the run's row sees all chunks that were done before it: the last of them ends the run.
_HOLD = text("SELECT FROM rescorings WHERE org_id = :org_id AND id = :id FOR UPDATE")
_FINISH = text(
    """
    UPDATE rescorings AS r SET finished_at = clock_timestamp()
    WHERE r.org_id = :org_id AND r.id = :id AND r.finished_at IS NULL AND NOT EXISTS (
        SELECT FROM rescoring_chunks AS c WHERE c.org_id = r.org_id AND c.rescoring_id = r.id AND c.done_at IS NULL)
    RETURNING r.id
    """,
)
_STILL = text(
    """
    SELECT r.id, r.total FROM rescorings AS r
    WHERE r.org_id = :org_id AND r.finished_at IS NULL AND r.superseded_at IS NULL AND greatest(r.started_at, (
        SELECT max(c.done_at) FROM rescoring_chunks AS c WHERE c.org_id = r.org_id AND c.rescoring_id = r.id
    )) < :before
    """,
)
_LATEST = text(
    """
    SELECT r.id, r.cause, r.total, r.started_at, r.finished_at, r.superseded_at, (
        SELECT coalesce(sum(c.size), 0) FROM rescoring_chunks AS c
        WHERE c.org_id = r.org_id AND c.rescoring_id = r.id AND c.done_at IS NOT NULL) AS done
    FROM rescorings AS r WHERE r.org_id = :org_id ORDER BY r.started_at DESC, r.id DESC LIMIT :number
    """,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `total` is None until it is known."""

    id: UUID
    cause: str
    total: int | None
    started_at: datetime
    finished_at: datetime | None
    superseded_at: datetime | None
    done: int

    @property
    def is_running(self) -> bool:
        return self.finished_at is None and self.superseded_at is None


async def start_rescoring(tx: Transaction, org_id: UUID, cause: str, now: datetime) -> UUID:
    """Have all leads assessed anew, soon after; a run that is under way gives way to this one."""
    rescoring_id = new_id()
    await tx.execute(_SUPERSEDE, {"org_id": org_id, "now": now})
    await insert_rows(
        tx, Rescoring, [{"org_id": org_id, "id": rescoring_id, "cause": cause, "total": None, "started_at": now}]
    )
    await enqueue(tx, [_splitting(org_id, rescoring_id)])
    return rescoring_id


async def list_rescorings(tx: Transaction, org_id: UUID, *, limit: int = 20) -> list[Progress]:
    """Return the latest runs, the newest first."""
    rows = await tx.execute(_LATEST, {"org_id": org_id, "number": limit})
    return [Progress(**row) for row in rows.mappings()]


async def split_rescoring(database: Database, org_id: UUID, rescoring_id: UUID) -> int:
    """Cut the leads into chunks and enqueue what is not done of them; returns how many chunks that is."""
    given = {"org_id": org_id, "id": rescoring_id}
    async with database.transaction(org_id) as tx:
        # Whoever began before the publication decides by what was live then: their leads must be among the chunks'.
        await take_turn(tx, org_id)
        await tx.execute(_SPLIT, given | {"chunk": CHUNK, "start": str(UUID(int=0))})
        await tx.execute(_COUNT, given)
        undone = list((await tx.execute(_UNDONE, given)).scalars())
        await enqueue(tx, _chunks(org_id, rescoring_id, undone))
        if not undone:
            await tx.execute(_FINISH, given)
        return len(undone)


async def rescore_chunk(database: Database, org_id: UUID, rescoring_id: UUID, number: int, now: datetime) -> int:
    """Assess the leads of one chunk anew; returns how many, 0 when that was done or is no longer wanted."""
    given = {"org_id": org_id, "id": rescoring_id, "now": now}
    async with database.transaction(org_id) as tx:
        chunk = (await tx.execute(_CLAIM, given | {"number": number})).one_or_none()
        if chunk is None:
            return 0
        between = {"org_id": org_id, "after": chunk.after, "until": chunk.until}
        ids = list((await tx.execute(_IDS, between)).scalars())
        await rescore(tx, system_actor(org_id), ids, now, Cause(chunk.cause))
        await tx.execute(_HOLD, given)
        if (await tx.execute(_FINISH, given)).one_or_none():
            await enqueue(tx, [retry_unrouted(org_id)])
        return len(ids)


async def resume_rescorings(database: Database, org_id: UUID, now: datetime) -> int:
    """Take up again the runs of an organisation that stand still; returns how many."""
    async with database.transaction(org_id) as tx:
        still = (await tx.execute(_STILL, {"org_id": org_id, "before": now - STILL_AFTER})).all()
        await enqueue(tx, [_splitting(org_id, run.id) for run in still])
        return len(still)


def _splitting(org_id: UUID, rescoring_id: UUID) -> Job:
    args = {"org_id": str(org_id), "rescoring_id": str(rescoring_id)}
    return Job("corridor:split_rescoring", args, queueing_lock=f"rescoring:{rescoring_id}")


def _chunks(org_id: UUID, rescoring_id: UUID, numbers: Sequence[int]) -> list[Job]:
    return [
        Job(
            "corridor:rescore_chunk",
            {"org_id": str(org_id), "rescoring_id": str(rescoring_id), "number": number},
            queueing_lock=f"rescoring:{rescoring_id}:{number}",
        )
        for number in numbers
    ]
