"""Scores and assesses leads in memory: calls the rules for a whole batch and keeps the answers on the states."""

from collections.abc import Sequence
from datetime import datetime

from oppspot.corridor.configuration import Configuration
from oppspot.corridor.facts import company_claims, scoring_facts
from oppspot.corridor.types import LeadState
from oppspot.qualification.rules import assess_leads
from oppspot.scoring.rules import score_leads


def assess_states(states: Sequence[LeadState], configuration: Configuration, now: datetime) -> None:
    """Put a score and an assessment on every state."""
    scores = score_leads([(scoring_facts(state), state.events) for state in states], configuration.score_model, now)
    assessments = assess_leads(
        configuration.framework, [[*state.claims, *company_claims(state.company)] for state in states], now
    )
    for state, score, assessment in zip(states, scores, assessments, strict=True):
        state.score, state.assessment = score, assessment
