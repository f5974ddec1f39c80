"""MEDDIC as others see it: six pillars with named fields, and partial updates of them. None is not known."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from oppspot.qualification.cards import (
    Card,
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


class KPI(Part):
    name: str
    baseline: float | None = None
    target: float | None = None
    unit: str | None = None
    measurable: bool | None = None


class SuccessCriterion(Part):
    description: str
    target: str | None = None
    measurable: bool | None = None


class ROICalculation(Part):
    roi_percent: float | None = None
    payback_months: float | None = None
    confidence: float | None = None  # 0-100


class MetricsFacts(Part):
    kpis_identified: list[KPI] | None = None
    success_criteria: list[SuccessCriterion] | None = None
    roi_calculation: ROICalculation = ROICalculation()
    value_quantification: float | None = None


class ContactInfo(Part):
    name: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None


class EconomicBuyerFacts(Part):
    identified: bool | None = None
    contact_info: ContactInfo = ContactInfo()
    reachable: bool | None = None
    engagement_level: float | None = None  # 0-100
    buying_power_confirmed: bool | None = None
    budget_authority: str | None = None


class Requirement(Part):
    name: str
    priority: Level | None = None
    satisfied: bool | None = None


class VendorPreference(Part):
    vendor: str
    preference: Literal["preferred", "neutral", "opposed"] | None = None
    is_us: bool | None = None
    reason: str | None = None


class EvaluationRow(Part):
    """One row of the matrix that offers are compared by; 0-100 each."""

    criterion: str
    weight: float | None = None
    our_score: float | None = None
    best_other_score: float | None = None


class DecisionCriteriaFacts(Part):
    technical_requirements: list[Requirement] | None = None
    business_requirements: list[Requirement] | None = None
    vendor_preferences: list[VendorPreference] | None = None
    evaluation_matrix: list[EvaluationRow] | None = None


class DecisionStage(Part):
    name: str
    status: Literal["done", "current", "pending"] | None = None
    due: date | None = None
    owner: str | None = None


class ApprovalStep(Part):
    step: str
    approver: str | None = None
    status: Literal["done", "pending"] | None = None


class DecisionTimeline(Part):
    decision_date: date | None = None
    implementation_date: date | None = None


class DecisionProcessFacts(Part):
    stages: list[DecisionStage] | None = None
    current_stage: str | None = None
    stakeholders: list[Stakeholder] | None = None
    approval_process: list[ApprovalStep] | None = None
    timeline: DecisionTimeline = DecisionTimeline()


class IdentifyPainFacts(Part):
    pain_points: list[PainPoint] | None = None
    business_impact: str | None = None
    cost_of_inaction: float | None = None  # a year
    urgency_level: float | None = None  # 0-100


class ChampionProfile(Part):
    name: str | None = None
    title: str | None = None
    stands_for: str | None = None
    last_contact: date | None = None


class ChampionFacts(Part):
    identified: bool | None = None
    champion_profile: ChampionProfile = ChampionProfile()
    influence_level: float | None = None  # 0-100
    internal_selling_ability: float | None = None  # 0-100
    relationship_strength: float | None = None  # 0-100


class MEDDICUpdate(Part):
    """What to change: fields not given stay as they are, null withdraws a field, a list replaces the list."""

    metrics: MetricsFacts = MetricsFacts()
    economic_buyer: EconomicBuyerFacts = EconomicBuyerFacts()
    decision_criteria: DecisionCriteriaFacts = DecisionCriteriaFacts()
    decision_process: DecisionProcessFacts = DecisionProcessFacts()
    identify_pain: IdentifyPainFacts = IdentifyPainFacts()
    champion: ChampionFacts = ChampionFacts()


class Metrics(MetricsFacts, Pillar):
    pass


class EconomicBuyer(EconomicBuyerFacts, Pillar):
    pass


class DecisionCriteria(DecisionCriteriaFacts, Pillar):
    pass


class DecisionProcess(DecisionProcessFacts, Pillar):
    pass


class IdentifyPain(IdentifyPainFacts, Pillar):
    pass


class Champion(ChampionFacts, Pillar):
    pass


class MEDDICQualification(Card):
    """The MEDDIC card of a lead: what is known, and what follows."""

    metrics: Metrics
    economic_buyer: EconomicBuyer
    decision_criteria: DecisionCriteria
    decision_process: DecisionProcess
    identify_pain: IdentifyPain
    champion: Champion
    qualification_confidence: float  # 0-1
    forecast_category: Literal["commit", "best_case", "pipeline", "omitted"]


_FIELDS: Final[Mapping[str, str]] = {
    "metrics.kpis": "metrics.kpis_identified",
    "metrics.success_criteria": "metrics.success_criteria",
    "metrics.roi_percent": "metrics.roi_calculation.roi_percent",
    "metrics.roi_payback_months": "metrics.roi_calculation.payback_months",
    "metrics.roi_confidence": "metrics.roi_calculation.confidence",
    "metrics.value_quantification": "metrics.value_quantification",
    "economic_buyer.identified": "economic_buyer.identified",
    "economic_buyer.name": "economic_buyer.contact_info.name",
    "economic_buyer.title": "economic_buyer.contact_info.title",
    "economic_buyer.email": "economic_buyer.contact_info.email",
    "economic_buyer.phone": "economic_buyer.contact_info.phone",
    "economic_buyer.reachable": "economic_buyer.reachable",
    "economic_buyer.engagement_level": "economic_buyer.engagement_level",
    "economic_buyer.buying_power_confirmed": "economic_buyer.buying_power_confirmed",
    "economic_buyer.budget_authority": "economic_buyer.budget_authority",
    "decision_criteria.technical_requirements": "decision_criteria.technical_requirements",
    "decision_criteria.business_requirements": "decision_criteria.business_requirements",
    "decision_criteria.vendor_preferences": "decision_criteria.vendor_preferences",
    "decision_criteria.evaluation_matrix": "decision_criteria.evaluation_matrix",
    "decision_process.stages": "decision_process.stages",
    "decision_process.current_stage": "decision_process.current_stage",
    "authority.stakeholder_map": "decision_process.stakeholders",
    "decision_process.approval_process": "decision_process.approval_process",
    "timeline.decision_date": "decision_process.timeline.decision_date",
    "timeline.implementation_date": "decision_process.timeline.implementation_date",
    "need.pain_points": "identify_pain.pain_points",
    "identify_pain.business_impact": "identify_pain.business_impact",
    "identify_pain.cost_of_inaction": "identify_pain.cost_of_inaction",
    "identify_pain.urgency_level": "identify_pain.urgency_level",
    "champion.identified": "champion.identified",
    "champion.name": "champion.champion_profile.name",
    "champion.title": "champion.champion_profile.title",
    "champion.profile": "champion.champion_profile.stands_for",
    "champion.last_contact": "champion.champion_profile.last_contact",
    "champion.influence_level": "champion.influence_level",
    "champion.internal_selling_ability": "champion.internal_selling_ability",
    "champion.relationship_strength": "champion.relationship_strength",
}
MEDDIC_LAYOUT: Final = layout_of(_FIELDS, MEDDICQualification, MEDDICUpdate, example="champion.influence_level")


def meddic_qualification(
    lead_id: UUID, company_id: UUID | None, claims: Sequence[Claim], assessment: Assessment
) -> MEDDICQualification:
    """Return the card of a lead, from its claims and their assessment by a framework with MEDDIC's six elements."""
    return MEDDICQualification(
        **card_content(MEDDIC_LAYOUT, lead_id, company_id, claims, assessment),
        qualification_confidence=assessment.confidence,
        forecast_category=assessment.status,
    )


def claims_from_meddic_update(update: MEDDICUpdate | Mapping[str, Any]) -> list[tuple[str, ClaimValue]]:
    """Return the claims a partial update makes, as key and value; a value of None withdraws.

    Only fields that are given make claims. Raises InvalidClaims with every problem found.
    """
    return claims_from_update(MEDDIC_LAYOUT, update)
