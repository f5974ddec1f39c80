"""Says in words what an assessment rests on, and what changed between two of them; decides nothing."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.framework import Framework, Verdict
from oppspot.qualification.types import (
    Assessment,
    ClaimValue,
    CriterionResult,
    State,
    Statement,
    points,
)

Cause: TypeAlias = Literal[
    "new evidence", "confirmed again", "expired", "withdrawn", "changed", "time passed", "framework changed", "rounding"
]


class Reason(NamedTuple):
    """Why one criterion earned what it did; `text` is a sentence for the page."""

    criterion: str
    title: str
    state: State
    text: str
    result: CriterionResult


class ElementReasons(NamedTuple):
    element: str
    title: str
    score: int | None
    coverage: float
    reasons: tuple[Reason, ...]


class Change(NamedTuple):
    """One term of the change of an overall score, in hundredths of a point."""

    element: str | None
    criterion: str | None
    hundredths: int
    cause: Cause


def explain_elements(framework: Framework, assessment: Assessment) -> tuple[ElementReasons, ...]:
    """Return the reasons of every element, for an assessment by this version of the framework."""
    keys = claim_keys_of(framework)
    return tuple(
        ElementReasons(
            element.id,
            element.title,
            result.score,
            result.coverage,
            tuple(
                Reason(
                    criterion.id, criterion.title, earned.state, _sentence(earned, keys[criterion.key].title), earned
                )
                for criterion, earned in zip(element.criteria, result.criteria, strict=True)
            ),
        )
        for element, result in zip(framework.elements, assessment.elements, strict=True)
    )


def _sentence(result: CriterionResult, key_title: str) -> str:
    worth = f"{points(result.max_points).normalize():f} points"
    said = result.statement
    if said is None:
        return f"Not known yet: up to {worth}."
    if result.state == "expired":
        day = f"{said.expires_at:%Y-%m-%d}" if said.expires_at else ""
        return (
            f"{_quoted(said, key_title)}, expired on {day}: no points until it is confirmed again, then up to {worth}."
        )
    if result.state == "unknown":
        return f"{_quoted(said, key_title)}, but nothing about this: up to {worth}."
    note = f" {result.note}" if result.note else ""
    return f"{_quoted(said, key_title)}: {points(result.points).normalize():f} of {worth}.{note}"


def _quoted(said: Statement, key_title: str) -> str:
    claim = said.claim
    follows = f", which follows from {claim.key} = {_shown(claim.value)}" if said.is_implied else ""
    return (
        f"{key_title}: {_shown(said.value)}{follows}, {claim.grade} "
        f"({_SPOKEN[claim.source]}, {claim.observed_at:%Y-%m-%d})"
    )


_SPOKEN: Final[Mapping[str, str]] = {
    "rep": "by a rep",
    "form": "in a form",
    "crm": "from the CRM",
    "enrichment": "from enrichment",
    "text": "found in a text",
    "model": "estimated by a model",
}


def _shown(value: ClaimValue) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,}"
        case list():
            return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        case _:
            return str(value).replace("_", " ")


def explain_verdict(framework: Framework, assessment: Assessment) -> tuple[str, ...]:
    """Return why the verdict is what it is: what each better verdict still takes, then what this one rests on."""
    said: list[str] = []
    for verdict in framework.verdicts:
        wanting = list(_wanting(verdict, assessment))
        if not wanting:
            return (*said, _deciding(verdict, assessment))
        said.extend(wanting)
    return tuple(said)


def _wanting(verdict: Verdict, assessment: Assessment) -> Iterator[str]:
    name, overall = _spaced(verdict.status), assessment.overall_score or 0
    if overall < (verdict.score or 0):
        yield f"{name} takes {verdict.score} points; {overall} are earned."
    if assessment.confidence < (verdict.confidence or 0):
        yield f"{name} takes a confidence of {verdict.confidence}; it is {assessment.confidence}."
    if assessment.coverage < (verdict.coverage or 0):
        yield f"{name} takes a coverage of {verdict.coverage}; it is {assessment.coverage}."
    earned = {element.element: element.score or 0 for element in assessment.elements}
    for element, minimum in verdict.minimums.items():
        if earned[element] < minimum:
            yield f"{name} takes {minimum} points of {_spaced(element)}; {earned[element]} are earned."


def _deciding(verdict: Verdict, assessment: Assessment) -> str:
    name, lost = _spaced(verdict.status), points(assessment.lost)
    if verdict.points_lost_over is None:
        return f"Everything that {name} takes is there."
    if verdict.status == assessment.status:
        return f"{lost} points are lost to what is known; {name} takes more than {verdict.points_lost_over}."
    return (
        f"Only {lost} points are lost to what is known; {name} takes more than {verdict.points_lost_over}. "
        f"The rest is not known yet, so it is {_spaced(assessment.status)}."
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def diff_assessments(before: Assessment, after: Assessment) -> tuple[Change, ...]:
    """Return what changed the overall score, largest first.

    The terms sum to the change of the shown scores exactly, an unknown score counting as 0.
    """
    was, now = _by_place(before), _by_place(after)
    terms = [
        Change(*place, _contribution(now.get(place)) - _contribution(was.get(place)), _cause(was, now, place))
        for place in {**was, **now}
    ]
    changes = [term for term in terms if term.hundredths]
    rounding = 100 * ((after.overall_score or 0) - (before.overall_score or 0)) - sum(
        term.hundredths for term in changes
    )
    if rounding:
        changes.append(Change(None, None, rounding, "rounding"))
    return tuple(sorted(changes, key=lambda change: -abs(change.hundredths)))


_Place: TypeAlias = tuple[str, str]
_Results: TypeAlias = Mapping[_Place, CriterionResult]


def _by_place(assessment: Assessment) -> dict[_Place, CriterionResult]:
    return {
        (element.element, result.criterion): result for element in assessment.elements for result in element.criteria
    }


def _contribution(result: CriterionResult | None) -> int:
    return result.contribution if result else 0


def _cause(was: _Results, now: _Results, place: _Place) -> Cause:
    before, after = was.get(place), now.get(place)
    if before is None or after is None or before.max_contribution != after.max_contribution:
        return "framework changed"
    cause = _TRANSITIONS.get((_standing(before), _standing(after)))
    if cause:
        return cause
    is_same_claim = before.statement and after.statement and before.statement.claim.id == after.statement.claim.id
    return "time passed" if is_same_claim else "changed"


def _standing(result: CriterionResult) -> str:
    return "known" if result.is_known else result.state


_TRANSITIONS: Final[Mapping[tuple[str, str], Cause]] = {
    ("unknown", "known"): "new evidence",
    ("expired", "known"): "confirmed again",
    ("known", "expired"): "expired",
    ("known", "unknown"): "withdrawn",
}
