"""Records that somebody has been in touch with a lead, and stops the clock where that counts as a first touch."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.lead_rows import set_columns
from oppspot.routing.clock_writes import meet_first_touch, true_dues
from oppspot.routing.services.assignments import move_assignment, own_assignment, tell

TouchKind = Literal["call", "email", "meeting", "message"]
# What a rule asked of the new owner is done with that.
_FOLLOWED_UP: Final = text(
    "UPDATE tasks SET done_at = :now, done_by = :by WHERE org_id = :org_id AND assignment_id = :id AND done_at IS NULL"
)


async def record_touch(tx: Transaction, actor: Actor, lead_id: UUID, kind: TouchKind, note: str, now: datetime) -> bool:
    """Record a call, an e-mail, a meeting or a message; returns whether the policy counts it as a touch.

    Whoever has been in touch works on the lead: it is accepted, if it was not. Raises NotFound, NothingAssigned,
    NotYourLead.
    """
    assignment = await own_assignment(tx, actor, lead_id)
    if assignment.status != "working":
        accepted = assignment.accepted_at or now
        await move_assignment(tx, assignment, {"status": "working", "accepted_at": accepted})
        await set_columns(tx, actor.org_id, lead_id, now, status="working")
    counts = kind in (await load_configuration(tx, actor.org_id)).routing.policies.sla.touches
    if counts:
        await meet_first_touch(tx, actor.org_id, [lead_id], now, kind)
        await true_dues(tx, actor.org_id, [lead_id])
        await tx.execute(_FOLLOWED_UP, {"org_id": actor.org_id, "id": assignment.id, "now": now, "by": actor.name})
    payload = {"kind": kind, "note": note, "counts": counts, "rep_id": assignment.rep_id}
    await tell(tx, actor, lead_id, "lead.touched", now, payload)
    return counts
