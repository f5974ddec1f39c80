"""Accept, complete, hand back and pass on: what people do with the leads they have.

Each command changes one row by compare-and-set, under the organisation's turn, and lets the lead enter the corridor
again where that may give it to somebody else.
"""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, text, update

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import get_score, set_columns
from oppspot.corridor.loading import take_turn
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause, LeadResult
from oppspot.routing.errors import AssignmentMoved, NotARep, NothingAssigned, NotYourLead
from oppspot.routing.models import OPEN_STATUSES, Assignment
from oppspot.routing.priority import Priority, priority_of

Ending = Literal["qualified", "nurturing", "disqualified", "converted"]


async def accept_assignment(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> None:
    """Take up a lead: its rep says "I am on it". Accepting twice changes nothing."""
    assignment = await _own_assignment(tx, actor, lead_id)
    if assignment.status != "assigned":
        return
    await _move(tx, assignment, {"status": "accepted", "accepted_at": now})
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
    # Whoever gets it next has yet to take it up.
    await set_columns(tx, actor.org_id, lead_id, now, status="new", owner_id=None, sla_due_at=None)
    [result] = await reassess(tx, actor, [lead_id], now, Cause("rerouted"))
    return result


async def reassign_lead(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    rep_id: UUID,
    reason: str,
    now: datetime,
) -> UUID:
    """Give a lead to a named person, over their limit if need be; returns the new assignment's id."""
    await take_turn(tx, actor.org_id)
    score = await get_score(tx, actor.org_id, lead_id)
    name = await _rep_name(tx, actor.org_id, rep_id)
    current = await find_open_assignment(tx, actor.org_id, lead_id)
    if current is not None and current.rep_id == rep_id:
        return current.id
    if current is not None:
        await _move(tx, current, {"status": "reassigned", "ended_at": now})
    due = current.sla_due_at if current and current.sla_due_at and current.sla_due_at > now else now + _BY_HAND
    sentence = f"Given to {name} by {actor.name}" + (f": {reason}" if reason else ".")
    priority = priority_of(None if score is None else float(score))
    row = _row(actor, lead_id, rep_id, sentence, priority, due, now)
    await insert_rows(tx, Assignment, [row])
    changes = {
        "owner_id": rep_id,
        "outcome": "assigned",
        "status": "new",
        "sla_due_at": due,
        "queue": None,
        "next_check_at": None,
    }
    await set_columns(tx, actor.org_id, lead_id, now, **changes)
    payload = {"rep_id": rep_id, "reason": sentence, "from": current.rep_id if current else None}
    await _tell(tx, actor, lead_id, "assignment.created", now, payload)
    notice = Notice(rep_id, "assignment.created", "A lead was given to you", sentence, f"/leads/{lead_id}")
    await notify_users(tx, actor.org_id, [notice], now)
    return UUID(str(row["id"]))


# A lead given by hand with no clock running gets a day, like any other without a rule.
_BY_HAND = timedelta(hours=24)


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


_REP_NAME = text(
    "SELECT u.name FROM users AS u JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.id = :rep_id AND u.active",
)


async def _rep_name(tx: Transaction, org_id: UUID, rep_id: UUID) -> str:
    name = (await tx.execute(_REP_NAME, {"org_id": org_id, "rep_id": rep_id})).scalar_one_or_none()
    if name is None:
        raise NotARep
    return str(name)


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


def _row(
    actor: Actor, lead_id: UUID, rep_id: UUID, reason: str, priority: Priority, due: datetime, now: datetime
) -> dict[str, Any]:
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "lead_id": lead_id,
        "rep_id": rep_id,
        "status": "assigned",
        "reason": reason,
        "priority": priority,
        "rule_id": None,
        "rule_name": None,
        "decision_id": None,
        "sla_due_at": due,
        "assigned_at": now,
        "assigned_by": actor.name,
    }
