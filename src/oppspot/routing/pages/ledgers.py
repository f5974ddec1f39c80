"""The fairness ledger for people: how everybody stands, whose turn it is and why, and one's own place."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import NotFound
from oppspot.core.runtime import runtime_of
from oppspot.routing import ledger_words
from oppspot.routing.calibration import Kind
from oppspot.routing.fairness import LEAD
from oppspot.routing.ledger_accounts import account_of
from oppspot.routing.ledger_answers import measures
from oppspot.routing.ledger_standings import NOTHING
from oppspot.routing.queries.forecasts import foresee_teams
from oppspot.routing.queries.ledger_history import list_turns
from oppspot.routing.queries.ledgers import (
    WINDOW,
    count_given,
    get_pool,
    given_in_all,
    list_calibrations,
    list_pause_ends,
    open_books,
)
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_SHOWN = 12
_ACCOUNTED = 30


@router.get("/routing/ledger", response_class=HTMLResponse)
async def show_ledgers(request: Request, actor: Reader) -> HTMLResponse:
    """Show every pool: whose turns come next, who is owed most, how even it was."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        books = await open_books(tx, actor.org_id, now)
        given = await count_given(tx, actor.org_id, now)
        forecasts = await foresee_teams(tx, actor.org_id, books, now)
    context = {
        "forecasts": forecasts,
        "pools": [(pool, measures(pool, given)) for pool in books.pools],
        "words": ledger_words,
        "window_days": WINDOW.days,
    }
    return render(request, "routing/ledger.html", context, block="ledger")


@router.get("/routing/ledger/{pool}", response_class=HTMLResponse)
async def show_pool(request: Request, actor: Reader, pool: str) -> HTMLResponse:
    """Show one pool: everybody in it, the next turns, the last ones, and calibrations."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        books, standing = await get_pool(tx, actor.org_id, pool, now)
        forecasts = await foresee_teams(tx, actor.org_id, books, now)
        given = await count_given(tx, actor.org_id, now)
        turns = await list_turns(tx, actor.org_id, standing.id.key, _SHOWN)
        made = await list_calibrations(tx, actor.org_id, standing.id.key)
        pause_ends = await list_pause_ends(tx, actor.org_id)
    undone = {each.undoes_id for each in made}
    context: Mapping[str, Any] = {
        "pool": standing,
        "pause_ends": pause_ends,
        "forecast": forecasts.get(standing.id.team_id),
        "measures": measures(standing, given),
        "through": given.get(standing.id.key, {}),
        "in_all": given_in_all(given),
        "nothing": NOTHING,
        "turns": turns,
        "calibrations": [(each, each.changes.get(str(each.rep_id), 0) / LEAD, each.id in undone) for each in made],
        "names": {each.rep.id: each.rep.name for each in standing.members},
        "words": ledger_words,
        "window_days": WINDOW.days,
        "own": standing.member(actor.user_id),
        "undo": "undo",
        "kinds": {Kind.EVEN: "Set even", Kind.CATCH_UP: "Catch up", Kind.LEVEL: "Set level", "undo": "Undone"},
    }
    return render(request, "routing/pool.html", context, block="pool")


@router.get("/routing/ledger/{pool}/members/{user_id}", response_class=HTMLResponse)
async def show_member(request: Request, actor: Reader, pool: str, user_id: UUID) -> HTMLResponse:
    """Show what made somebody's credit what it is, turn by turn; as a page or in the drawer."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        _, standing = await get_pool(tx, actor.org_id, pool, now)
        member = standing.member(user_id)
        if member is None:
            raise NotFound("They are not in this pool.")
        turns = await list_turns(tx, actor.org_id, standing.id.key, _ACCOUNTED)
        made = await list_calibrations(tx, actor.org_id, standing.id.key)
    names = {each.rep.id: each.rep.name for each in standing.members}
    context = {
        "pool": standing,
        "member": member,
        "account": account_of(member, turns, made, names),
        "words": ledger_words,
    }
    return render(request, "routing/ledger_member.html", context, block="drawer")


@router.get("/routing/my-turn", response_class=HTMLResponse)
async def show_my_turn(request: Request, actor: Reader) -> HTMLResponse:
    """Show the reader's own place in every pool they are in, and why."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        books = await open_books(tx, actor.org_id, utc_now())
    mine = [(pool, member) for pool in books.pools if (member := pool.member(actor.user_id)) and pool.in_use]
    return render(request, "routing/my_turn.html", {"mine": mine, "words": ledger_words}, block="turns")
