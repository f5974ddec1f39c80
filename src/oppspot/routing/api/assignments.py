"""Assignments: given, accepted, completed, handed back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.leads.queries.details import get_lead
from oppspot.leads.schemas import AssignmentBody
from oppspot.routing.outcomes import Outcome
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.schemas import AssignBody, CompleteBody, QueueAnswer, QueueList, RejectBody, TakeBody
from oppspot.routing.services.assignments import accept_assignment, complete_assignment, reject_assignment
from oppspot.routing.services.giving import give_lead
from oppspot.routing.services.rerouting import reroute_lead
from oppspot.routing.services.taking import take_lead
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, transaction_of

router = APIRouter()
Worker = Annotated[Actor, Depends(needs("leads.work"))]
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Assigner = Annotated[Actor, Depends(needs("leads.assign"))]


class RoutedAnswer(BaseModel):
    """Where a lead is now, and why."""

    lead_id: UUID
    outcome: str
    reason: str
    assignment: AssignmentBody | None


@router.post("/api/qualification/routing/assign", summary="Route or give a lead", responses=REFUSALS_OF_CHANGE)
async def assign(request: Request, actor: Assigner, body: AssignBody) -> RoutedAnswer:
    """Give a lead to a named person, or let routing decide anew; then whoever has it does not get it back.

    Where nobody else may have it, it stays with them, and `reason` says why.

    409 `at-the-limit` names the limit of the person that it would pass; with `over_limit` they get it all the same.
    409 `lead-settled` for what is neither new nor being worked on.
    """
    async with transaction_of(request, actor) as tx:
        if body.rep_id is None:
            result = await reroute_lead(tx, actor, body.lead_id, utc_now())
            if result.outcome == Outcome.KEPT_OWNER:
                where = await _where(tx, actor, body.lead_id)
                return where.model_copy(update={"reason": result.reason})
        else:
            await give_lead(tx, actor, body.lead_id, body.rep_id, body.reason, utc_now(), over_limit=body.over_limit)
        return await _where(tx, actor, body.lead_id)


@router.post("/api/leads/{lead_id}/accept", summary="Accept a lead", responses=REFUSALS_OF_CHANGE)
async def accept(request: Request, actor: Worker, lead_id: UUID) -> RoutedAnswer:
    """Say that you are on it: a first touch where the policy counts it as one. Accepting twice changes nothing."""
    async with transaction_of(request, actor) as tx:
        await accept_assignment(tx, actor, lead_id, utc_now())
        return await _where(tx, actor, lead_id)


@router.post("/api/leads/{lead_id}/take", summary="Take a lead from its queue", responses=REFUSALS_OF_CHANGE)
async def take(request: Request, actor: Worker, lead_id: UUID, body: TakeBody | None = None) -> RoutedAnswer:
    """Take a lead that lies in a queue; taking is accepting it.

    Of several who try, one gets it and the others get 409 `already-taken`; 409 `at-the-limit` when the taker has as
    many open leads as they may. An API key names the rep; that, and taking for somebody else, needs `leads.assign`.
    """
    async with transaction_of(request, actor) as tx:
        await take_lead(tx, actor, lead_id, utc_now(), body.rep_id if body else None)
        return await _where(tx, actor, lead_id)


@router.get("/api/qualification/routing/queues", summary="List the queues", responses=REFUSALS)
async def read_queues(request: Request, actor: Reader) -> QueueList:
    """Return the queues in which leads lie, with how many, how many of them overdue, and when the next is due."""
    async with transaction_of(request, actor) as tx:
        queues = await list_queues(tx, actor.org_id, utc_now())
    return QueueList(items=[QueueAnswer.model_validate(queue) for queue in queues])


@router.post("/api/leads/{lead_id}/complete", summary="Complete a lead", responses=REFUSALS_OF_CHANGE)
async def complete(request: Request, actor: Worker, lead_id: UUID, body: CompleteBody) -> RoutedAnswer:
    """Finish the work on a lead with what came of it."""
    async with transaction_of(request, actor) as tx:
        await complete_assignment(tx, actor, lead_id, body.outcome, utc_now())
        return await _where(tx, actor, lead_id)


@router.post("/api/leads/{lead_id}/reject", summary="Hand a lead back", responses=REFUSALS_OF_CHANGE)
async def reject(request: Request, actor: Worker, lead_id: UUID, body: RejectBody) -> RoutedAnswer:
    """Hand a lead back with a reason; routing gives it at once to somebody who has not had it."""
    async with transaction_of(request, actor) as tx:
        await reject_assignment(tx, actor, lead_id, body.reason, utc_now())
        return await _where(tx, actor, lead_id)


async def _where(tx: Transaction, actor: Actor, lead_id: UUID) -> RoutedAnswer:
    whole = await get_lead(tx, actor.org_id, lead_id)
    return RoutedAnswer(
        lead_id=lead_id,
        outcome=whole.lead.outcome,
        reason=whole.reason,
        assignment=AssignmentBody.of(whole.assignment),
    )
