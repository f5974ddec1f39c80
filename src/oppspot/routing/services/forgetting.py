"""Forgets decisions that nobody is held to any more."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Database, Transaction
from oppspot.core.organisations import visit_all

# 24 months, and a little: no decision is gone a day too early.
KEPT: Final = timedelta(days=2 * 366)
# The decisions of a batch share a table of candidates and were taken at one moment, so they go together.
_FORGET = text("DELETE FROM routing_decisions WHERE org_id = :org_id AND at < :before")


async def forget_decisions(tx: Transaction, org_id: UUID, now: datetime) -> int:
    """Delete what was decided more than 24 months ago; returns how many decisions."""
    gone = await tx.execute(_FORGET, {"org_id": org_id, "before": now - KEPT})
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def forget_all_decisions(database: Database, now: datetime) -> int:
    """Do so for every organisation, each in a transaction of its own; returns how many decisions."""
    return await visit_all(database, lambda tx, org_id: forget_decisions(tx, org_id, now))
