"""The fairness ledger: how everybody stands, whose turn it is, and calibrations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.routing import ledger_answers as answers
from oppspot.routing.departures import Leaving
from oppspot.routing.ledger_schemas import (
    CalibrationAnswer,
    CalibrationBody,
    CalibrationEntry,
    DepartureAnswer,
    ForecastList,
    LedgerDetail,
    LedgerList,
)
from oppspot.routing.queries.departures import get_departure
from oppspot.routing.queries.forecasts import foresee_teams
from oppspot.routing.queries.ledger_history import list_turns
from oppspot.routing.queries.ledgers import count_given, get_pool, list_calibrations, open_books
from oppspot.routing.services.calibrating import calibrate, plan_calibration, undo_calibration
from oppspot.routing.services.wishing import read_wish
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/routing/ledger")
forecasts = APIRouter(prefix="/api/routing/forecast")
Reader = Annotated[Actor, Depends(needs("routing.read"))]
Writer = Annotated[Actor, Depends(needs("routing.write"))]


@router.get("", summary="List the fairness ledgers", responses=REFUSALS)
async def read_ledgers(request: Request, actor: Reader) -> LedgerList:
    """Return how everybody stands in every pool: what they are owed, what they were given, whose turn comes next."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        books = await open_books(tx, actor.org_id, now)
        given = await count_given(tx, actor.org_id, now)
    return LedgerList(items=[answers.ledger(pool, given) for pool in books.pools])


@router.get("/{pool}", summary="Read a fairness ledger", responses=REFUSALS_OF_ONE)
async def read_ledger(request: Request, actor: Reader, pool: str) -> LedgerDetail:
    """Return a pool's ledger with its newest turns and calibrations.

    `pool` is a team's id or, for the ledger of one rule's leads, the team's id, `~` and the rule's id.
    """
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        _, standing = await get_pool(tx, actor.org_id, pool, now)
        given = await count_given(tx, actor.org_id, now)
        turns = await list_turns(tx, actor.org_id, standing.id.key)
        made = await list_calibrations(tx, actor.org_id, standing.id.key)
    return answers.detail(standing, given, turns, made)


@router.get("/{pool}/departures/{user_id}", summary="Show what comes of somebody leaving", responses=REFUSALS_OF_ONE)
async def read_departure(
    request: Request,
    actor: Reader,
    pool: str,
    user_id: UUID,
    how: Annotated[
        Leaving, Query(description="Out of the team, or with a closed account or as a viewer.")
    ] = Leaving.TEAM,
) -> DepartureAnswer:
    """Return what the others are owed and whose turns come next if somebody leaves a pool; writes nothing.

    Taken out of the team, what they are owed or ahead is settled with the others; with `how=account` (deactivated, or
    made a viewer) it waits for them.
    """
    async with transaction_of(request, actor) as tx:
        found = await get_departure(tx, actor.org_id, pool, user_id, how, utc_now())
    return answers.departure(found)


@router.post("/{pool}/calibrations", summary="Calibrate a ledger", responses=REFUSALS_OF_CHANGE)
async def make_calibration(request: Request, actor: Writer, pool: str, body: CalibrationBody) -> CalibrationAnswer:
    """Move somebody's turns, paid for by the others; with `preview` show what would come of it and write nothing.

    409 `ledger-moved` when leads were given since the preview that `seen` is from.
    """
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        wish, _ = await read_wish(tx, actor.org_id, pool, body, now)
        plan = await plan_calibration(tx, actor.org_id, pool, wish, now)
        if body.preview:
            return answers.calibration(plan, None)
        _refuse_unseen(body)
        made = await calibrate(tx, actor, pool, wish, body.reason or "", body.seen or "", now)
    return answers.calibration(plan, made)


@router.post("/{pool}/calibrations/{calibration_id}/undo", summary="Undo a calibration", responses=REFUSALS_OF_CHANGE)
async def take_back(request: Request, actor: Writer, pool: str, calibration_id: UUID) -> CalibrationEntry:
    """Make the opposite entry; turns taken meanwhile stay taken. 409 `already-undone` the second time."""
    async with transaction_of(request, actor) as tx:
        made = await undo_calibration(tx, actor, pool, calibration_id, utc_now())
        _, standing = await get_pool(tx, actor.org_id, pool, utc_now())
        entries = await list_calibrations(tx, actor.org_id, standing.id.key)
    return next(answers.entry(each) for each in entries if each.id == made)


@forecasts.get("", summary="Foretell when teams are full", responses=REFUSALS)
async def read_forecasts(request: Request, actor: Reader) -> ForecastList:
    """Return when each team has no room left, from what came and was finished in the last weeks, the soonest first."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        books = await open_books(tx, actor.org_id, now)
        found = await foresee_teams(tx, actor.org_id, books, now)
    return answers.forecasts(found, books.team_names)


def _refuse_unseen(body: CalibrationBody) -> None:
    problems = []
    if body.reason is None:
        problems.append(FieldProblem("reason", "is missing", "a sentence that colleagues read"))
    if body.seen is None:
        problems.append(FieldProblem("seen", "is missing", "what the preview gave as `seen`"))
    if problems:
        raise Invalid("A calibration is carried out after a preview, with a reason.", errors=problems)
