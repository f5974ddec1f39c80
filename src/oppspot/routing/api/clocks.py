"""The clocks of leads: touches, pauses, acknowledgements, and how long leads wait."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.leads.queries.details import get_lead
from oppspot.routing.clock_schemas import (
    ClockAnswer,
    ClockList,
    DelayAnswer,
    DelaysAnswer,
    PauseBody,
    TouchAnswer,
    TouchBody,
    WaitAnswer,
)
from oppspot.routing.queries.clocks import LeadClock, list_clocks
from oppspot.routing.queries.delays import DEFAULT_DAYS, measure_delays, measure_lead
from oppspot.routing.services.books import load_book
from oppspot.routing.services.running import acknowledge_clocks, pause_clocks, resume_clocks
from oppspot.routing.services.touches import record_touch
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter()
LeadReader = Annotated[Actor, Depends(needs("leads.read"))]
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Worker = Annotated[Actor, Depends(needs("leads.work"))]
Days = Annotated[int, Query(ge=1, le=92, description="How many days back.")]


@router.get("/api/leads/{lead_id}/clocks", summary="Read a lead's clocks", responses=REFUSALS_OF_ONE)
async def read_clocks(request: Request, actor: LeadReader, lead_id: UUID) -> ClockList:
    """Return the clocks of a lead, and how long it waited for us and for people."""
    async with transaction_of(request, actor) as tx:
        return await _clocks(tx, actor, lead_id, utc_now())


@router.post("/api/leads/{lead_id}/touches", status_code=201, summary="Record a touch", responses=REFUSALS_OF_CHANGE)
async def touch(request: Request, actor: Worker, lead_id: UUID, body: TouchBody) -> TouchAnswer:
    """Record a call, an e-mail, a meeting or a message; the first that counts by the policy stops the clock."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        counts = await record_touch(tx, actor, lead_id, body.kind, body.note, now)
        return TouchAnswer(counts=counts, clocks=await _clocks(tx, actor, lead_id, now))


@router.post("/api/leads/{lead_id}/pause", summary="Pause a lead's clocks", responses=REFUSALS_OF_CHANGE)
async def pause(request: Request, actor: Worker, lead_id: UUID, body: PauseBody) -> ClockList:
    """Let the clocks stand still while the lead waits for the prospect; 409 `nothing-runs` when none runs.

    With `until` (within a year) they run on by themselves, and are due later by the time until then.
    """
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        await pause_clocks(tx, actor, lead_id, body.reason, now, body.until)
        return await _clocks(tx, actor, lead_id, now)


@router.post("/api/leads/{lead_id}/resume", summary="Resume a lead's clocks", responses=REFUSALS_OF_CHANGE)
async def resume(request: Request, actor: Worker, lead_id: UUID) -> ClockList:
    """Let the clocks run on; each is due later by the time of the pause. 409 `nothing-is-paused` when none is."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        await resume_clocks(tx, actor, lead_id, now)
        return await _clocks(tx, actor, lead_id, now)


@router.post("/api/leads/{lead_id}/acknowledge", summary="Acknowledge an escalation", responses=REFUSALS_OF_CHANGE)
async def acknowledge(request: Request, actor: Worker, lead_id: UUID) -> ClockList:
    """Answer for a lead whose ladder was climbed: the last rung does not come again, higher ones still do."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        await acknowledge_clocks(tx, actor, lead_id, now)
        return await _clocks(tx, actor, lead_id, now)


@router.get("/api/qualification/routing/delays", summary="Measure how long leads wait", responses=REFUSALS)
async def read_delays(request: Request, actor: Reader, days: Days = DEFAULT_DAYS) -> DelaysAnswer:
    """Return system and human delay apart; leads that wait still count as waiting for as long as they have."""
    now = utc_now()
    since = now - timedelta(days=days)
    async with transaction_of(request, actor) as tx:
        delays = await measure_delays(tx, actor.org_id, await load_book(tx, actor.org_id, now, since), now, since)
    return DelaysAnswer(since=since, system=DelayAnswer.of(delays.system), human=DelayAnswer.of(delays.human))


async def _clocks(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> ClockList:
    whole = await get_lead(tx, actor.org_id, lead_id)
    clocks = await list_clocks(tx, actor.org_id, lead_id)
    book = await load_book(tx, actor.org_id, now, whole.lead.created_at)
    delays = await measure_lead(tx, actor.org_id, lead_id, book, now)
    return ClockList(
        items=[_answer(clock, now) for clock in clocks],
        system_delay=WaitAnswer.of(delays.system),
        human_delay=WaitAnswer.of(delays.human),
    )


def _answer(clock: LeadClock, now: datetime) -> ClockAnswer:
    known = {name: getattr(clock, name) for name in ClockAnswer.model_fields if name != "verdict"}
    return ClockAnswer(**known, verdict=clock.verdict(now))
