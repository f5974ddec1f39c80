"""Routing at a glance: what needs somebody, clocks, people against their limits, fairness, and every decision live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.leads.pages import wording
from oppspot.routing.ledger_answers import measures
from oppspot.routing.pages import outcome_words
from oppspot.routing.people import Rep
from oppspot.routing.queries.dashboard import count_clocks, count_hours, list_unplaced
from oppspot.routing.queries.decision_list import DecisionFilter, list_decisions
from oppspot.routing.queries.ledgers import WINDOW, Books, count_given, open_books
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.queries.standing import Standing, count_open, list_standings
from oppspot.routing.rep_states import RepState, fullness, phrase_limit, state_of
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_WINDOW: Final = timedelta(days=30)
_MOST_REPS: Final = 25
_NEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class RepLine:
    """One rep on the dashboard: whether they take leads now, and how much of each limit is used."""

    rep: Rep
    standing: Standing
    state: RepState
    limits: Sequence[tuple[str, int, int]]

    @property
    def urgency(self) -> tuple[int, bool, float, str]:
        """Put first who has something overdue, then who is full, then who is fullest."""
        return -self.standing.overdue, self.state.full is None, -fullness(self.rep), self.standing.name


@router.get("/routing", response_class=HTMLResponse)
async def show_routing(request: Request, actor: Reader) -> HTMLResponse:
    """Show how routing stands; with `?reps=all` every rep, else those who need a look most."""
    shows_all = request.query_params.get("reps") == "all"
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor)
    lines = context["lines"]
    shown = lines if shows_all else lines[:_MOST_REPS]
    context |= {"shown": shown, "more_reps": len(lines) - len(shown)}
    return render(request, "routing/dashboard.html", context, block="dashboard")


async def _context(tx: Transaction, actor: Actor) -> dict[str, Any]:
    now, org_id = utc_now(), actor.org_id
    books = await open_books(tx, org_id, now)
    standings = await list_standings(tx, org_id, now, now - _WINDOW)
    given = await count_given(tx, org_id, now)
    any_clock, clocks = await count_clocks(tx, org_id, now)
    unplaced = await list_unplaced(tx, org_id)
    return {
        "has_rules": bool(books.config.rules) or books.config.default_target is not None,
        "lines": _lines(books, {each.id: each for each in standings}, now),
        "pools": [(pool, measures(pool, given)) for pool in books.pools if pool.in_use],
        "work": await count_open(tx, org_id, now),
        "any_clock": any_clock,
        "clocks": clocks,
        "unplaced": unplaced,
        "unplaced_count": sum(each.count for each in unplaced),
        "hours": await count_hours(tx, org_id, now),
        "queues": await list_queues(tx, org_id, now),
        "decisions": (await list_decisions(tx, org_id, DecisionFilter(), limit=_NEWEST)).items,
        "window_days": WINDOW.days,
        "words": outcome_words,
        "wording": wording,
    }


def _lines(books: Books, standings: Mapping[UUID, Standing], now: datetime) -> list[RepLine]:
    lines = [
        RepLine(
            rep=rep,
            standing=standings[rep.id],
            state=state_of(rep, now, books.calendars.absent_until(rep.id, now), standings[rep.id].paused_until),
            limits=[(phrase_limit(limit), seen, limit.leads) for limit, seen in zip(rep.limits, rep.used, strict=True)],
        )
        for rep in books.reps
        if rep.id in standings
    ]
    return sorted(lines, key=lambda line: line.urgency)
