"""What assessments look like on the wire, with every reason."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from oppspot.qualification.counterfactuals import Counterfactual
from oppspot.qualification.explain import Change, Reason, explain_elements, explain_verdict
from oppspot.qualification.queries.scorecards import Scorecard
from oppspot.qualification.standings import Override, Standing
from oppspot.qualification.types import Assessment, Statement, points


class StandingAnswer(BaseModel):
    """What one framework says (`status`), and what counts (`verdict`)."""

    framework: str
    by: str  # hand, rule, size, default; also: held beside the lead's own
    reason: str
    status: str
    verdict: str
    overall_score: int | None
    coverage: float
    confidence: float
    next_review_date: date


class OverrideAnswer(BaseModel):
    """What a person decided beside the machine; a null status and score take an earlier override back."""

    framework: str
    status: str | None
    overall_score: int | None
    reason: str
    author: str
    made_at: datetime
    expires_at: datetime | None


class RecordAnswer(BaseModel):
    """A recorded assessment: written only when something changed."""

    at: datetime
    cause: str
    status: str
    overall_score: int | None
    coverage: float
    confidence: float
    framework_hash: str


class StatementAnswer(BaseModel):
    """The claim behind a number, or what follows from it."""

    claim_id: UUID
    key: str
    value: Any
    source: str
    grade: str
    observed_at: datetime
    expires_at: datetime | None
    follows_from: str | None  # the claim's own key, when this merely follows from it


class ReasonAnswer(BaseModel):
    """Why one criterion earned what it did."""

    criterion: str
    title: str
    state: str
    text: str
    points: float  # of the element's 100
    max_points: float
    contribution: float  # to the overall score
    statement: StatementAnswer | None


class ElementAnswer(BaseModel):
    element: str
    title: str
    score: int | None
    coverage: float
    reasons: list[ReasonAnswer]


class TermAnswer(BaseModel):
    """One term of the overall score; the one without a criterion is the rounding. They sum to it exactly."""

    element: str | None
    criterion: str | None
    points: float


class ContradictionAnswer(BaseModel):
    key: str
    current: StatementAnswer
    disputed_by: list[StatementAnswer]


class CounterfactualAnswer(BaseModel):
    """What verified, favourable answers would lead to."""

    keys: list[str]
    text: str
    overall_score: int
    gain: float  # points of the overall score, before it is rounded
    status: str


class Explanation(BaseModel):
    """A framework's assessment of a lead, with every reason."""

    lead_id: UUID
    framework: str
    framework_hash: str
    assessed_at: datetime
    status: str
    overall_score: int | None
    best_case: int
    coverage: float
    confidence: float
    next_review_date: date
    verdict_reasons: list[str]
    elements: list[ElementAnswer]
    contributions: list[TermAnswer]
    next_actions: list[str]
    contradictions: list[ContradictionAnswer]
    counterfactuals: list[CounterfactualAnswer]


class ChangeAnswer(BaseModel):
    """One term of a change, and what caused it. They sum to the change exactly."""

    element: str | None
    criterion: str | None
    points: float
    cause: str


class Moment(BaseModel):
    at: datetime
    status: str
    overall_score: int | None
    coverage: float
    confidence: float


class Difference(BaseModel):
    """What changed between two moments."""

    lead_id: UUID
    framework: str
    before: Moment
    after: Moment
    change: int  # of the overall score, unknown counting as 0
    changes: list[ChangeAnswer]


def standing_answer(standing: Standing) -> StandingAnswer:
    return StandingAnswer(
        framework=standing.framework,
        by=standing.by,
        reason=standing.reason,
        status=standing.status,
        verdict=standing.verdict,
        overall_score=standing.overall_score,
        coverage=standing.coverage,
        confidence=standing.confidence,
        next_review_date=standing.next_review_on,
    )


def override_answer(override: Override) -> OverrideAnswer:
    return OverrideAnswer.model_validate(override, from_attributes=True)


def explanation(lead_id: UUID, card: Scorecard, counterfactuals: Iterable[Counterfactual]) -> Explanation:
    """Return a scorecard with everything that explains it."""
    shown = card.assessment
    return Explanation(
        lead_id=lead_id,
        framework=shown.framework,
        framework_hash=shown.version_hash,
        assessed_at=shown.assessed_at,
        status=shown.status,
        overall_score=shown.overall_score,
        best_case=shown.best_case,
        coverage=shown.coverage,
        confidence=shown.confidence,
        next_review_date=shown.next_review_date,
        verdict_reasons=list(explain_verdict(card.framework, shown)),
        elements=[
            ElementAnswer(
                element=element.element,
                title=element.title,
                score=element.score,
                coverage=element.coverage,
                reasons=[_reason(reason) for reason in element.reasons],
            )
            for element in explain_elements(card.framework, shown)
        ],
        contributions=[TermAnswer.model_validate(term, from_attributes=True) for term in shown.contributions],
        next_actions=[action.text for action in shown.next_actions],
        contradictions=[
            ContradictionAnswer(
                key=dispute.key,
                current=_statement(dispute.current),
                disputed_by=[_statement(side) for side in dispute.disputed_by],
            )
            for dispute in shown.contradictions
        ],
        counterfactuals=[
            CounterfactualAnswer(
                keys=list(each.keys),
                text=each.text,
                overall_score=each.overall_score,
                gain=each.gain / 100,
                status=each.status,
            )
            for each in counterfactuals
        ],
    )


def _reason(reason: Reason) -> ReasonAnswer:
    result = reason.result
    return ReasonAnswer(
        criterion=reason.criterion,
        title=reason.title,
        state=reason.state,
        text=reason.text,
        points=float(points(result.points)),
        max_points=float(points(result.max_points)),
        contribution=float(points(result.contribution)),
        statement=_statement(result.statement) if result.statement else None,
    )


def _statement(said: Statement) -> StatementAnswer:
    claim = said.claim
    return StatementAnswer(
        claim_id=claim.id,
        key=said.key,
        value=said.value,
        source=claim.source,
        grade=claim.grade,
        observed_at=claim.observed_at,
        expires_at=said.expires_at,
        follows_from=claim.key if said.is_implied else None,
    )


def difference(lead_id: UUID, before: Assessment, after: Assessment, changes: Iterable[Change]) -> Difference:
    """Return what changed between two assessments of a lead."""
    return Difference(
        lead_id=lead_id,
        framework=after.framework,
        before=_moment(before),
        after=_moment(after),
        change=(after.overall_score or 0) - (before.overall_score or 0),
        changes=[
            ChangeAnswer(
                element=change.element,
                criterion=change.criterion,
                points=float(points(change.hundredths)),
                cause=change.cause,
            )
            for change in changes
        ],
    )


def _moment(assessment: Assessment) -> Moment:
    return Moment(
        at=assessment.assessed_at,
        status=assessment.status,
        overall_score=assessment.overall_score,
        coverage=assessment.coverage,
        confidence=assessment.confidence,
    )
