"""Takes leads from people who have not touched them in time and lets routing find somebody who has not had them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import system_actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause
from oppspot.routing.services.keeping import let_go, put_back
from oppspot.routing.services.moves import Moved


async def pass_on(tx: Transaction, org_id: UUID, moves: Sequence[Moved], now: datetime) -> set[UUID]:
    """Let routing give leads to others; returns those that have gone.

    A lead for which there is nobody else, or that routing would not give to anybody (blocked, a duplicate), stays with
    whoever has it: it is never with nobody.
    """
    if not moves:
        return set()
    actor = system_actor(org_id)
    rows = [move.row for move in moves]
    ids = [row.lead_id for row in rows]
    was = await let_go(tx, org_id, ids, now)
    # Taken from one, then given to the next: in this order in the timeline too.
    event_ids = {lead_id: new_id() for lead_id in ids}
    results = await reassess(tx, actor, ids, now, Cause("sla", may_stay=True))
    gone = {result.id for result in results if result.assignment is not None or result.outcome == "queued"}
    await put_back(tx, org_id, was, set(ids) - gone, now)
    withdrawn = [row for row in rows if row.lead_id in gone]
    await record_events(tx, actor, [_withdrawn(row, event_ids[row.lead_id]) for row in withdrawn], now)
    return gone


def _withdrawn(row: Any, event_id: UUID) -> Happening:
    payload = {"rep_id": row.rep_id, "reason": f"{row.rep_name} did not touch it in time"}
    return Happening("assignment.withdrawn", row.lead_id, payload, event_id)
