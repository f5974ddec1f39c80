"""Gives leads to a named person, however many: a handful of statements for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows, uuid_array
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import get_score, set_columns_of_many
from oppspot.corridor.loading import take_turn
from oppspot.routing.errors import NotARep
from oppspot.routing.models import Assignment
from oppspot.routing.priority import priority_of

# A lead given by hand with no clock running gets a day, like any other without a rule.
_BY_HAND: Final = timedelta(hours=24)


class Giving(StrEnum):
    """What became of one lead that was to be given."""

    GIVEN = "given"
    ALREADY_THEIRS = "already_theirs"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Given:
    """What became of each lead, in the order they were named, and who was to get them."""

    rep_name: str
    leads: dict[UUID, Giving]

    def count(self, giving: Giving) -> int:
        return sum(each is giving for each in self.leads.values())


async def give_lead(tx: Transaction, actor: Actor, lead_id: UUID, rep_id: UUID, reason: str, now: datetime) -> None:
    """Give a lead to a named person, over their limit if need be; raises NotFound, NotARep."""
    await take_turn(tx, actor.org_id)
    # First of all: whoever may not see the lead learns nothing of people either.
    await get_score(tx, actor.org_id, lead_id)
    await give_leads(tx, actor, [lead_id], rep_id, reason, now)


async def give_leads(
    tx: Transaction, actor: Actor, lead_ids: Sequence[UUID], rep_id: UUID, reason: str, now: datetime
) -> Given:
    """Give leads to a named person, over their limit if need be; raises NotARep.

    Nothing happens to leads that are theirs already, or are not leads here; the others are given all or none.
    """
    await take_turn(tx, actor.org_id)
    name = await _rep_name(tx, actor.org_id, rep_id)
    found = await _held(tx, actor.org_id, lead_ids)
    moving = [row for row in found.values() if row.rep_id != rep_id]
    sentence = f"Given to {name} by {actor.name}" + (f": {reason}" if reason else ".")
    await _end(tx, actor.org_id, [row.assignment_id for row in moving if row.assignment_id], now)
    dues = {row.id: _due(row, now) for row in moving}
    await insert_rows(tx, Assignment, [_assignment(actor, row, rep_id, sentence, dues[row.id], now) for row in moving])
    await set_columns_of_many(tx, [_lead(actor, row, rep_id, dues[row.id], now) for row in moving])
    await _tell(tx, actor, moving, rep_id, sentence, now)
    moved = {row.id for row in moving}
    return Given(name, {each: _became(each, moved, found) for each in dict.fromkeys(lead_ids)})


_REP_NAME: Final = text(
    "SELECT u.name FROM users AS u JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.id = :rep_id AND u.active",
)
_HELD: Final = text(
    """
    SELECT l.id, l.score_overall, l.sla_due_at, a.id AS assignment_id, a.rep_id
    FROM leads AS l
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
         AND a.status IN ('assigned', 'accepted', 'working')
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    ORDER BY l.id FOR UPDATE OF l
    """,
)
_END: Final = text(
    "UPDATE assignments SET status = 'reassigned', ended_at = :now "
    "WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) AND status IN ('assigned', 'accepted', 'working')",
)


async def _rep_name(tx: Transaction, org_id: UUID, rep_id: UUID) -> str:
    name = (await tx.execute(_REP_NAME, {"org_id": org_id, "rep_id": rep_id})).scalar_one_or_none()
    if name is None:
        raise NotARep
    return str(name)


async def _held(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Return those of the leads that there are, with who has each and by when; locked against other writers."""
    rows = await tx.execute(_HELD, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    return {row.id: row for row in rows}


async def _end(tx: Transaction, org_id: UUID, assignment_ids: Sequence[UUID], now: datetime) -> None:
    if assignment_ids:
        await tx.execute(_END, {"org_id": org_id, "ids": uuid_array(assignment_ids), "now": now})


def _due(row: Any, now: datetime) -> datetime:
    """Let a clock that still runs run on; otherwise start one. A lead that was accepted has none that runs."""
    running: datetime | None = row.sla_due_at
    return running if running and running > now else now + _BY_HAND


def _assignment(actor: Actor, row: Any, rep_id: UUID, reason: str, due: datetime, now: datetime) -> dict[str, Any]:
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "lead_id": row.id,
        "rep_id": rep_id,
        "status": "assigned",
        "reason": reason,
        "priority": priority_of(None if row.score_overall is None else float(row.score_overall)),
        "rule_id": None,
        "rule_name": None,
        "decision_id": None,
        "sla_due_at": due,
        "assigned_at": now,
        "assigned_by": actor.name,
    }


def _lead(actor: Actor, row: Any, rep_id: UUID, due: datetime, now: datetime) -> dict[str, Any]:
    return {
        "org_id": actor.org_id,
        "id": row.id,
        "owner_id": rep_id,
        "outcome": "assigned",
        # Whoever gets it has yet to take it up.
        "status": "new",
        "sla_due_at": due,
        "queue": None,
        "queue_breached_at": None,
        "next_check_at": None,
        "updated_at": now,
    }


async def _tell(
    tx: Transaction, actor: Actor, moving: Sequence[Any], rep_id: UUID, sentence: str, now: datetime
) -> None:
    """Write each lead's timeline, and one notice for all of them."""
    if not moving:
        return
    payload = {"rep_id": rep_id, "reason": sentence}
    happenings = [Happening("assignment.created", row.id, payload | {"from": row.rep_id}) for row in moving]
    await record_events(tx, actor, happenings, now)
    await announce(tx, actor.org_id, ["leads", *(f"lead:{row.id}" for row in moving)])
    if len(moving) == 1:
        notice = Notice(rep_id, "assignment.created", "A lead was given to you", sentence, f"/leads/{moving[0].id}")
    else:
        notice = Notice(rep_id, "assignment.created", f"{len(moving)} leads were given to you", sentence, "/inbox")
    await notify_users(tx, actor.org_id, [notice], now)


def _became(lead_id: UUID, moved: set[UUID], found: dict[UUID, Any]) -> Giving:
    if lead_id in moved:
        return Giving.GIVEN
    return Giving.ALREADY_THEIRS if lead_id in found else Giving.NOT_FOUND
