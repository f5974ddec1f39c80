"""Decides which question is worth a rep's time: the change expected of its answer, for each minute it takes.

The formula is explained with a worked example in docs/qualification.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.counterfactuals import ask_of
from oppspot.qualification.framework import Framework
from oppspot.qualification.questions import Question
from oppspot.qualification.review import gain_of
from oppspot.qualification.suppositions import Outcome, Supposition
from oppspot.qualification.types import Claim


class NextQuestion(NamedTuple):
    """A question with what its answer is expected to change."""

    key: str
    ask: str
    minutes: float
    expected_change: float  # of the decision value, in points
    chance: float  # 0-1: that the answer changes the verdict
    gain: int  # the most it can add to the overall score, in hundredths of a point

    @property
    def per_minute(self) -> float:
        return self.expected_change / self.minutes


def list_next_questions(framework: Framework, claims: Sequence[Claim], now: datetime) -> tuple[NextQuestion, ...]:
    """Return the open questions, the most useful a minute first; equal ones in the document's order."""
    lead = Supposition.of(compile_framework(framework), claims, now)
    found = [_weigh(lead, question) for question in lead.open_questions()]
    return tuple(sorted(found, key=lambda one: -one.per_minute))


def _weigh(lead: Supposition, question: Question) -> NextQuestion:
    steps = max(len(lead.compiled.definition.verdicts) - 1, 1)
    before = _value(lead.outcome, steps)
    change = chance = 0.0
    for answer in question.answers:
        outcome = lead.suppose([(question, answer)])
        change += answer.likelihood * abs(_value(outcome, steps) - before)
        chance += answer.likelihood * (outcome.status != lead.outcome.status)
    return NextQuestion(
        key=question.key,
        ask=ask_of(lead, question),
        minutes=question.minutes,
        expected_change=round(change, 4),
        chance=round(chance, 4),
        gain=gain_of(lead.compiled, question, lead.elements, lead.judged),
    )


def _value(outcome: Outcome, steps: int) -> float:
    """Return what a decision is worth: its points, and another 100 for the way from the worst verdict to the best."""
    return outcome.earned / 100 + 100 * (steps - outcome.rank) / steps
