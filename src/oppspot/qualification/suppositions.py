"""Decides what a lead would come to if some questions were answered so or so; everything asked "what if" asks here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from oppspot.qualification.compiled import CompiledFramework
from oppspot.qualification.criteria import Judged
from oppspot.qualification.questions import Answer, Question, is_open, supposed
from oppspot.qualification.review import utc_day
from oppspot.qualification.rules import (
    Knowledge,
    counted,
    decide,
    element_result,
    judge,
    knowledge_of,
    pair_up,
    weigh_up,
)
from oppspot.qualification.types import Claim, ElementResult, rounded


class Outcome(NamedTuple):
    """Where a lead stands: hundredths of a point earned, and the verdict with its place, the best being 0."""

    earned: int
    status: str
    rank: int

    @property
    def overall(self) -> int:
        """0-100; nothing known counts as 0."""
        return rounded(self.earned)


@dataclass(frozen=True, slots=True)
class Supposition:
    """A lead's results, ready to be changed in thought."""

    compiled: CompiledFramework
    knowledge: Knowledge
    elements: Sequence[ElementResult]
    judged: Sequence[Judged]
    today: date
    outcome: Outcome

    @classmethod
    def of(cls, compiled: CompiledFramework, claims: Sequence[Claim], now: datetime) -> "Supposition":
        knowledge, today = knowledge_of(compiled, claims, now), utc_day(now)
        elements = [judge(element, knowledge.current, today) for element in compiled.elements]
        outcome = _outcome(compiled, elements, knowledge)
        return cls(compiled, knowledge, elements, pair_up(compiled, elements), today, outcome)

    def open_questions(self) -> list[Question]:
        """Return what is worth asking about, in the order of the framework."""
        return [
            question
            for question in self.compiled.questions
            if any(is_open(*self.judged[position]) for position in question.criteria)
        ]

    def suppose(self, answered: Iterable[tuple[Question, Answer]]) -> Outcome:
        """Return where the lead would stand after verified answers; of several about one criterion the best counts."""
        pairs = list(answered)
        earned: dict[int, int] = {}
        for _, answer in pairs:
            for position, points in answer.earned.items():
                earned[position] = max(points, earned.get(position, 0))
        verified = self.compiled.reading.trust["verified"]
        changed = {self.judged[position][0].key for position in earned}
        knowledge = self.knowledge._replace(
            trust={**self.knowledge.trust, **dict.fromkeys(changed, verified)},
            facts=self.knowledge.facts.union(question.key for question, _ in pairs),
        )
        return _outcome(self.compiled, self._changed(earned), knowledge)

    def _changed(self, earned: Mapping[int, int]) -> list[ElementResult]:
        position, elements = 0, []
        for element in self.elements:
            results = []
            for result in element.criteria:
                criterion = self.judged[position][0]
                results.append(supposed(criterion, result, earned[position]) if position in earned else result)
                position += 1
            elements.append(element_result(tuple(results)))
        return elements


def _outcome(compiled: CompiledFramework, judged: Sequence[ElementResult], knowledge: Knowledge) -> Outcome:
    elements = counted(compiled, judged)
    known = [pair for pair in pair_up(compiled, elements) if pair[1].is_known]
    standing = weigh_up(compiled, elements, known, knowledge.trust, len(knowledge.facts))
    verdicts = compiled.definition.verdicts
    verdict = decide(compiled.definition, standing, elements)
    return Outcome(sum(result.contribution for _, result in known), verdict.status, verdicts.index(verdict))
