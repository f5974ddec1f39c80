"""Adds and finishes tasks: what somebody is to do about a lead."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.queries.roles import can_work
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, invalid
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import get_score
from oppspot.routing.errors import NotYourTask
from oppspot.routing.models import LeadTask
from oppspot.routing.queries.tasks import Task, get_task
from oppspot.routing.services.assignments import tell

_DONE: Final = text(
    "UPDATE tasks SET done_at = :now, done_by = :by "
    "WHERE org_id = :org_id AND id = :id AND done_at IS NULL RETURNING id"
)


async def add_task(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    title: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    rep_id: UUID | None = None,
) -> Task:
    """Add a task about a lead, for oneself or (who may assign leads) for somebody else; raises NotFound, Invalid."""
    await get_score(tx, actor.org_id, lead_id)
    person = await _person(tx, actor, rep_id or actor.user_id)
    task_id = new_id()
    row = {
        "org_id": actor.org_id,
        "id": task_id,
        "lead_id": lead_id,
        "rep_id": person,
        "title": title,
        "due_at": due_at,
        "created_at": now,
        "created_by": actor.name,
    }
    await insert_rows(tx, LeadTask, [row])
    await tell(tx, actor, lead_id, "task.created", now, {"title": title, "rep_id": person, "due_at": due_at})
    if person != actor.user_id:
        notice = Notice(person, "task.created", f"For you to do: {title}", f"From {actor.name}.", f"/leads/{lead_id}")
        await notify_users(tx, actor.org_id, [notice], now)
    return await get_task(tx, actor.org_id, task_id)


async def _person(tx: Transaction, actor: Actor, rep_id: UUID | None) -> UUID:
    if rep_id is None:
        raise invalid("rep_id", "is missing: an API key is nobody who could do it", "the id of the person who does it")
    if rep_id != actor.user_id and not actor.can("leads.assign"):
        raise Forbidden("Only who may assign leads can give somebody else something to do.")
    if not await can_work(tx, actor.org_id, rep_id):
        raise invalid("rep_id", "is nobody who could do it", "the id of an active person who is no viewer")
    return rep_id


async def finish_task(tx: Transaction, actor: Actor, task_id: UUID, now: datetime) -> Task:
    """Say that a task is done; twice changes nothing. Raises TaskNotFound, NotYourTask."""
    task = await get_task(tx, actor.org_id, task_id)
    if task.rep_id != actor.user_id and not actor.can("leads.assign"):
        raise NotYourTask
    given = {"org_id": actor.org_id, "id": task_id, "now": now, "by": actor.name}
    if (await tx.execute(_DONE, given)).first() is None:
        return task
    await tell(tx, actor, task.lead_id, "task.completed", now, {"title": task.title, "rep_id": task.rep_id})
    await announce(tx, actor.org_id, [f"user:{task.rep_id}"])
    return await get_task(tx, actor.org_id, task_id)
