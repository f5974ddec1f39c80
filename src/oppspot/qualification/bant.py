"""BANT as others see it: four pillars with named fields, and partial updates of them. None is not known."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oppspot.core.errors import FieldProblem
from oppspot.qualification.claims import InvalidClaims, validate_claim
from oppspot.qualification.evidence import current_values
from oppspot.qualification.types import Assessment, Claim, ClaimValue, Statement

Level = Literal["critical", "high", "medium", "low"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FinancialIndicators(_Part):
    revenue: float | None = None
    growth_rate: float | None = None  # per cent a year
    funding_status: str | None = None
    credit_score: float | None = None  # 0-100


class BudgetFacts(_Part):
    estimated_budget: float | None = None
    budget_confirmed: bool | None = None
    budget_range: Literal["under_10k", "10k_50k", "50k_100k", "100k_500k", "over_500k"] | None = None
    budget_source: Literal["confirmed", "estimated", "inferred"] | None = None
    financial_indicators: FinancialIndicators = FinancialIndicators()


class DecisionMaker(_Part):
    name: str
    title: str | None = None
    role: str | None = None
    seniority: str | None = None
    influence: float | None = None  # 0-100
    engaged: bool | None = None
    email: str | None = None


class Stakeholder(DecisionMaker):
    department: str | None = None
    sentiment: Literal["supporter", "neutral", "opponent"] | None = None
    engagement: float | None = None  # 0-100
    reports_to: str | None = None
    phone: str | None = None
    last_contact: date | None = None


class EngagementLevel(_Part):
    """0-100 each."""

    executive: float | None = None
    manager: float | None = None
    user: float | None = None


class AuthorityFacts(_Part):
    decision_makers: list[DecisionMaker] | None = None
    buying_committee_size: int | None = None
    stakeholder_map: list[Stakeholder] | None = None
    engagement_level: EngagementLevel = EngagementLevel()


class PainPoint(_Part):
    description: str
    severity: Level | None = None
    impact: str | None = None
    cost: float | None = None
    owner: str | None = None


class UseCase(_Part):
    description: str
    priority: Level | None = None


class NeedFacts(_Part):
    pain_points: list[PainPoint] | None = None
    use_cases: list[UseCase] | None = None
    urgency_level: Level | None = None
    problem_acknowledgment: bool | None = None
    solution_fit_score: float | None = None  # 0-100


class TimelineFacts(_Part):
    decision_date: date | None = None
    implementation_date: date | None = None
    urgency_indicators: list[str] | None = None
    buying_stage: Literal["awareness", "consideration", "decision", "purchase"] | None = None
    timeline_confidence: float | None = None  # 0-100


class BANTUpdate(_Part):
    """What to change: fields not given stay as they are, null withdraws a field, a list replaces the list."""

    budget: BudgetFacts = BudgetFacts()
    authority: AuthorityFacts = AuthorityFacts()
    need: NeedFacts = NeedFacts()
    timeline: TimelineFacts = TimelineFacts()


class Pillar(_Part):
    score: int | None  # 0-100; None while nothing is known
    coverage: float  # 0-1: how much of it is known and fresh


class Budget(BudgetFacts, Pillar):
    pass


class Authority(AuthorityFacts, Pillar):
    pass


class Need(NeedFacts, Pillar):
    pass


class Timeline(TimelineFacts, Pillar):
    pass


class NextAction(_Part):
    kind: Literal["settle", "ask", "reconfirm", "improve"]
    element: str
    field: str
    text: str
    points: float  # the most it can add to the overall score


class BANTQualification(_Part):
    """The BANT card of a lead: what is known, and what follows."""

    lead_id: UUID
    company_id: UUID | None
    budget: Budget
    authority: Authority
    need: Need
    timeline: Timeline
    overall_score: int | None  # 0-100; None while nothing is known
    qualification_status: Literal["qualified", "nurture", "disqualified"]
    coverage: float  # 0-1
    confidence: float  # 0-1
    next_actions: list[NextAction]
    next_review_date: date
    expired: list[str]  # fields whose value is shown but no longer counts
    disputed: list[str]  # fields on which sources disagree
    assessed_at: datetime
    framework_hash: str


# Where each claim key is found in the card.
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
_KEYS: Final[Mapping[str, str]] = {field: key for key, field in _FIELDS.items()}
_BRANCHES: Final = frozenset(field.rsplit(".", depth)[0] for field in _KEYS for depth in range(1, field.count(".") + 1))
_CALCULATED: Final = frozenset(BANTQualification.model_fields) | {
    f"{pillar}.{name}" for pillar in BANTUpdate.model_fields for name in Pillar.model_fields
}


def bant_qualification(
    lead_id: UUID, company_id: UUID | None, claims: Sequence[Claim], assessment: Assessment
) -> BANTQualification:
    """Return the card of a lead, from its claims and their assessment by a framework with BANT's four elements."""
    said = _statements(claims, assessment)
    results = {element.element: element for element in assessment.elements}
    card: dict[str, Any] = {
        pillar: {"score": results[pillar].score, "coverage": results[pillar].coverage}
        for pillar in BANTUpdate.model_fields
    }
    for key, statement in said.items():
        if not isinstance(validate_claim(key, statement.value), FieldProblem):
            _put(card, _FIELDS[key], statement.value)
    expired = {
        _FIELDS[result.key]
        for element in assessment.elements
        for result in element.criteria
        if result.state == "expired" and result.key in _FIELDS
    }
    return BANTQualification(
        lead_id=lead_id,
        company_id=company_id,
        **card,
        overall_score=assessment.overall_score,
        qualification_status=assessment.status,
        coverage=assessment.coverage,
        confidence=assessment.confidence,
        next_actions=[
            NextAction(
                kind=action.kind,
                element=action.element,
                field=_FIELDS.get(action.key, action.key),
                text=action.text,
                points=float(action.points),
            )
            for action in assessment.next_actions
        ],
        next_review_date=assessment.next_review_date,
        expired=sorted(expired),
        disputed=sorted(_FIELDS.get(dispute.key, dispute.key) for dispute in assessment.contradictions),
        assessed_at=assessment.assessed_at,
        framework_hash=assessment.version_hash,
    )


def _statements(claims: Sequence[Claim], assessment: Assessment) -> dict[str, Statement]:
    """Return the statement shown for each key: the one that was assessed, else the one that counts by default."""
    shown = {key: value.statement for key, value in current_values(claims, assessment.assessed_at).items()}
    for element in assessment.elements:
        shown.update({result.key: result.statement for result in element.criteria if result.statement})
    return {key: statement for key, statement in shown.items() if key in _FIELDS}


def _put(card: dict[str, Any], field: str, value: ClaimValue) -> None:
    *branches, leaf = field.split(".")
    for branch in branches:
        card = card.setdefault(branch, {})
    card[leaf] = value


def claims_from_bant_update(update: BANTUpdate | Mapping[str, Any]) -> list[tuple[str, ClaimValue]]:
    """Return the claims a partial update makes, as key and value; a value of None withdraws.

    Only fields that are given make claims. Raises InvalidClaims with every problem found.
    """
    given = update.model_dump(exclude_unset=True) if isinstance(update, BANTUpdate) else update
    made: list[tuple[str, ClaimValue]] = []
    problems: list[FieldProblem] = []
    for field, value in _leaves(given, ""):
        if field not in _KEYS:
            problems.append(_refusal(field))
            continue
        key = _KEYS[field]
        claimed = validate_claim(key, value)
        if isinstance(claimed, FieldProblem):
            place = claimed.path.removeprefix(key)
            problems.append(FieldProblem(f"{field}{place}", claimed.message, claimed.accepted))
        else:
            made.append((key, claimed))
    if problems:
        raise InvalidClaims(errors=problems)
    return made


def _leaves(given: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """Yield the fields given, with dotted names; a branch that is not an object is a leaf, and refused."""
    for name, value in given.items():
        field = f"{path}{name}"
        if field in _BRANCHES and isinstance(value, Mapping):
            yield from _leaves(value, f"{field}.")
        else:
            yield field, value


def _refusal(field: str) -> FieldProblem:
    if field in _BRANCHES:
        fields = ", ".join(leaf for leaf in _KEYS if leaf.startswith(f"{field}."))
        return FieldProblem(field, "is not an object", f"an object; null withdraws single fields: {fields}")
    if field in _CALCULATED:
        return FieldProblem(field, "is calculated and cannot be set", "evidence, such as budget.budget_confirmed")
    return FieldProblem(field[:200], "is not a field here", ", ".join(_KEYS))
