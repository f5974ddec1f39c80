"""BANT as others see it: four pillars with named fields, and partial updates of them. None is not known."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from oppspot.qualification.cards import (
    Card,
    DecisionMaker,
    Level,
    PainPoint,
    Part,
    Pillar,
    Stakeholder,
    card_content,
    claims_from_update,
    layout_of,
)
from oppspot.qualification.types import Assessment, Claim, ClaimValue


class FinancialIndicators(Part):
    revenue: float | None = None
    growth_rate: float | None = None  # per cent a year
    funding_status: str | None = None
    credit_score: float | None = None  # 0-100


class BudgetFacts(Part):
    estimated_budget: float | None = None
    budget_confirmed: bool | None = None
    budget_range: Literal["under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k"] | None = None
    budget_source: Literal["confirmed", "estimated", "inferred"] | None = None
    financial_indicators: FinancialIndicators = FinancialIndicators()


class EngagementLevel(Part):
    """0-100 each."""

    executive: float | None = None
    manager: float | None = None
    user: float | None = None


class AuthorityFacts(Part):
    decision_makers: list[DecisionMaker] | None = None
    buying_committee_size: int | None = None
    stakeholder_map: list[Stakeholder] | None = None
    engagement_level: EngagementLevel = EngagementLevel()


class UseCase(Part):
    description: str
    priority: Level | None = None


class NeedFacts(Part):
    pain_points: list[PainPoint] | None = None
    use_cases: list[UseCase] | None = None
    urgency_level: Level | None = None
    problem_acknowledgment: bool | None = None
    solution_fit_score: float | None = None  # 0-100


class TimelineFacts(Part):
    decision_date: date | None = None
    implementation_date: date | None = None
    urgency_indicators: list[str] | None = None
    buying_stage: Literal["awareness", "consideration", "decision", "purchase"] | None = None
    timeline_confidence: float | None = None  # 0-100


class BANTUpdate(Part):
    """What to change: fields not given stay as they are, null withdraws a field, a list replaces the list."""

    budget: BudgetFacts = BudgetFacts()
    authority: AuthorityFacts = AuthorityFacts()
    need: NeedFacts = NeedFacts()
    timeline: TimelineFacts = TimelineFacts()


class Budget(BudgetFacts, Pillar):
    pass


class Authority(AuthorityFacts, Pillar):
    pass


class Need(NeedFacts, Pillar):
    pass


class Timeline(TimelineFacts, Pillar):
    pass


class BANTQualification(Card):
    """The BANT card of a lead: what is known, and what follows."""

    budget: Budget
    authority: Authority
    need: Need
    timeline: Timeline
    qualification_status: Literal["qualified", "nurture", "disqualified"]
    confidence: float  # 0-1


_FIELDS: Final[Mapping[str, str]] = {
    "budget.estimated_budget": "budget.estimated_budget",
    "budget.confirmed": "budget.budget_confirmed",
    "budget.range": "budget.budget_range",
    "budget.source": "budget.budget_source",
    "financial.revenue": "budget.financial_indicators.revenue",
    "financial.growth_rate": "budget.financial_indicators.growth_rate",
    "financial.funding_status": "budget.financial_indicators.funding_status",
    "financial.credit_score": "budget.financial_indicators.credit_score",
    "authority.decision_makers": "authority.decision_makers",
    "authority.committee_size": "authority.buying_committee_size",
    "authority.stakeholder_map": "authority.stakeholder_map",
    "authority.engagement.executive": "authority.engagement_level.executive",
    "authority.engagement.manager": "authority.engagement_level.manager",
    "authority.engagement.user": "authority.engagement_level.user",
    "need.pain_points": "need.pain_points",
    "need.use_cases": "need.use_cases",
    "need.urgency": "need.urgency_level",
    "need.problem_acknowledged": "need.problem_acknowledgment",
    "need.solution_fit": "need.solution_fit_score",
    "timeline.decision_date": "timeline.decision_date",
    "timeline.implementation_date": "timeline.implementation_date",
    "timeline.urgency_indicators": "timeline.urgency_indicators",
    "timeline.buying_stage": "timeline.buying_stage",
    "timeline.confidence": "timeline.timeline_confidence",
}
BANT_LAYOUT: Final = layout_of(_FIELDS, BANTQualification, BANTUpdate, example="budget.budget_confirmed")


def bant_qualification(
    lead_id: UUID, company_id: UUID | None, claims: Sequence[Claim], assessment: Assessment
) -> BANTQualification:
    """Return the card of a lead, from its claims and their assessment by a framework with BANT's four elements."""
    return BANTQualification(
        **card_content(BANT_LAYOUT, lead_id, company_id, claims, assessment),
        qualification_status=assessment.status,
        confidence=assessment.confidence,
    )


def claims_from_bant_update(update: BANTUpdate | Mapping[str, Any]) -> list[tuple[str, ClaimValue]]:
    """Return the claims a partial update makes, as key and value; a value of None withdraws.

    Only fields that are given make claims. Raises InvalidClaims with every problem found.
    """
    return claims_from_update(BANT_LAYOUT, update)
