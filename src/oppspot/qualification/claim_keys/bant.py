"""The claim keys of budget, authority, need and timeline.

Days of freshness: a budget holds 90, contact with people 30, what people want longer than when they want it,
and figures of the company until the next accounts.
"""

from typing import Final

from oppspot.qualification.claim_keys.shapes import (
    BUDGET_RANGES,
    DATE,
    FLAG,
    LEVEL,
    MONEY,
    MONEY_TOLERANCE,
    NAME,
    PERCENT,
    PERSON,
    STAKEHOLDER,
    TEXT,
    ClaimKey,
)
from oppspot.qualification.values import ChoiceKind, ItemsKind, NumberKind, TextsKind

_LATE_FUNDING: Final = "series_c_plus"
_SOURCES: Final = ChoiceKind(values=("confirmed", "estimated", "inferred"))
_FUNDING: Final = ChoiceKind(
    values=("bootstrapped", "pre_seed", "seed", "series_a", "series_b", _LATE_FUNDING, "public"),
    aliases={"series_c": _LATE_FUNDING, "series_d": _LATE_FUNDING, "series_e": _LATE_FUNDING, "ipo": "public"},
)
_GROWTH: Final = NumberKind(minimum=-100, maximum=100_000)
_PEOPLE: Final = NumberKind(minimum=1, maximum=1000, whole=True)
_DECISION_MAKERS: Final = ItemsKind(identity="name", fields=PERSON)
_STAKEHOLDERS: Final = ItemsKind(identity="name", fields=STAKEHOLDER)
_PAINS: Final = ItemsKind(
    identity="description",
    fields={"description": TEXT, "severity": LEVEL, "impact": TEXT, "cost": MONEY, "owner": NAME},
)
_USE_CASES: Final = ItemsKind(identity="description", fields={"description": TEXT, "priority": LEVEL})
_STAGES: Final = ChoiceKind(values=("awareness", "consideration", "decision", "purchase"))

BANT_KEYS: Final = (
    ClaimKey("budget.estimated_budget", "Estimated budget", MONEY, 90, minutes=3, tolerance=MONEY_TOLERANCE),
    ClaimKey("budget.confirmed", "Budget confirmed", FLAG, 90, minutes=5),
    ClaimKey("budget.range", "Budget range", ChoiceKind(values=BUDGET_RANGES), 90, minutes=2),
    ClaimKey("budget.source", "Source of the budget", _SOURCES, 90, minutes=2),
    ClaimKey("financial.revenue", "Annual revenue", MONEY, 365, minutes=1, tolerance=MONEY_TOLERANCE),
    ClaimKey("financial.growth_rate", "Growth, per cent a year", _GROWTH, 365, minutes=1),
    ClaimKey("financial.funding_status", "Funding", _FUNDING, 365, minutes=1),
    ClaimKey("financial.credit_score", "Credit score", PERCENT, 180, minutes=1),
    ClaimKey("authority.decision_makers", "Decision makers", _DECISION_MAKERS, 90, minutes=5),
    ClaimKey("authority.committee_size", "Size of the buying committee", _PEOPLE, 180, minutes=2),
    ClaimKey("authority.stakeholder_map", "Stakeholders", _STAKEHOLDERS, 180, minutes=15),
    ClaimKey("authority.engagement.executive", "Engagement of executives", PERCENT, 30, minutes=30),
    ClaimKey("authority.engagement.manager", "Engagement of managers", PERCENT, 30, minutes=20),
    ClaimKey("authority.engagement.user", "Engagement of users", PERCENT, 30, minutes=20),
    ClaimKey("need.pain_points", "Pain points", _PAINS, 180, minutes=10),
    ClaimKey("need.use_cases", "Use cases", _USE_CASES, 180, minutes=10),
    ClaimKey("need.urgency", "Urgency", LEVEL, 60, minutes=2),
    ClaimKey("need.problem_acknowledged", "Problem acknowledged", FLAG, 180, minutes=2),
    ClaimKey("need.solution_fit", "Fit of the solution", PERCENT, 180, minutes=5),
    ClaimKey("timeline.decision_date", "Decision date", DATE, 90, minutes=2),
    ClaimKey("timeline.implementation_date", "Implementation date", DATE, 90, minutes=2),
    ClaimKey("timeline.urgency_indicators", "Signs of urgency", TextsKind(), 60, minutes=5),
    ClaimKey("timeline.buying_stage", "Buying stage", _STAGES, 60, minutes=2),
    ClaimKey("timeline.confidence", "Confidence in the timeline", PERCENT, 60, minutes=2),
)
