"""Prepares, for each claim key a framework reads, what it can be asked, what may be answered and what that earns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from oppspot.qualification.answers import Asked, possible_answers
from oppspot.qualification.claim_keys.shapes import ClaimKey
from oppspot.qualification.criteria import CompiledCriterion, Judged, earning
from oppspot.qualification.evidence import Reading
from oppspot.qualification.framework import Criterion
from oppspot.qualification.types import KNOWN, ClaimValue, CriterionResult, QualificationAction
from oppspot.qualification.values import Kind

# Points depend on how far away a date is, not on the day they are counted: any day will do.
_A_DAY: Final = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, how likely it is, and what each criterion it speaks of earns (its own points, by position)."""

    likelihood: float
    earned: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """What can be asked about one claim key."""

    key: str
    minutes: float
    criteria: tuple[int, ...]  # the positions, in the framework, of those that read the key itself
    answers: tuple[Answer, ...]
    best: int  # which answer earns most
    shares: tuple[tuple[int, int], ...]  # what it contributes to the overall score, by position
    unknown: QualificationAction  # what to do while nothing that an answer speaks of is known
    kind: Kind
    asked: tuple[Asked, ...]
    likely: Mapping[str, float]

    @property
    def best_answer(self) -> Answer:
        return self.answers[self.best]

    def best_value(self, today: date) -> ClaimValue:
        """Return the answer that earns most, as a value of the key."""
        return possible_answers(self.kind, self.asked, self.likely, today)[self.best][1]


def compile_questions(
    definitions: Sequence[Criterion],
    criteria: Sequence[CompiledCriterion],
    keys: Mapping[str, ClaimKey],
    reading: Reading,
) -> tuple[Question, ...]:
    """Return the questions in the order in which their keys first count."""
    places: dict[str, list[int]] = {}
    for position, criterion in enumerate(criteria):
        places.setdefault(criterion.key, []).append(position)
    return tuple(_question(keys[key], places, definitions, criteria, reading) for key in places)


def _question(
    key: ClaimKey,
    places: Mapping[str, Sequence[int]],
    definitions: Sequence[Criterion],
    criteria: Sequence[CompiledCriterion],
    reading: Reading,
) -> Question:
    own = [definitions[position] for position in places[key.name]]
    asked = tuple(Asked(each.rule, float(each.points)) for each in own)
    likely = next((each.likely for each in own if each.likely), {})
    answers = tuple(
        Answer(likelihood, _earned(key.name, value, places, criteria, reading))
        for likelihood, value in possible_answers(key.kind, asked, likely, _A_DAY)
    )
    worth = [sum(_contributed(criteria, answer).values()) for answer in answers]
    best = worth.index(max(worth))
    lead = leading((criteria[position], criteria[position].unknown) for position in places[key.name])
    return Question(
        key=key.name,
        minutes=max((each.minutes for each in own if each.minutes), default=key.minutes),
        criteria=tuple(places[key.name]),
        answers=answers,
        best=best,
        shares=tuple(_contributed(criteria, answers[best]).items()),
        unknown=lead[0].ask._replace(gain=worth[best]),
        kind=key.kind,
        asked=asked,
        likely=likely,
    )


def _earned(
    key: str,
    value: ClaimValue,
    places: Mapping[str, Sequence[int]],
    criteria: Sequence[CompiledCriterion],
    reading: Reading,
) -> dict[int, int]:
    """Return what an answer earns by position, with what follows from it."""
    said = {other: follow(value) for other, follow, _ in reading.relevant[key]} | {key: value}
    earned = {
        position: criteria[position].earn(known, _A_DAY)[0]
        for name, known in said.items()
        if known is not None
        for position in places.get(name, ())
    }
    return {position: points for position, points in earned.items() if points is not None}


def _contributed(criteria: Sequence[CompiledCriterion], answer: Answer) -> dict[int, int]:
    return {
        position: earning(criteria[position], criteria[position].unknown, points).contribution
        for position, points in answer.earned.items()
    }


def is_open(criterion: CompiledCriterion, result: CriterionResult) -> bool:
    """Tell whether there is something to find out or to improve."""
    return result.state != "met" and (criterion.improvable or result.state not in KNOWN)


def leading(pairs: Iterable[Judged]) -> Judged:
    """Return the criterion that misses most of the framework's points: in its words the question is asked."""
    return max(pairs, key=lambda pair: pair[0].weight * (1 - pair[1].points / max(pair[1].max_points, 1)))


def supposed(criterion: CompiledCriterion, result: CriterionResult, earned: int) -> CriterionResult:
    """Return what a criterion would say after an answer: what is known already an answer can only better."""
    if not is_open(criterion, result):
        return result
    after = earning(criterion, result, earned)
    return result if result.state in KNOWN and after.points <= result.points else after
