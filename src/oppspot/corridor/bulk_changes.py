"""One change to many leads, in one pass through the corridor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.corridor.editing import close_assignments
from oppspot.corridor.pipeline import amend
from oppspot.corridor.routing import SETTLED
from oppspot.corridor.types import Cause, LeadState
from oppspot.leads.types import LeadStatus


async def set_status(tx: Transaction, actor: Actor, lead_ids: Sequence[UUID], status: LeadStatus, now: datetime) -> int:
    """Set the status of leads; settled ones leave their owners' desks. Returns how many leads there were."""

    def apply(state: LeadState) -> None:
        if state.lead["status"] != status:
            state.changes["lead.status"] = [state.lead["status"], status]
            state.lead["status"], state.lead["updated_at"] = status, now
        if status in SETTLED:
            state.lead["sla_due_at"] = state.lead["next_check_at"] = None

    results = await amend(tx, actor, lead_ids, apply, now, Cause("edit"))
    if status in SETTLED:
        await close_assignments(tx, actor.org_id, [result.id for result in results], now)
    return len(results)
