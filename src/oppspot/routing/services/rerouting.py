"""Lets routing decide anew on leads, one or many; where nobody else may have one it stays with whoever has it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import notify_users
from oppspot.core.actor import Actor
from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.corridor.loading import take_turn
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause, LeadResult
from oppspot.leads.types import OPEN_STATUSES
from oppspot.routing.clock_writes import leave_clocks, true_dues
from oppspot.routing.errors import LeadSettled
from oppspot.routing.outcomes import Outcome
from oppspot.routing.services.keeping import let_go, put_back
from oppspot.routing.services.losing import notices_of_losing


@dataclass(frozen=True, slots=True)
class Rerouted:
    """What became of them: given to somebody or a queue, kept by who has them, waiting, settled, not there."""

    given: int
    kept: int
    waiting: int
    settled: int
    missing: int


_LEADS: Final = text(
    "SELECT id, status FROM leads WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE",
)


async def reroute_lead(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> LeadResult:
    """Let routing decide again, whoever has the lead now; they keep it only where nobody else may have it.

    Raises NotFound, LeadSettled.
    """
    await take_turn(tx, actor.org_id)
    found = (await tx.execute(_LEADS, {"org_id": actor.org_id, "ids": uuid_array([lead_id])})).one_or_none()
    if found is None:
        raise NotFound("There is no such lead.")
    if found.status not in OPEN_STATUSES:
        raise LeadSettled
    [result] = await _decide_anew(tx, actor, [lead_id], now)
    return result


async def reroute_leads(tx: Transaction, actor: Actor, lead_ids: Sequence[UUID], now: datetime) -> Rerouted:
    """Let routing decide on leads anew, in as many statements as on one; settled ones are left alone."""
    await take_turn(tx, actor.org_id)
    wanted = list(dict.fromkeys(lead_ids))
    found = (await tx.execute(_LEADS, {"org_id": actor.org_id, "ids": uuid_array(wanted)})).all()
    ids = [row.id for row in found if row.status in OPEN_STATUSES]
    results = await _decide_anew(tx, actor, ids, now) if ids else []
    given = sum(map(_has_gone, results))
    kept = sum(result.outcome == Outcome.KEPT_OWNER for result in results)
    waiting = len(results) - given - kept
    return Rerouted(given, kept, waiting, len(found) - len(ids), len(wanted) - len(found))


async def _decide_anew(tx: Transaction, actor: Actor, ids: Sequence[UUID], now: datetime) -> list[LeadResult]:
    """Decide, and put back what nobody else may have: its answer says why, and who keeps it."""
    was = await let_go(tx, actor.org_id, ids, now)
    held = list(was.holders)
    # Taken from one, then given to the next: in this order in the timeline too.
    event_ids = {lead_id: new_id() for lead_id in held}
    # A clock that runs in a queue is not stopped by asking again.
    await leave_clocks(tx, actor.org_id, held, now)
    await true_dues(tx, actor.org_id, held)
    results = await reassess(tx, actor, ids, now, Cause("rerouted", may_stay=True))
    gone = {result.id for result in results if _has_gone(result)}
    kept = was.holders.keys() - gone
    await put_back(tx, actor.org_id, was, kept, now)
    await true_dues(tx, actor.org_id, kept)
    left = [row for row in was.holders.values() if row.lead_id in gone]
    withdrawn = [
        Happening("assignment.withdrawn", row.lead_id, {"rep_id": row.rep_id}, event_ids[row.lead_id]) for row in left
    ]
    await record_events(tx, actor, withdrawn, now)
    lost = notices_of_losing(actor, [row.rep_id for row in left], f"{actor.name} let routing decide again.")
    await notify_users(tx, actor.org_id, lost, now)
    return [_kept(result, was.holders[result.id]) if result.id in kept else result for result in results]


def _has_gone(result: LeadResult) -> bool:
    return result.outcome != Outcome.KEPT_OWNER and (result.assignment is not None or result.outcome == Outcome.QUEUED)


def _kept(result: LeadResult, holder: Any) -> LeadResult:
    reason = f"{result.reason} So it stays with {holder.rep_name}."
    return replace(result, outcome=Outcome.KEPT_OWNER, status=holder.lead_status, reason=reason)
