"""Scores and assesses leads in memory: calls the rules for a whole batch and keeps the answers on the states."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import claims_on_record, condition_row, deal_size, scoring_facts
from oppspot.corridor.types import LeadState
from oppspot.qualification.rules import assess_leads
from oppspot.qualification.selection import ALWAYS, Choice, Selected, select_frameworks
from oppspot.qualification.standings import read_overrides, standings_of
from oppspot.qualification.types import Claim
from oppspot.scoring.rules import score_leads


def assess_states(states: Sequence[LeadState], configuration: Configuration, now: datetime) -> None:
    """Put a score, the frameworks with their assessments, and where that leaves the lead on every state."""
    claims = choose_frameworks(states, configuration, now)
    for name, holders in _holders(states).items():
        _assess(name, holders, claims, configuration, now)
    for state in states:
        _conclude(state, now)


def choose_frameworks(
    states: Sequence[LeadState], configuration: Configuration, now: datetime
) -> Mapping[UUID, Sequence[Claim]]:
    """Put on every state what chooses its frameworks, and which those are; returns the claims of each."""
    scores = score_leads([(scoring_facts(state), state.events) for state in states], configuration.score_model, now)
    for state, score in zip(states, scores, strict=True):
        state.score = score
    claims = {state.id: [*state.claims, *state.company_claims, *claims_on_record(state.company)] for state in states}
    _assess(ALWAYS, states, claims, configuration, now)
    for state in states:
        state.selected = _select(state, configuration, now)
    return claims


def _holders(states: Sequence[LeadState]) -> Mapping[str, list[LeadState]]:
    """Return who holds which framework, beside the one that all hold."""
    holders: dict[str, list[LeadState]] = defaultdict(list)
    for state in states:
        for name in state.selected.frameworks if state.selected else ():
            if name != ALWAYS:
                holders[name].append(state)
    return holders


def _select(state: LeadState, configuration: Configuration, now: datetime) -> Selected:
    return select_frameworks(
        configuration.selection,
        lambda: condition_row(state, configuration.moments, now),
        deal_size(state, now),
        _choice(state.lead["framework_choice"]),
        now,
    )


def _choice(kept: Mapping[str, Any] | None) -> Choice | None:
    return Choice(tuple(kept["frameworks"]), kept["author"], tuple(kept["also"])) if kept else None


def _assess(
    name: str,
    states: Sequence[LeadState],
    claims: Mapping[UUID, Sequence[Claim]],
    configuration: Configuration,
    now: datetime,
) -> None:
    assessments = assess_leads(configuration.frameworks[name], [claims[state.id] for state in states], now)
    for state, assessment in zip(states, assessments, strict=True):
        state.assessments[name] = assessment


def _conclude(state: LeadState, now: datetime) -> None:
    selected = state.selected
    assert selected is not None  # noqa: S101 — selected before
    state.assessments = {name: state.assessments[name] for name in selected.frameworks}
    state.standings = standings_of(selected, state.assessments, read_overrides(state.lead["overrides"]), now)
