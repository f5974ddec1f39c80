"""Decides what a framework says of leads: scores, coverage, confidence and the verdict, each with its terms.

The arithmetic is explained with a worked example in docs/qualification.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Final, NamedTuple

from oppspot.qualification.compiled import CompiledElement, CompiledFramework, compile_framework
from oppspot.qualification.criteria import Judged, result_of
from oppspot.qualification.evidence import statements_by_key, weigh
from oppspot.qualification.framework import Framework, Verdict
from oppspot.qualification.review import next_actions, next_review_date, utc_day
from oppspot.qualification.types import (
    HUNDRED_POINTS,
    KNOWN,
    Assessment,
    Claim,
    Contradiction,
    CriterionResult,
    CurrentValue,
    ElementResult,
    Statement,
    rounded,
)


class Standing(NamedTuple):
    """What a verdict is decided on."""

    overall: int  # 0-100, nothing known counting as 0
    lost: int  # hundredths of a point lost to known, fresh evidence
    coverage: float
    confidence: float


class Knowledge(NamedTuple):
    """What is known of a lead at a moment, by claim key."""

    current: Mapping[str, CurrentValue]
    trust: Mapping[str, float]  # 0-1
    facts: frozenset[str]  # keys that a fresh claim of their own speaks of; what merely follows is no further fact
    disputes: tuple[Contradiction, ...]


_NOTHING: Final = Knowledge({}, {}, frozenset(), ())


def assess(framework: Framework, claims: Sequence[Claim], now: datetime) -> Assessment:
    """Return what the framework says of one lead at `now`; the same claims and moment give the same answer."""
    return assess_leads(framework, (claims,), now)[0]


def assess_leads(framework: Framework, batch: Sequence[Sequence[Claim]], now: datetime) -> list[Assessment]:
    """Return what the framework says of each lead of a batch, in its order; `now` knows its time zone."""
    compiled = compile_framework(framework)
    nothing_known = _conclude(compiled, _NOTHING, now)
    return [(_assess(compiled, claims, now) if claims else None) or nothing_known for claims in batch]


def _assess(compiled: CompiledFramework, claims: Sequence[Claim], now: datetime) -> Assessment | None:
    knowledge = knowledge_of(compiled, claims, now)
    return _conclude(compiled, knowledge, now) if knowledge.current else None


def knowledge_of(compiled: CompiledFramework, claims: Sequence[Claim], now: datetime) -> Knowledge:
    """Return what counts for the keys the framework reads."""
    statements = statements_by_key(claims, now, compiled.reading)
    facts = {
        said.key
        for about in statements.values()
        for said in about
        if said.key == said.claim.key and (said.expires_at is None or now < said.expires_at)
    }
    current = {
        key: weigh(key, about, now, compiled.reading) for key, about in statements.items() if key in compiled.keys
    }
    trust = {key: value.trust for key, value in current.items()}
    return Knowledge(current, trust, frozenset(facts), tuple(sorted(_disputes(compiled, statements, current, now))))


def _disputes(
    compiled: CompiledFramework,
    statements: Mapping[str, Sequence[Statement]],
    current: Mapping[str, CurrentValue],
    now: datetime,
) -> Iterator[Contradiction]:
    """Yield the disagreements about what is scored, and about what that follows from: two amounts in one range."""
    for key, about in statements.items():
        follows = [implied[0] for implied in compiled.reading.relevant.get(key, ())]
        if key in current:
            value = current[key]
        elif len(about) > 1 and not any(each in current and current[each].disputed_by for each in follows):
            value = weigh(key, about, now, compiled.reading)
        else:
            continue
        if value.disputed_by:
            yield Contradiction(key, value.statement, value.disputed_by)


def _conclude(compiled: CompiledFramework, knowledge: Knowledge, now: datetime) -> Assessment:
    today = utc_day(now)
    current = knowledge.current
    elements = counted(compiled, [judge(element, current, today) for element in compiled.elements])
    judged = pair_up(compiled, elements)
    known = [pair for pair in judged if pair[1].state in KNOWN]
    standing = weigh_up(compiled, elements, known, knowledge.trust, len(knowledge.facts))
    verdict = decide(compiled.definition, standing, elements)
    disputes = knowledge.disputes
    return Assessment(
        framework=compiled.definition.name,
        version_hash=compiled.version_hash,
        assessed_at=now,
        elements=elements,
        overall_score=standing.overall if known else None,
        lost=standing.lost,
        coverage=standing.coverage,
        confidence=standing.confidence,
        status=verdict.status,
        next_actions=next_actions(compiled, elements, judged, current, disputes, today),
        next_review_date=next_review_date(known, verdict.review_days, today),
        contradictions=disputes,
    )


def judge(element: CompiledElement, current: Mapping[str, CurrentValue], today: date) -> ElementResult:
    """Return what the current values earn for one element."""
    if element.keys.isdisjoint(current):
        return element.unknown
    return element_result(
        tuple(
            [
                result_of(criterion, current[criterion.key], today) if criterion.key in current else criterion.unknown
                for criterion in element.criteria
            ]
        )
    )


def element_result(criteria: tuple[CriterionResult, ...]) -> ElementResult:
    """Return what an element's criteria add up to."""
    points = known = contribution = 0
    for result in criteria:
        if result.state in KNOWN:
            points += result.points
            known += result.max_points
            contribution += result.contribution
    return ElementResult(criteria[0].element, points, known - points, known / HUNDRED_POINTS, contribution, criteria)


def counted(compiled: CompiledFramework, elements: Sequence[ElementResult]) -> tuple[ElementResult, ...]:
    """Return the elements with what they contribute: all of them, or in weakest-link mode only the weakest."""
    if compiled.sums_elements:
        return tuple(elements)
    weakest = min(elements, key=lambda element: element.points)
    return tuple(element if element is weakest else _uncounted(element) for element in elements)


def _uncounted(element: ElementResult) -> ElementResult:
    criteria = tuple(result._replace(contribution=0, max_contribution=0) for result in element.criteria)
    return element._replace(contribution=0, criteria=criteria)


def pair_up(compiled: CompiledFramework, elements: Sequence[ElementResult]) -> list[Judged]:
    """Return each criterion with its result."""
    results = chain.from_iterable([element.criteria for element in elements])
    return list(zip(compiled.criteria, results, strict=True))


def weigh_up(
    compiled: CompiledFramework,
    elements: Sequence[ElementResult],
    known: Iterable[Judged],
    trust: Mapping[str, float],
    facts: int,
) -> Standing:
    """Return what the elements come to.

    Confidence is the share of the framework that is known, each part counting as far as it is trusted (0-1, by key);
    `facts` facts never give more than 1 - 2^-facts.
    """
    earned = lost = covered = 0
    relied_on = 0.0
    for criterion, result in known:
        earned += result.contribution
        lost += result.max_contribution - result.contribution
        covered += criterion.weight
        relied_on += criterion.weight * trust[criterion.key]
    return Standing(
        overall=rounded(earned),
        lost=lost if compiled.sums_elements else max(element.lost for element in elements),
        coverage=covered / HUNDRED_POINTS,
        confidence=round(min(relied_on / HUNDRED_POINTS, 1 - 2.0**-facts), 4),
    )


def decide(framework: Framework, standing: Standing, elements: Sequence[ElementResult]) -> Verdict:
    """Return the first verdict whose conditions hold; for want of lost points, the one it gives way to."""
    for verdict in framework.verdicts:
        if not _qualifies(verdict, standing, elements):
            continue
        if verdict.points_lost_over is not None and standing.lost <= 100 * verdict.points_lost_over:
            return next(other for other in framework.verdicts if other.status == verdict.otherwise)
        return verdict
    raise LookupError(f"{framework.name} has no verdict for every lead.")  # parsing refuses such a framework


def _qualifies(verdict: Verdict, standing: Standing, elements: Iterable[ElementResult]) -> bool:
    return (
        standing.overall >= (verdict.score or 0)
        and standing.confidence >= (verdict.confidence or 0)
        and standing.coverage >= (verdict.coverage or 0)
        and (not verdict.minimums or _reaches(verdict.minimums, elements))
    )


def _reaches(minimums: Mapping[str, int], elements: Iterable[ElementResult]) -> bool:
    return all(rounded(element.points) >= minimums.get(element.element, 0) for element in elements)
