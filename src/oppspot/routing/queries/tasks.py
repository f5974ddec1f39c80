"""Reads tasks: of a lead, and of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.leads.naming import sql_lead_name
from oppspot.routing.errors import TaskNotFound


@dataclass(frozen=True, slots=True)
class Task:
    """Something somebody is to do about a lead, and whether it was done."""

    id: UUID
    lead_id: UUID
    lead_name: str
    rep_id: UUID
    rep_name: str
    title: str
    due_at: datetime | None
    created_at: datetime
    created_by: str
    done_at: datetime | None
    done_by: str | None


# A task that came with an assignment is over when the lead is no longer theirs; it was never done.
_TASKS: Final = f"""
    SELECT t.id, t.lead_id,
           {sql_lead_name()},
           t.rep_id, u.name, t.title, t.due_at, t.created_at, t.created_by, t.done_at, t.done_by
    FROM tasks AS t
    JOIN leads AS l ON l.org_id = t.org_id AND l.id = t.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    JOIN users AS u ON u.org_id = t.org_id AND u.id = t.rep_id
    LEFT JOIN assignments AS a ON a.org_id = t.org_id AND a.id = t.assignment_id
    WHERE t.org_id = :org_id AND (t.done_at IS NOT NULL OR a.id IS NULL OR a.ended_at IS NULL)
"""  # noqa: S608 — our own expression
_OF_LEAD: Final = text(
    f"{_TASKS} AND t.lead_id = :lead_id ORDER BY t.done_at DESC NULLS FIRST, t.due_at, t.id LIMIT 50"
)
_OF_PERSON: Final = text(
    f"{_TASKS} AND t.rep_id = :rep_id AND t.done_at IS NULL ORDER BY t.due_at NULLS LAST, t.id LIMIT :number"
)
_ONE: Final = text(f"{_TASKS} AND t.id = :task_id")


async def list_lead_tasks(tx: Transaction, org_id: UUID, lead_id: UUID) -> Sequence[Task]:
    """Return the tasks of a lead: what is to be done, due first, then what was done lately."""
    return [Task(*row) for row in await tx.execute(_OF_LEAD, {"org_id": org_id, "lead_id": lead_id})]


async def list_own_tasks(tx: Transaction, org_id: UUID, rep_id: UUID, number: int = 50) -> Sequence[Task]:
    """Return what a person has to do, due first."""
    given = {"org_id": org_id, "rep_id": rep_id, "number": number}
    return [Task(*row) for row in await tx.execute(_OF_PERSON, given)]


async def get_task(tx: Transaction, org_id: UUID, task_id: UUID) -> Task:
    """Return a task; raises TaskNotFound."""
    row = (await tx.execute(_ONE, {"org_id": org_id, "task_id": task_id})).one_or_none()
    if row is None:
        raise TaskNotFound
    return Task(*row)
