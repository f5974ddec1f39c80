"""Routes the leads of a batch that need an owner, against people and credits as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
from oppspot.routing.types import BatchDecision, Rep, RoutableLead

# Leads in these statuses are somebody's finished business: nobody is given them.
SETTLED: Final = frozenset({"disqualified", "converted", "archived"})

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
    waiting = [state for state in states if needs_owner(state)]
    if not waiting:
        return Routed(_NOTHING, {})
    reps = await list_reps(tx, org_id)
    ledgers = await load_ledgers(tx, org_id, pool_keys(configuration.routing))
    leads = [routable(state, configuration.moments, now) for state in waiting]
    batch = route_leads(leads, configuration.routing, reps, ledgers, now)
    ids = [new_id() for _ in leads]
    records = records_of(leads, batch, ids, configuration.routing, now)
    for state, decision, decision_id, record in zip(waiting, batch.decisions, ids, records, strict=True):
        state.decision, state.decision_id, state.decision_record = decision, decision_id, record
        if decision.outcome is Outcome.ASSIGNED:
            state.assignment_id = new_id()
    return Routed(batch, {rep.id: rep for rep in reps})


def needs_owner(state: LeadState) -> bool:
    """Say whether routing must look at a lead: nobody has it, and it is not settled."""
    return not state.routing.is_open and state.lead["status"] not in SETTLED


def routable(state: LeadState, moments: frozenset[str], now: datetime) -> RoutableLead:
    """Return the lead as routing takes it."""
    assert state.score is not None and state.assessment is not None  # noqa: S101, PT018 — assessed before
    return RoutableLead(
        id=state.id,
        facts=condition_row(state, state.score, state.assessment, moments, now),
        score=None if state.score.overall is None else float(state.score.overall),
        previous_rep_ids=state.routing.previous_rep_ids,
    )
