"""The terms of coverage and confidence, so that they open their reasons as scores do. Points of a hundred."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.framework import Framework
from oppspot.qualification.rules import knowledge_of
from oppspot.qualification.types import Assessment, Claim, CriterionResult, CurrentValue
from oppspot.web.waterfalls import Reason


def coverage_terms(framework: Framework, assessment: Assessment) -> list[Reason]:
    """Return what each element has that is known and fresh; together they are the coverage, in per cent."""
    return [
        Reason(title, sum(weight for weight, result in parts if result.is_known), f"of {total:g}")
        for title, total, parts in _weighed(framework, assessment)
    ]


def confidence_terms(
    framework: Framework,
    assessment: Assessment,
    claims: Sequence[Claim],
    values: Mapping[str, CurrentValue],
    now: datetime,
) -> list[Reason]:
    """Return how far each element's known part is relied on; few facts keep the whole down."""
    terms = [
        Reason(title, sum(weight * values[result.key].trust for weight, result in parts if result.is_known), _of(parts))
        for title, _, parts in _weighed(framework, assessment)
    ]
    facts = len(knowledge_of(compile_framework(framework), claims, now).facts)
    held_back = 100 * (1 - 2.0**-facts) - sum(term.points or 0 for term in terms)
    if held_back < 0:
        count = f"{facts} {'fact' if facts == 1 else 'facts'}"
        terms.append(Reason(f"{count} cannot give more", held_back, "each further fact halves what is in doubt"))
    return terms


def _of(parts: Iterable[tuple[float, CriterionResult]]) -> str:
    return f"of {sum(weight for weight, result in parts if result.is_known):g} known"


def _weighed(
    framework: Framework, assessment: Assessment
) -> list[tuple[str, float, list[tuple[float, CriterionResult]]]]:
    """Return each element's title, its weight in per cent, and its criteria with theirs."""
    compiled = compile_framework(framework).elements
    return [
        (
            element.title,
            sum(criterion.weight for criterion in prepared.criteria) / 100,
            [
                (criterion.weight / 100, result)
                for criterion, result in zip(prepared.criteria, judged.criteria, strict=True)
            ],
        )
        for element, prepared, judged in zip(framework.elements, compiled, assessment.elements, strict=True)
    ]
