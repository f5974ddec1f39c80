"""Accept, complete, hand back and let go: what people do with the leads they have.

Each command changes one row by compare-and-set, under the organisation's turn, and lets the lead enter the corridor
again where that may give it to somebody else.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import get_score, set_columns
from oppspot.corridor.loading import take_turn
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause, LeadResult
from oppspot.routing.errors import AssignmentMoved, NothingAssigned, NotYourLead
from oppspot.routing.models import OPEN_STATUSES, Assignment
from oppspot.routing.sla import is_breached

Ending = Literal["qualified", "nurturing", "disqualified", "converted"]


async def accept_assignment(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> None:
    """Take up a lead: its rep says "I am on it". Accepting twice changes nothing."""
    assignment = await _own_assignment(tx, actor, lead_id)
    if assignment.status != "assigned":
        return
    changes: dict[str, Any] = {"status": "accepted", "accepted_at": now}
    # Too late is too late, also in the minute before the sweep comes by.
    if assignment.sla_breached_at is None and assignment.sla_due_at and is_breached(assignment.sla_due_at, now):
        changes["sla_breached_at"] = now
    await _move(tx, assignment, changes)
    # The first touch is made: nothing is due any more.
    await set_columns(tx, actor.org_id, lead_id, now, status="working", sla_due_at=None)
    await _tell(tx, actor, lead_id, "assignment.accepted", now, {"rep_id": assignment.rep_id})


async def complete_assignment(tx: Transaction, actor: Actor, lead_id: UUID, ending: Ending, now: datetime) -> None:
    """Finish the work on a lead with what came of it."""
    assignment = await _own_assignment(tx, actor, lead_id)
    await _move(tx, assignment, {"status": "completed", "completed_at": now, "ended_at": now})
    stage = {"qualified": "sql", "converted": "customer"}.get(ending)
    await set_columns(
        tx, actor.org_id, lead_id, now, status=ending, sla_due_at=None, **({"stage": stage} if stage else {})
    )
    await _tell(tx, actor, lead_id, "assignment.completed", now, {"rep_id": assignment.rep_id, "ending": ending})


async def reject_assignment(tx: Transaction, actor: Actor, lead_id: UUID, reason: str, now: datetime) -> LeadResult:
    """Hand a lead back with a reason; it is routed at once to somebody who has not had it."""
    assignment = await _own_assignment(tx, actor, lead_id)
    await _move(tx, assignment, {"status": "rejected", "ended_at": now})
    await set_columns(tx, actor.org_id, lead_id, now, status="new", owner_id=None, sla_due_at=None)
    await _tell(tx, actor, lead_id, "assignment.rejected", now, {"rep_id": assignment.rep_id, "reason": reason})
    [result] = await reassess(tx, actor, [lead_id], now, Cause("rejected"))
    return result


async def reroute_lead(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> LeadResult:
    """Let routing decide again, whoever has the lead now; they do not get it back."""
    await take_turn(tx, actor.org_id)
    await get_score(tx, actor.org_id, lead_id)
    assignment = await find_open_assignment(tx, actor.org_id, lead_id)
    if assignment is not None:
        await _move(tx, assignment, {"status": "reassigned", "ended_at": now})
        await _tell(tx, actor, lead_id, "assignment.withdrawn", now, {"rep_id": assignment.rep_id})
    # Whoever gets it next has yet to take it up. A clock that runs in a queue is not stopped by asking again.
    stopped = {"sla_due_at": None} if assignment is not None else {}
    await set_columns(tx, actor.org_id, lead_id, now, status="new", owner_id=None, **stopped)
    [result] = await reassess(tx, actor, [lead_id], now, Cause("rerouted"))
    return result


async def find_open_assignment(tx: Transaction, org_id: UUID, lead_id: UUID) -> Assignment | None:
    """Return who has a lead now, if anybody."""
    return await tx.scalar(
        select(Assignment).where(
            Assignment.org_id == org_id,
            Assignment.lead_id == lead_id,
            Assignment.status.in_(OPEN_STATUSES),
        ),
    )


async def _own_assignment(tx: Transaction, actor: Actor, lead_id: UUID) -> Assignment:
    """Return the open assignment that this actor may act on: their own, or anybody's for who assigns leads."""
    await take_turn(tx, actor.org_id)
    await get_score(tx, actor.org_id, lead_id)
    assignment = await find_open_assignment(tx, actor.org_id, lead_id)
    if assignment is None:
        raise NothingAssigned
    if assignment.rep_id != actor.user_id and not actor.can("leads.assign"):
        raise NotYourLead
    return assignment


async def _move(tx: Transaction, assignment: Assignment, changes: dict[str, Any]) -> None:
    """Change an assignment only if it still is what we read."""
    moved = await tx.execute(
        update(Assignment)
        .where(
            Assignment.org_id == assignment.org_id,
            Assignment.id == assignment.id,
            Assignment.status == assignment.status,
        )
        .values(changes)
        .execution_options(synchronize_session=False),
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise AssignmentMoved
    tx.expunge(assignment)


async def _tell(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    event: str,
    now: datetime,
    payload: dict[str, Any],
) -> None:
    await record_events(tx, actor, [Happening(event, lead_id, payload)], now)
    await announce(tx, actor.org_id, ["leads", f"lead:{lead_id}"])
