"""Prepares a framework once, so that scoring a lead only looks things up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice

from oppspot.qualification.claims import CLAIM_KEYS, ClaimKey
from oppspot.qualification.criteria import CompiledCriterion, compile_criterion
from oppspot.qualification.evidence import Reading, reading_of
from oppspot.qualification.framework import Element, Framework
from oppspot.qualification.questions import Question, compile_questions
from oppspot.qualification.types import HUNDRED_POINTS, ElementResult


@dataclass(frozen=True, slots=True)
class CompiledElement:
    """An element with its criteria, and what it says while nothing is known."""

    id: str
    criteria: tuple[CompiledCriterion, ...]
    keys: frozenset[str]
    unknown: ElementResult


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFramework:
    """A framework ready to score; there is one of each version."""

    definition: Framework
    version_hash: str
    reading: Reading
    elements: tuple[CompiledElement, ...]
    criteria: tuple[CompiledCriterion, ...]  # of all elements
    keys: frozenset[str]
    sums_elements: bool  # else the weakest element is the score
    questions: tuple[Question, ...]
    # The questions (by place) whose answers speak of something that a key also speaks of.
    touched_by: Mapping[str, frozenset[int]]


@lru_cache(maxsize=256)
def compile_framework(framework: Framework) -> CompiledFramework:
    """Return the framework ready to score; the same document is compiled once."""
    elements = _compile_elements(framework)
    keys = frozenset[str]().union(*(element.keys for element in elements))
    known_keys = claim_keys_of(framework)
    reading = reading_of(keys, known_keys, framework.freshness_days, framework.trust.model_dump())
    criteria = tuple(criterion for element in elements for criterion in element.criteria)
    definitions = [criterion for element in framework.elements for criterion in element.criteria]
    questions = compile_questions(definitions, criteria, known_keys, reading)
    return CompiledFramework(
        definition=framework,
        version_hash=framework.version_hash,
        reading=reading,
        elements=elements,
        criteria=criteria,
        keys=keys,
        sums_elements=framework.mode == "weighted",
        questions=questions,
        touched_by={key: _touched(key, questions, criteria) for key in keys},
    )


def _touched(key: str, questions: Sequence[Question], criteria: Sequence[CompiledCriterion]) -> frozenset[int]:
    return frozenset(
        place
        for place, question in enumerate(questions)
        if any(criteria[position].key == key for position in {*question.criteria, *question.best_answer.earned})
    )


def claim_keys_of(framework: Framework) -> Mapping[str, ClaimKey]:
    """Return the claim keys a framework can read: the registry's and its own."""
    own = {name: ClaimKey(name, key.title, key.kind, key.freshness_days) for name, key in framework.claim_keys.items()}
    return {**CLAIM_KEYS, **own}


def allocate(total: int, weights: Sequence[Fraction]) -> list[int]:
    """Share out a whole number by weight: parts sum to it exactly, each within 1 of its share (largest remainder)."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def _compile_elements(framework: Framework) -> tuple[CompiledElement, ...]:
    shares = {
        element.id: [Fraction(criterion.points) for criterion in element.criteria] for element in framework.elements
    }
    weighted = [
        Fraction(element.weight) * share / sum(shares[element.id])
        for element in framework.elements
        for share in shares[element.id]
    ]
    weights = iter(allocate(HUNDRED_POINTS, weighted))
    return tuple(
        _compile_element(
            element,
            points=allocate(HUNDRED_POINTS, shares[element.id]),
            weights=list(islice(weights, len(element.criteria))),
            sums_elements=framework.mode == "weighted",
        )
        for element in framework.elements
    )


def _compile_element(
    element: Element, *, points: Sequence[int], weights: Sequence[int], sums_elements: bool
) -> CompiledElement:
    criteria = tuple(
        compile_criterion(
            element.id,
            criterion,
            max_points=share,
            max_contribution=weight if sums_elements else share,
            weight=weight,
        )
        for criterion, share, weight in zip(element.criteria, points, weights, strict=True)
    )
    return CompiledElement(
        id=element.id,
        criteria=criteria,
        keys=frozenset(criterion.key for criterion in criteria),
        unknown=ElementResult(element.id, 0, 0, 0.0, 0, tuple(criterion.unknown for criterion in criteria)),
    )
