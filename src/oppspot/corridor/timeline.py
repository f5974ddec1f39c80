"""Records what a batch did to each lead on its timeline, and tells open pages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.corridor.differing import (
    differs,
    score_changed,
    verdict_changed,
)
from oppspot.corridor.disputes import happening_of
from oppspot.corridor.types import Cause, LeadState
from oppspot.routing.outcomes import Outcome


async def save_timeline(
    tx: Transaction,
    actor: Actor,
    states: Sequence[LeadState],
    cause: Cause,
    now: datetime,
) -> None:
    """Record what happened to each lead, and tell open pages."""
    await record_events(tx, actor, [item for state in states for item in _happenings(state, cause)], now)
    known = [f"lead:{state.id}" for state in states if not state.is_new]
    await announce(tx, actor.org_id, ["leads", *known])


def _happenings(state: LeadState, cause: Cause) -> Iterable[Happening]:
    if state.is_new:
        yield Happening("lead.created", state.id, {"cause": cause.name, "source": state.lead["source"]})
    elif state.changes:
        yield Happening("lead.updated", state.id, {"cause": cause.name, "changes": state.changes})
    if state.before is not None and score_changed(state):
        yield Happening("lead.scored", state.id, _change(state, "score_overall", cause))
    if state.before is not None and verdict_changed(state):
        yield _verdict_happening(state, cause)
    elif state.before is not None and differs(state, ("bant_score",)):
        yield Happening("lead.assessed", state.id, _assessed(state, cause))
    for disputed in state.disputed:
        yield happening_of(state, disputed)
    if state.decision_id is not None:
        yield _routing_happening(state)


# What a new verdict is called on the timeline; those of other frameworks have no event of their own.
_VERDICT_EVENTS = {"qualified": "qualified", "nurture": "moved_to_nurture", "disqualified": "disqualified"}


def _verdict_happening(state: LeadState, cause: Cause) -> Happening:
    own, before = state.standings[0], state.before
    assert before is not None  # noqa: S101 — asked of known leads only
    payload = {
        "cause": cause.name,
        "framework": own.framework,
        "score": own.overall_score,
        "from": before["verdict"],
        "to": own.verdict,
    }
    return Happening(f"lead.{_VERDICT_EVENTS.get(own.verdict, 'verdict_changed')}", state.id, payload)


def _assessed(state: LeadState, cause: Cause) -> dict[str, Any]:
    return {**_change(state, "bant_score", cause), "framework": state.standings[0].framework}


def _change(state: LeadState, name: str, cause: Cause) -> dict[str, Any]:
    assert state.before is not None  # noqa: S101 — asked of known leads only
    return {"cause": cause.name, "from": state.before[name], "to": state.lead[name]}


def _routing_happening(state: LeadState) -> Happening:
    decision = state.decision
    assert decision is not None  # noqa: S101 — asked of decided leads only
    name = "assignment.created" if decision.outcome is Outcome.ASSIGNED else "lead.held"
    payload = {"outcome": decision.outcome, "reason": decision.reason, "rep_id": decision.rep_id}
    return Happening(name, state.id, payload)
