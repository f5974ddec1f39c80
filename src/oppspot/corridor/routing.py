"""Routes the leads of a batch that need an owner, against people and credits as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import condition_row
from oppspot.corridor.types import LeadState
from oppspot.routing.outcomes import Outcome
from oppspot.routing.queries import list_reps, load_ledgers
from oppspot.routing.records import records_of
from oppspot.routing.rules import pool_keys, route_leads
from oppspot.routing.types import BatchDecision, Rep, RoutableLead, RoutingDecision

# Nothing is left to do for leads in these statuses: whoever has them is done.
SETTLED: Final = frozenset({"disqualified", "converted", "archived"})
# Only leads in these are given to somebody. A lead that was completed as qualified or for later stays with whoever
# completed it, until somebody makes it new again.
_TO_BE_GIVEN: Final = frozenset({"new", "working"})

_NOTHING = BatchDecision((), (), {})


@dataclass(frozen=True, slots=True)
class Routed:
    """What was decided, and who the people are."""

    batch: BatchDecision
    reps: Mapping[UUID, Rep]


async def route_states(
    tx: Transaction,
    org_id: UUID,
    states: Sequence[LeadState],
    configuration: Configuration,
    now: datetime,
) -> Routed:
    """Put a decision on every state that needs an owner."""
    waiting = sorted((state for state in states if needs_owner(state)), key=_precedence)
    if not waiting:
        return Routed(_NOTHING, {})
    reps = await list_reps(tx, org_id)
    ledgers = await load_ledgers(tx, org_id, pool_keys(configuration.routing))
    leads = [routable(state, configuration.moments, now) for state in waiting]
    batch = route_leads(leads, configuration.routing, reps, ledgers, now)
    news = []
    for state, lead, decision in zip(waiting, leads, batch.decisions, strict=True):
        state.decision = decision
        if _is_news(state, decision):
            state.decision_id = new_id()
            news.append((state, lead, decision))
        if decision.outcome is Outcome.ASSIGNED:
            state.assignment_id = new_id()
    _keep_records(news, batch, configuration, now)
    return Routed(batch, {rep.id: rep for rep in reps})


def _precedence(state: LeadState) -> tuple[bool, Decimal]:
    """Let those who wait go first, the best first; new ones follow in the order they came."""
    score = state.score.overall if state.score else None
    return state.is_new, Decimal(0) if state.is_new else -(score if score is not None else Decimal(0))


def _is_news(state: LeadState, decision: RoutingDecision) -> bool:
    """Say whether a decision is worth a record: not when a lead waits on for the reason it waits already."""
    same = state.lead.get("outcome") == decision.outcome and state.lead["queue"] == decision.queue
    # A lead that comes back to its queue after its clock was stopped starts a new one.
    same = same and (decision.sla_due_at is None or state.lead["sla_due_at"] is not None)
    return state.is_new or decision.outcome is Outcome.ASSIGNED or not same


def _keep_records(
    news: Sequence[tuple[LeadState, RoutableLead, RoutingDecision]],
    batch: BatchDecision,
    configuration: Configuration,
    now: datetime,
) -> None:
    states = [state for state, _, _ in news]
    told = replace(batch, decisions=tuple(decision for _, _, decision in news))
    ids = [state.decision_id for state in states if state.decision_id]
    records = records_of([lead for _, lead, _ in news], told, ids, configuration.routing, now)
    for state, record in zip(states, records, strict=True):
        state.decision_record = record


def needs_owner(state: LeadState) -> bool:
    """Say whether routing must look at a lead: nobody has it, and it is to be given to somebody."""
    return not state.routing.is_open and state.lead["status"] in _TO_BE_GIVEN


def routable(state: LeadState, moments: frozenset[str], now: datetime) -> RoutableLead:
    """Return the lead as routing takes it."""
    assert state.score is not None  # noqa: S101 — scored before
    return RoutableLead(
        id=state.id,
        facts=condition_row(state, moments, now),
        score=None if state.score.overall is None else float(state.score.overall),
        previous_rep_ids=state.routing.previous_rep_ids,
    )
