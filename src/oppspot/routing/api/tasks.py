"""Tasks: what somebody is to do about a lead."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.leads.queries.details import get_lead
from oppspot.routing.clock_schemas import TaskAnswer, TaskBody, TaskList
from oppspot.routing.queries.tasks import list_lead_tasks, list_own_tasks
from oppspot.routing.services.tasks import add_task, finish_task
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Worker = Annotated[Actor, Depends(needs("leads.work"))]


@router.get("/api/tasks", summary="List your tasks", responses=REFUSALS)
async def read_own_tasks(request: Request, actor: Reader) -> TaskList:
    """Return what you have to do, due first; an API key is nobody and has nothing to do."""
    if actor.user_id is None:
        return TaskList(items=[])
    async with transaction_of(request, actor) as tx:
        tasks = await list_own_tasks(tx, actor.org_id, actor.user_id)
    return TaskList(items=[TaskAnswer.model_validate(task) for task in tasks])


@router.get("/api/leads/{lead_id}/tasks", summary="List a lead's tasks", responses=REFUSALS_OF_ONE)
async def read_lead_tasks(request: Request, actor: Reader, lead_id: UUID) -> TaskList:
    """Return what is to be done about a lead, due first, then what was done lately."""
    async with transaction_of(request, actor) as tx:
        await get_lead(tx, actor.org_id, lead_id)
        tasks = await list_lead_tasks(tx, actor.org_id, lead_id)
    return TaskList(items=[TaskAnswer.model_validate(task) for task in tasks])


@router.post("/api/leads/{lead_id}/tasks", status_code=201, summary="Add a task", responses=REFUSALS_OF_ONE)
async def write_task(request: Request, actor: Worker, lead_id: UUID, body: TaskBody) -> TaskAnswer:
    """Add something to do about a lead; for somebody else it needs `leads.assign`."""
    async with transaction_of(request, actor) as tx:
        task = await add_task(tx, actor, lead_id, body.title, utc_now(), due_at=body.due_at, rep_id=body.rep_id)
    return TaskAnswer.model_validate(task)


@router.post("/api/tasks/{task_id}/complete", summary="Complete a task", responses=REFUSALS_OF_CHANGE)
async def complete(request: Request, actor: Worker, task_id: UUID) -> TaskAnswer:
    """Say that a task is done; twice changes nothing."""
    async with transaction_of(request, actor) as tx:
        return TaskAnswer.model_validate(await finish_task(tx, actor, task_id, utc_now()))
