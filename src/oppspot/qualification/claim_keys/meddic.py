"""The claim keys of metrics, economic buyer, decision criteria, decision process, pain and champion.

Days of freshness: what was agreed or written down holds 180, how a decision is going 60 to 90, and how close we are
to people 30, counted from when it was last observed.
"""

from typing import Final

from oppspot.qualification.claim_keys.shapes import (
    DATE,
    FLAG,
    MONEY,
    MONEY_TOLERANCE,
    NAME,
    PERCENT,
    REQUIREMENTS,
    STAGES,
    TEXT,
    ClaimKey,
)
from oppspot.qualification.values import ChoiceKind, ItemsKind, NumberKind, TextKind

_UNIT: Final = TextKind(max_length=50)
_AMOUNT: Final = NumberKind(minimum=-1e15)
_KPIS: Final = ItemsKind(
    identity="name",
    fields={"name": NAME, "baseline": _AMOUNT, "target": _AMOUNT, "unit": _UNIT, "measurable": FLAG},
)
_SUCCESS: Final = ItemsKind(identity="description", fields={"description": TEXT, "target": TEXT, "measurable": FLAG})
_VENDORS: Final = ItemsKind(
    identity="vendor",
    fields={
        "vendor": NAME,
        "preference": ChoiceKind(values=("preferred", "neutral", "opposed")),
        "is_us": FLAG,
        "reason": TEXT,
    },
)
_MATRIX: Final = ItemsKind(
    identity="criterion",
    fields={"criterion": NAME, "weight": PERCENT, "our_score": PERCENT, "best_other_score": PERCENT},
)
_APPROVALS: Final = ItemsKind(
    identity="step", fields={"step": NAME, "approver": NAME, "status": ChoiceKind(values=("done", "pending"))}
)
_ROI: Final = NumberKind(minimum=-1000, maximum=100_000)
_MONTHS: Final = NumberKind(maximum=600)

MEDDIC_KEYS: Final = (
    ClaimKey("metrics.kpis", "KPIs", _KPIS, 180, minutes=10),
    ClaimKey("metrics.success_criteria", "Success criteria", _SUCCESS, 180, minutes=10),
    ClaimKey("metrics.roi_percent", "Return on investment, per cent", _ROI, 180, minutes=20),
    ClaimKey("metrics.roi_payback_months", "Payback, months", _MONTHS, 180, minutes=20),
    ClaimKey("metrics.roi_confidence", "Confidence in the return", PERCENT, 180, minutes=5),
    ClaimKey("metrics.value_quantification", "Value in money", MONEY, 180, minutes=15, tolerance=MONEY_TOLERANCE),
    ClaimKey("economic_buyer.identified", "Economic buyer identified", FLAG, 90, minutes=2),
    ClaimKey("economic_buyer.name", "Name of the economic buyer", NAME, 180, minutes=2),
    ClaimKey("economic_buyer.title", "Title of the economic buyer", NAME, 180, minutes=1),
    ClaimKey("economic_buyer.email", "E-mail of the economic buyer", NAME, 180, minutes=1),
    ClaimKey("economic_buyer.phone", "Phone of the economic buyer", NAME, 180, minutes=1),
    ClaimKey("economic_buyer.reachable", "Economic buyer reachable", FLAG, 180, minutes=1),
    ClaimKey("economic_buyer.engagement_level", "Engagement of the economic buyer", PERCENT, 30, minutes=30),
    ClaimKey("economic_buyer.buying_power_confirmed", "Buying power confirmed", FLAG, 90, minutes=5),
    ClaimKey("economic_buyer.budget_authority", "Budget authority", TEXT, 90, minutes=2),
    ClaimKey("decision_criteria.technical_requirements", "Technical requirements", REQUIREMENTS, 180, minutes=10),
    ClaimKey("decision_criteria.business_requirements", "Business requirements", REQUIREMENTS, 180, minutes=10),
    ClaimKey("decision_criteria.vendor_preferences", "Preferences for vendors", _VENDORS, 90, minutes=5),
    ClaimKey("decision_criteria.evaluation_matrix", "Evaluation matrix", _MATRIX, 180, minutes=15),
    ClaimKey("decision_process.stages", "Stages of the decision", STAGES, 90, minutes=10),
    ClaimKey("decision_process.current_stage", "Current stage of the decision", NAME, 60, minutes=2),
    ClaimKey("decision_process.approval_process", "Steps of approval", _APPROVALS, 90, minutes=5),
    ClaimKey("identify_pain.business_impact", "Impact on the business", TEXT, 180, minutes=5),
    ClaimKey(
        "identify_pain.cost_of_inaction",
        "Cost of doing nothing, a year",
        MONEY,
        180,
        minutes=10,
        tolerance=MONEY_TOLERANCE,
    ),
    ClaimKey("identify_pain.urgency_level", "Urgency of the pain", PERCENT, 60, minutes=2),
    ClaimKey("champion.identified", "Champion identified", FLAG, 90, minutes=10),
    ClaimKey("champion.name", "Name of the champion", NAME, 180, minutes=2),
    ClaimKey("champion.title", "Title of the champion", NAME, 180, minutes=1),
    ClaimKey("champion.profile", "What the champion stands for", TEXT, 180, minutes=5),
    ClaimKey("champion.influence_level", "Influence of the champion", PERCENT, 90, minutes=5),
    ClaimKey("champion.internal_selling_ability", "How well the champion sells for us", PERCENT, 90, minutes=5),
    ClaimKey("champion.relationship_strength", "Relationship with the champion", PERCENT, 30, minutes=30),
    ClaimKey("champion.last_contact", "Last contact with the champion", DATE, 30, minutes=1),
)
