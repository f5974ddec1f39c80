"""Decides which missing facts would change the verdict, and by how much; the most useful first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.framework import Framework
from oppspot.qualification.questions import Question, is_open, leading
from oppspot.qualification.suppositions import Supposition
from oppspot.qualification.types import Claim, ClaimValue


class Counterfactual(NamedTuple):
    """What verified, favourable answers about some claim keys would lead to."""

    answers: Mapping[str, ClaimValue]  # the values supposed, by key
    asks: tuple[str, ...]
    overall_before: int  # 0-100, nothing known counting as 0
    overall_score: int
    gain: int  # hundredths of a point
    status_before: str
    status: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.answers)

    @property
    def text(self) -> str:
        """The counterfactual as a sentence."""
        asks, before, after = _in_a_row(self.asks), self.status_before, self.status
        if before == after:
            return f"{asks}: {self.overall_score} instead of {self.overall_before} points, still {after}."
        return f"{asks}: this moves the lead from {before} to {after} ({self.overall_score} points)."


def _in_a_row(asks: Sequence[str]) -> str:
    first, *others = asks
    *middle, last = [f"{ask[:1].lower()}{ask[1:]}" for ask in others] or [""]
    return f"{', '.join([first, *middle])} and {last}" if last else first


def list_counterfactuals(framework: Framework, claims: Sequence[Claim], now: datetime) -> tuple[Counterfactual, ...]:
    """Return what each open key could change: better verdicts first, then fewer keys, then more points.

    When no single key betters the verdict, the smallest set found that does (largest gains first, then pruned) leads.
    """
    lead = Supposition.of(compile_framework(framework), claims, now)
    questions = lead.open_questions()
    found = [_suppose(lead, [question]) for question in questions]
    if not any(_betters(lead, [question]) for question in questions):
        gains = {question.key: one.gain for question, one in zip(questions, found, strict=True)}
        needed = _enough(lead, sorted(questions, key=lambda question: -gains[question.key]))
        found.extend([_suppose(lead, needed)] if needed else [])
    ranks = {verdict.status: place for place, verdict in enumerate(framework.verdicts)}
    return tuple(sorted(found, key=lambda one: (ranks[one.status], len(one.answers), -one.gain)))


def _betters(lead: Supposition, questions: Sequence[Question]) -> bool:
    outcome = lead.suppose((question, question.best_answer) for question in questions)
    return outcome.rank < lead.outcome.rank


def _suppose(lead: Supposition, questions: Sequence[Question]) -> Counterfactual:
    """Return what the best answers to some questions would lead to."""
    outcome = lead.suppose((question, question.best_answer) for question in questions)
    return Counterfactual(
        answers={question.key: question.best_value(lead.today) for question in questions},
        asks=tuple(ask_of(lead, question) for question in questions),
        overall_before=lead.outcome.overall,
        overall_score=outcome.overall,
        gain=outcome.earned - lead.outcome.earned,
        status_before=lead.outcome.status,
        status=outcome.status,
    )


def _enough(lead: Supposition, questions: Sequence[Question]) -> list[Question]:
    """Return the shortest run of questions that betters the verdict, without those it does not need; or none."""
    runs = (list(questions[:count]) for count in range(2, len(questions) + 1))
    needed = next((run for run in runs if _betters(lead, run)), [])
    for question in tuple(needed):
        fewer = [other for other in needed if other is not question]
        if fewer and _betters(lead, fewer):
            needed = fewer
    return needed


def ask_of(lead: Supposition, question: Question) -> str:
    """Return how to ask: in the words of the open criterion that misses most."""
    pairs = (lead.judged[position] for position in question.criteria)
    return leading(pair for pair in pairs if is_open(*pair))[0].ask.text
