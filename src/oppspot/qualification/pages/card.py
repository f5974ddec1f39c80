"""The scorecard on the page of a lead: numbers with their reasons, and the form that changes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.qualification.counterfactuals import list_counterfactuals
from oppspot.qualification.evidence import current_values
from oppspot.qualification.explain import explain_elements, explain_verdict
from oppspot.qualification.forms import sections_of
from oppspot.qualification.pages.claims import title_of
from oppspot.qualification.queries.scorecards import Scorecard, get_scorecard
from oppspot.qualification.types import Claim, ClaimValue
from oppspot.web.waterfalls import Reason

_MOST_ACTIONS = 4


async def card_context(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    *,
    extra: Sequence[Claim] = (),
    errors: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Return what `qualification/_card.html` shows; `extra` are claims not yet made, for a preview."""
    now = utc_now()
    scorecard = await get_scorecard(tx, actor.org_id, lead_id, now, extra)
    return _shown(scorecard, lead_id, now) | {"errors": errors or {}, "is_preview": bool(extra)}


def known_values(scorecard: Scorecard, now: datetime) -> dict[str, ClaimValue]:
    """Return the value that counts for each claim key."""
    return {key: value.statement.value for key, value in current_values(scorecard.claims, now).items()}


def _shown(scorecard: Scorecard, lead_id: UUID, now: datetime) -> dict[str, Any]:
    framework, assessment = scorecard.framework, scorecard.assessment
    return {
        "lead_id": lead_id,
        "framework": framework,
        "assessment": assessment,
        "elements": explain_elements(framework, assessment),
        "terms": _terms(scorecard),
        "verdict": explain_verdict(framework, assessment),
        "actions": assessment.next_actions[:_MOST_ACTIONS],
        "disputes": [title_of(dispute.key) for dispute in assessment.contradictions],
        "would_change": list_counterfactuals(framework, scorecard.claims, now)[:2],
        "sections": sections_of(framework, known_values(scorecard, now)),
    }


def _terms(scorecard: Scorecard) -> list[Reason]:
    """Return the terms of the overall score, one a criterion that earned something, then the rounding."""
    titles = {
        (element.id, criterion.id): f"{element.title}: {criterion.title}"
        for element in scorecard.framework.elements
        for criterion in element.criteria
    }
    return [
        Reason(titles.get((str(term.element), str(term.criterion)), "Rounding"), float(term.points))
        for term in scorecard.assessment.contributions
        if term.hundredths
    ]
