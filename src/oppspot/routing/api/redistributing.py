"""Redistribution: planned, carried out as it was shown, read, undone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid, invalid
from oppspot.routing.queries.redistributions import get_redistribution, list_past
from oppspot.routing.redistribution.bodies import (
    PastAnswer,
    PastList,
    RedistributeBody,
    RedistributionAnswer,
    UndoneAnswer,
    become,
)
from oppspot.routing.redistribution.documents import read_plan, read_scope
from oppspot.routing.services.planning import propose
from oppspot.routing.services.redistributing import apply_plan, undo_redistribution
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/qualification/routing/redistribute")
Assigner = Annotated[Actor, Depends(needs("leads.assign"))]


@router.post("", summary="Plan a redistribution, or carry one out", responses=REFUSALS_OF_CHANGE)
async def redistribute(request: Request, actor: Assigner, body: RedistributeBody) -> RedistributionAnswer:
    """Return who would give what to whom, and why; with `apply` and the `plan_hash` of that answer, do it.

    It is done as it was shown, all or nothing: 409 `plan-outdated` names what has changed since, 409
    `already-applied` says that somebody else was first. Plans are kept for a day.
    """
    if not body.apply:
        async with transaction_of(request, actor) as tx:
            made = await propose(tx, actor, body.scope.scope(), utc_now())
        more = {"id": made.id, "status": "proposed", "title": made.title, "plan_hash": made.plan_hash}
        return RedistributionAnswer.of(made.plan, **more)
    if body.plan_hash is None:
        raise invalid("plan_hash", "is needed to carry a plan out", "the plan_hash of the plan you were shown")
    async with transaction_of(request, actor) as tx:
        applied = await apply_plan(tx, actor, body.plan_hash, utc_now())
        row = await get_redistribution(tx, actor.org_id, applied.id)
        await tx.refresh(row)
        if read_scope(row.plan["scope"]) != body.scope.scope():
            raise _other_scope()
        return RedistributionAnswer.of(read_plan(row.plan), **become(row))


def _other_scope() -> Invalid:
    """Return the refusal; it also takes back what the transaction has done."""
    return invalid("scope", "is not what this plan was made for", "the scope the plan was asked for with")


@router.get("", summary="List past redistributions", responses=REFUSALS)
async def read_past(request: Request, actor: Assigner) -> PastList:
    """Return the latest redistributions that were carried out, the newest first."""
    async with transaction_of(request, actor) as tx:
        return PastList(items=[PastAnswer.model_validate(each) for each in await list_past(tx, actor.org_id)])


@router.get("/{redistribution_id}", summary="Read a redistribution", responses=REFUSALS_OF_ONE)
async def read_one(request: Request, actor: Assigner, redistribution_id: UUID) -> RedistributionAnswer:
    """Return a plan and what has become of it."""
    async with transaction_of(request, actor) as tx:
        row = await get_redistribution(tx, actor.org_id, redistribution_id)
        return RedistributionAnswer.of(read_plan(row.plan), **become(row))


@router.post("/{redistribution_id}/undo", summary="Undo a redistribution", responses=REFUSALS_OF_CHANGE)
async def undo(request: Request, actor: Assigner, redistribution_id: UUID) -> UndoneAnswer:
    """Give back the leads that are still as they were given; says which are not, and why.

    Nobody who is away, paused or full is given any; once they are not, it can be undone again for those.
    """
    async with transaction_of(request, actor) as tx:
        undone = await undo_redistribution(tx, actor, redistribution_id, utc_now())
    return UndoneAnswer(id=redistribution_id, returned=undone.returned, kept=undone.kept, left=undone.left)
