"""Ends clocks and keeps what is copied from them true; each for many leads in one statement."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction

_RUN: Final = "org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) AND met_at IS NULL AND stopped_at IS NULL"
# A clock that stands still is not late, however long ago it was due.
_END: Final = """
    breached_at = coalesce(breached_at, CASE WHEN paused_at IS NULL AND due_at < :now THEN :now END),
    next_step_at = NULL, next_action = NULL, repeat_at = NULL
"""


def _ends(kind: str, by: str) -> str:
    """Return how clocks end, those of one kind met and the others stopped."""
    return f"""
        met_at = CASE WHEN kind = '{kind}' THEN CAST(:now AS timestamptz) END,
        met_by = CASE WHEN kind = '{kind}' THEN '{by}' END,
        stopped_at = CASE WHEN kind <> '{kind}' THEN CAST(:now AS timestamptz) END, {_END}
    """


# The sentences are put together from constants of ours.
_LEAVE: Final = text(
    f"UPDATE sla_clocks SET {_ends('assign', 'assigned')} WHERE {_RUN} "  # noqa: S608
    "AND (kind <> 'assign' OR lead_id = ANY(CAST(:placed AS uuid[]))) AND NOT id = ANY(CAST(:keep AS uuid[]))"
)
_SETTLE: Final = text(f"UPDATE sla_clocks SET {_ends('qualify', 'completed')} WHERE {_RUN}")  # noqa: S608
_MEET: Final = text(
    f"UPDATE sla_clocks SET met_at = :now, met_by = :by, {_END} WHERE {_RUN} AND kind = 'first_touch'"  # noqa: S608
)
_LEADS: Final = text(
    """
    UPDATE leads AS l SET sla_due_at = (
        SELECT min(c.due_at) FROM sla_clocks AS c
        WHERE c.org_id = l.org_id AND c.lead_id = l.id AND c.met_at IS NULL AND c.stopped_at IS NULL
          AND c.paused_at IS NULL AND c.kind <> 'assign')
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    """
)
_ASSIGNMENTS: Final = text(
    """
    UPDATE assignments AS a
    SET sla_due_at = CASE WHEN c.paused_at IS NULL OR c.met_at IS NOT NULL THEN c.due_at END,
        sla_breached_at = coalesce(a.sla_breached_at, c.breached_at)
    FROM sla_clocks AS c
    WHERE a.org_id = :org_id AND a.lead_id = ANY(CAST(:ids AS uuid[])) AND c.org_id = a.org_id
      AND c.lead_id = a.lead_id AND c.assignment_id = a.id AND c.kind = 'first_touch'
    """
)


async def leave_clocks(
    tx: Transaction,
    org_id: UUID,
    lead_ids: Sequence[UUID],
    now: datetime,
    *,
    placed: Sequence[UUID] | None = None,
    keep: Sequence[UUID] = (),
) -> None:
    """Stop the clocks of leads that leave whoever had them, but for those in `keep`.

    The time to place a lead ends, met, for those that are `placed` somewhere: all of them unless said otherwise.
    """
    if lead_ids:
        ids = uuid_array(lead_ids)
        given = {"placed": ids if placed is None else uuid_array(placed), "keep": uuid_array(keep)}
        await tx.execute(_LEAVE, {"org_id": org_id, "ids": ids, "now": now, **given})


async def settle_clocks(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], now: datetime) -> None:
    """End all clocks of leads whose business is over: that is what the clock for qualifying waits for."""
    if lead_ids:
        await tx.execute(_SETTLE, {"org_id": org_id, "ids": uuid_array(lead_ids), "now": now})


async def meet_first_touch(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], now: datetime, by: str) -> None:
    """End the clocks of leads whose first touch was made, and say by what; one that comes late breaches."""
    await tx.execute(_MEET, {"org_id": org_id, "ids": uuid_array(lead_ids), "now": now, "by": by})


async def true_dues(tx: Transaction, org_id: UUID, lead_ids: Collection[UUID]) -> None:
    """Copy onto leads and assignments what their clocks say: what is due next, and what was missed."""
    if lead_ids:
        for statement in (_LEADS, _ASSIGNMENTS):
            await tx.execute(statement, {"org_id": org_id, "ids": uuid_array(list(lead_ids))})
