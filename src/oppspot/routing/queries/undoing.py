"""Foresees what undoing redistributions would give back now, so that only what would come to something is offered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.routing.queries.situations import load_people
from oppspot.routing.redistribution.coming_back import ComingBack, coming_back
from oppspot.routing.redistribution.documents import read_made, read_plan
from oppspot.routing.redistribution.going_stale import HeldNow
from oppspot.routing.redistribution.models import Redistribution

_HELD: Final = text(
    """
    SELECT l.id, a.id AS assignment_id, a.rep_id, a.status FROM leads AS l
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
         AND a.status IN ('assigned', 'accepted', 'working')
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    """,
)


async def foresee_undoing(
    tx: Transaction, org_id: UUID, redistribution_ids: Sequence[UUID], now: datetime
) -> dict[UUID, ComingBack]:
    """Return, of those that are applied and not undone, what would come back now and why the rest would not.

    As many statements for many as for one; nothing is locked.
    """
    wanted = select(Redistribution.id, Redistribution.plan, Redistribution.made).where(
        Redistribution.org_id == org_id, Redistribution.id.in_(redistribution_ids), Redistribution.status == "applied"
    )
    rows = (await tx.execute(wanted)).all()
    if not rows:
        return {}
    lead_ids = sorted({UUID(lead_id) for row in rows for lead_id in row.made})
    found = await tx.execute(_HELD, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    held = {row.id: HeldNow(row.assignment_id, row.rep_id, row.status) for row in found}
    reps = await load_people(tx, org_id, now)
    return {row.id: coming_back(read_plan(row.plan), read_made(row.made), held, reps, now) for row in rows}
