"""Tells reps about the leads they were given: one notice a rep a batch, however many leads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.db import Transaction
from oppspot.corridor.types import LeadState


async def notify_owners(tx: Transaction, org_id: UUID, states: Sequence[LeadState], now: datetime) -> None:
    """Write the notices of a batch."""
    given: dict[UUID, list[LeadState]] = defaultdict(list)
    for state in states:
        if state.assignment_id and state.decision and state.decision.rep_id:
            given[state.decision.rep_id].append(state)
    await notify_users(tx, org_id, [_notice(rep_id, leads) for rep_id, leads in given.items()], now)


def _notice(rep_id: UUID, states: Sequence[LeadState]) -> Notice:
    first = states[0]
    if len(states) > 1:
        body = f"{display_name(first)} and {len(states) - 1} more."
        return Notice(rep_id, "assignment.created", f"{len(states)} new leads are yours", body, "/my-leads")
    reason = first.decision.reason if first.decision else ""
    return Notice(rep_id, "assignment.created", f"New lead: {display_name(first)}", reason, f"/leads/{first.id}")


def display_name(state: LeadState) -> str:
    """Return what a lead is called: the person, else the address, else the company, else its external id."""
    contact = state.contact
    person = " ".join(part for part in (contact["first_name"], contact["last_name"]) if part)
    company = state.company["name"] or state.company["domain"] if state.company else None
    return person or contact["email"] or company or state.lead["external_id"] or "a lead without a name"
