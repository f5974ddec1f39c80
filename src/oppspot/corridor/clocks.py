"""Starts and ends the clocks of a batch of leads, and the tasks that follow up on them: one statement a table."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.corridor.types import LeadState
from oppspot.leads.types import OPEN_STATUSES
from oppspot.routing.clock_writes import leave_clocks, settle_clocks
from oppspot.routing.models import LeadTask, SlaClock
from oppspot.routing.outcomes import WAITING, Outcome
from oppspot.routing.starting import Started, Terms, clock_row, follow_up_row, nearest_due
from oppspot.routing.terms import TermsBook
from oppspot.routing.types import RoutingDecision


async def save_clocks(
    tx: Transaction, org_id: UUID, states: Sequence[LeadState], book: TermsBook, now: datetime
) -> None:
    """Write what the batch's decisions make of clocks and tasks."""
    decided = [state for state in states if state.decision_id is not None]
    known = [state for state in decided if not state.is_new]
    if known:
        placed = [state.id for state in known if not _waits(state)]
        await leave_clocks(tx, org_id, [state.id for state in known], now, placed=placed)
    await settle_clocks(tx, org_id, [state.id for state in states if is_settled_now(state)], now)
    rows = [row for state in decided for row in _rows(state, book, now)]
    # A lead that waits on goes on being timed from when it began to wait.
    await insert_rows(tx, SlaClock, rows, "ON CONFLICT DO NOTHING")
    await insert_rows(tx, LeadTask, [_task(state, now) for state in decided if _asks_to_follow_up(state, book)])


def is_settled_now(state: LeadState) -> bool:
    """Say whether this batch takes a lead from those that somebody is to do something about."""
    return (
        state.before is not None
        and state.before["status"] in OPEN_STATUSES
        and state.lead["status"] not in OPEN_STATUSES
    )


def due_of(state: LeadState, book: TermsBook, now: datetime) -> datetime | None:
    """Return the first due moment of what is asked of whoever gets a lead by this batch's decision."""
    decision = _decision(state)
    return nearest_due([_touch(decision, state, book, now), _qualify(decision, state, book, now)])


def _decision(state: LeadState) -> RoutingDecision:
    assert state.decision is not None  # noqa: S101 — only decided states come here
    return state.decision


def _waits(state: LeadState) -> bool:
    return _decision(state).outcome in WAITING


def _country(state: LeadState) -> str | None:
    company: str | None = state.company["country"] if state.company else None
    contact: str | None = state.contact["country"]
    return company or contact


def _touch(decision: RoutingDecision, state: LeadState, book: TermsBook, now: datetime) -> Started | None:
    if decision.sla_due_at is None:
        return None
    return book.first_touch(_terms(decision, state, book), now, decision.sla_due_at)


def _qualify(decision: RoutingDecision, state: LeadState, book: TermsBook, now: datetime) -> Started | None:
    if decision.outcome is not Outcome.ASSIGNED:
        return None
    return book.qualify(_terms(decision, state, book), now)


def _terms(decision: RoutingDecision, state: LeadState, book: TermsBook) -> Terms:
    return book.of(decision.rule_id, decision.rep_id, _country(state))


def _rows(state: LeadState, book: TermsBook, now: datetime) -> Iterator[dict[str, Any]]:
    decision, org_id = _decision(state), state.lead["org_id"]
    waits = _waits(state)
    assign = book.assign(now) if state.is_new or waits else None
    if assign:
        settled = decision.outcome in (Outcome.DUPLICATE_OF, Outcome.BLOCKED)
        met_by = None if waits or settled else "assigned"
        yield clock_row(org_id, state.id, assign, met_by=met_by, stopped=settled)
    for started in (_touch(decision, state, book, now), _qualify(decision, state, book, now)):
        if started:
            yield clock_row(org_id, state.id, started, assignment_id=state.assignment_id, rule_id=decision.rule_id)


def _asks_to_follow_up(state: LeadState, book: TermsBook) -> bool:
    decision = _decision(state)
    return state.assignment_id is not None and book.of(decision.rule_id, decision.rep_id).settings.auto_followup


def _task(state: LeadState, now: datetime) -> dict[str, Any]:
    decision = _decision(state)
    org_id: UUID = state.lead["org_id"]
    return follow_up_row(org_id, state.id, decision.rep_id, state.assignment_id, decision.sla_due_at, now)
