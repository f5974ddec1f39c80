"""Tells what a batch has changed about a known lead from what it only said again."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from oppspot.corridor.types import LeadState
from oppspot.qualification.types import Assessment


def remember_before(state: LeadState) -> None:
    """Keep what a known lead's row said before, to tell change from repetition."""
    if not state.is_new:
        state.before = dict(state.lead)


_SCORE = ("score_overall", "score_fit", "score_engagement", "score_coverage")


def differs(state: LeadState, names: Iterable[str]) -> bool:
    """Say whether any of these columns of a lead's row says something new; of a new lead they all do."""
    before = state.before
    return before is None or any(_is_other(state.lead[name], before[name]) for name in names)


def _is_other(value: Any, before: Any) -> bool:
    """Compare 0.35 read back as a decimal with 0.35 just computed; what is no number is compared as it is."""
    return bool(value != before and _number(value) != _number(before))


def _number(value: Any) -> Any:
    return round(float(value), 6) if isinstance(value, float | Decimal) else value


def row_changed(state: LeadState) -> bool:
    """Say whether a known lead's row is worth writing: most are assessed every night and stay as they are."""
    return differs(state, (name for name in state.lead if name != "assessed_at"))


def score_changed(state: LeadState) -> bool:
    """Say whether its score differs from the last."""
    return differs(state, _SCORE)


def assessment_changed(state: LeadState, assessment: Assessment) -> bool:
    """Say whether an assessment differs from the last by the same framework."""
    stood = state.before["standings"] if state.before else ()
    before = next((item for item in stood if item["framework"] == assessment.framework), None)
    return before is None or any(
        _is_other(getattr(assessment, name), before[name])
        for name in ("status", "overall_score", "coverage", "confidence")
    )


def contact_changed(state: LeadState) -> bool:
    """Say whether a known lead's contact is worth writing."""
    return any(name.startswith("contact.") or name == "lead.company_id" for name in state.changes)


def verdict_changed(state: LeadState) -> bool:
    """Say whether a known lead's verdict, or the framework it is by, has changed."""
    assert state.before is not None  # noqa: S101 — asked of known leads only
    return any(state.before[name] != state.lead[name] for name in ("verdict", "framework"))
