"""Accept, complete, hand back and let go: what people do with the leads they have.

Each command changes one row by compare-and-set, under the organisation's turn, and lets the lead enter the corridor
again where that may give it to somebody else.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, update

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.lead_rows import get_score, set_columns
from oppspot.corridor.loading import take_turn
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.types import Cause, LeadResult
from oppspot.routing.clock_writes import meet_first_touch, settle_clocks, true_dues
from oppspot.routing.errors import AssignmentMoved, NothingAssigned, NotYourLead
from oppspot.routing.models import OPEN_STATUSES, Assignment
from oppspot.routing.services.losing import notices_of_losing

Ending = Literal["qualified", "nurturing", "disqualified", "converted"]


async def accept_assignment(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> UUID:
    """Take up a lead and return whose it is: its rep says "I am on it". Accepting twice changes nothing.

    It is the first touch where the policy counts it as one.
    """
    assignment = await own_assignment(tx, actor, lead_id)
    holder: UUID = assignment.rep_id
    if assignment.status != "assigned":
        return holder
    await move_assignment(tx, assignment, {"status": "accepted", "accepted_at": now})
    await set_columns(tx, actor.org_id, lead_id, now, status="working")
    policy = (await load_configuration(tx, actor.org_id)).routing.policies.sla
    if "accepted" in policy.touches:
        await meet_first_touch(tx, actor.org_id, [lead_id], now, "accepted")
    await true_dues(tx, actor.org_id, [lead_id])
    await tell(tx, actor, lead_id, "assignment.accepted", now, {"rep_id": holder})
    return holder


async def complete_assignment(tx: Transaction, actor: Actor, lead_id: UUID, ending: Ending, now: datetime) -> None:
    """Finish the work on a lead with what came of it."""
    assignment = await own_assignment(tx, actor, lead_id)
    await move_assignment(tx, assignment, {"status": "completed", "completed_at": now, "ended_at": now})
    stage = {"qualified": "sql", "converted": "customer"}.get(ending)
    await set_columns(tx, actor.org_id, lead_id, now, status=ending, **({"stage": stage} if stage else {}))
    await settle_clocks(tx, actor.org_id, [lead_id], now)
    await true_dues(tx, actor.org_id, [lead_id])
    await tell(tx, actor, lead_id, "assignment.completed", now, {"rep_id": assignment.rep_id, "ending": ending})
    if assignment.rep_id != actor.user_id:
        title, body = "A lead of yours was completed", f"{actor.name} completed it as {ending}."
        notice = Notice(assignment.rep_id, "assignment.completed", title, body, f"/leads/{lead_id}")
        await notify_users(tx, actor.org_id, [notice], now)


async def reject_assignment(tx: Transaction, actor: Actor, lead_id: UUID, reason: str, now: datetime) -> LeadResult:
    """Hand a lead back with a reason; it is routed at once to somebody who has not had it."""
    assignment = await own_assignment(tx, actor, lead_id)
    await move_assignment(tx, assignment, {"status": "rejected", "ended_at": now})
    await settle_clocks(tx, actor.org_id, [lead_id], now)
    await true_dues(tx, actor.org_id, [lead_id])
    await set_columns(tx, actor.org_id, lead_id, now, status="new", owner_id=None)
    await tell(tx, actor, lead_id, "assignment.rejected", now, {"rep_id": assignment.rep_id, "reason": reason})
    lost = notices_of_losing(actor, [assignment.rep_id], f"{actor.name} handed it back: {reason}")
    await notify_users(tx, actor.org_id, lost, now)
    [result] = await reassess(tx, actor, [lead_id], now, Cause("rejected"))
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


async def own_assignment(tx: Transaction, actor: Actor, lead_id: UUID) -> Assignment:
    """Return the open assignment that this actor may act on: their own, or anybody's for who assigns leads."""
    await take_turn(tx, actor.org_id)
    await get_score(tx, actor.org_id, lead_id)
    assignment = await find_open_assignment(tx, actor.org_id, lead_id)
    if assignment is None:
        raise NothingAssigned
    if assignment.rep_id != actor.user_id and not actor.can("leads.assign"):
        raise NotYourLead
    return assignment


async def move_assignment(tx: Transaction, assignment: Assignment, changes: dict[str, Any]) -> None:
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


async def tell(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    event: str,
    now: datetime,
    payload: dict[str, Any],
) -> None:
    """Write what happened to a lead in its timeline, and tell open pages."""
    await record_events(tx, actor, [Happening(event, lead_id, payload)], now)
    await announce(tx, actor.org_id, ["leads", f"lead:{lead_id}"])
