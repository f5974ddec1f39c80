"""The newest leads as conditions read them, and how many come in: what a configuration can be checked against.

Read without locking; nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.corridor.accounts import load_accounts
from oppspot.corridor.assessing import assess_states
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import condition_row
from oppspot.corridor.loading import load_company_claims, load_states

_WEEK: Final = timedelta(days=7)
_LOOKED_BACK: Final = 4 * _WEEK


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of the newest leads, and how many leads came in a week of the last four."""

    rows: tuple[Mapping[str, object], ...]
    per_week: float


_NEWEST = text("SELECT id FROM leads WHERE org_id = :org_id ORDER BY created_at DESC, id DESC LIMIT :number")
# Each from its end of an index: whatever came before the four weeks but the first lead is not looked at.
_INFLOW = text(
    """
    SELECT (SELECT count(*) FROM leads WHERE org_id = :org_id AND created_at > :since AND created_at <= :now),
           (SELECT created_at FROM leads WHERE org_id = :org_id AND created_at <= :now ORDER BY created_at LIMIT 1)
    """,
)


async def load_sample(
    tx: Transaction, org_id: UUID, configuration: Configuration, now: datetime, *, number: int
) -> Sample:
    """Return the newest leads as they would be routed now: each as if it were new."""
    ids = list(await tx.scalars(_NEWEST, {"org_id": org_id, "number": number}))
    states = list((await load_states(tx, org_id, ids, locks=False)).values())
    await load_company_claims(tx, org_id, states)
    await load_accounts(tx, org_id, states, configuration, routes=True)
    assess_states(states, configuration, now)
    rows = tuple({**condition_row(state, configuration.moments, now), "lead.status": "new"} for state in states)
    return Sample(rows, await _per_week(tx, org_id, now))


async def _per_week(tx: Transaction, org_id: UUID, now: datetime) -> float:
    key = {"org_id": org_id, "now": now, "since": now - _LOOKED_BACK}
    count, first = (await tx.execute(_INFLOW, key)).one()
    span = min(_LOOKED_BACK, max(_WEEK, now - first)) if first else _LOOKED_BACK
    return float(count / (span / _WEEK))
