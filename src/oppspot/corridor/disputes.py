"""Identities that a lead brought although they are another's: left where they are, and told once on the timeline."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.bulk import uuid_array
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem
from oppspot.core.events import Happening
from oppspot.corridor.types import Disputed, LeadState

EVENT: Final = "identity.disputed"
_TOLD: Final = text(
    "SELECT lead_id, payload->>'field', payload->>'value' FROM timeline_events "
    "WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) AND name = :event",
)


def problem_of(disputed: Disputed) -> FieldProblem:
    """Return a dispute as the warning that the sender gets."""
    message = f"belongs to {disputed.holder} {disputed.holder_id}, so it was left out"
    return FieldProblem(disputed.path, message, f"one that no other {disputed.holder} has")


def happening_of(state: LeadState, disputed: Disputed) -> Happening:
    """Return a dispute as the timeline tells it."""
    reason = f"{disputed.value} belongs to another {disputed.holder}, so it was left out"
    payload = {
        "field": disputed.path,
        "value": disputed.value,
        "holder": {"type": disputed.holder, "id": disputed.holder_id},
        "reason": reason,
    }
    return Happening(EVENT, state.id, payload)


async def forget_told(tx: Transaction, org_id: UUID, states: Sequence[LeadState]) -> None:
    """Leave out what a lead's timeline tells already: systems that send a lead daily say the same daily."""
    disputing = [state for state in states if state.disputed]
    if not disputing:
        return
    ids = uuid_array([state.id for state in disputing])
    told = {tuple(row) for row in await tx.execute(_TOLD, {"org_id": org_id, "ids": ids, "event": EVENT})}
    for state in disputing:
        fresh = {(item.path, item.value): item for item in state.disputed}
        state.disputed = [item for key, item in fresh.items() if (state.id, *key) not in told]
