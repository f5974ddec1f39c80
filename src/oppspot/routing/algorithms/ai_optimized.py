"""Gives leads to whoever is likely to make the most of them, within the band; turns by weight where that is not known.

What is believed of each rep, and with what probability each gets a lead, is worked out in shrinkage.py and bandit.py
(docs/optimised-routing.md).
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from oppspot.routing.algorithms.choices import Algorithm, Option, Preference, Question
from oppspot.routing.bandit import choose, seed_of, usable
from oppspot.routing.priority import priority_of
from oppspot.routing.shrinkage import Arm, arms_of


def _prefer(question: Question, options: Sequence[Option]) -> Preference:
    policy = question.config.policies.optimisation
    obstacle = usable([rep.outcomes for rep in question.pool], policy)
    if obstacle:
        return Preference(options[0].position, f"next in turn, because {obstacle}")
    arms = _arms(question)
    if len(options) == 1:
        turn = options[0]
        because = "next in turn, and nobody else may have it before their turn"
        return Preference(turn.position, because, {turn.rep.id: 1.0}, {turn.rep.id: arms[turn.rep.id].rate})
    choice = choose(
        [arms[option.rep.id] for option in options],
        range(len(options)),
        seed=seed_of(question.lead.id, question.config.version_hash),
        policy=policy,
    )
    chances = {option.rep.id: chance for option, chance in zip(options, choice.propensities, strict=True)}
    expected = {option.rep.id: arms[option.rep.id].rate for option in options}
    return Preference(options[choice.position].position, choice.because, chances, expected)


def _arms(question: Question) -> Mapping[UUID, Arm]:
    """Return what is believed of everybody in the pool for leads of this priority; worked out once a batch."""
    priority = priority_of(question.lead.score)
    if priority not in question.memory:
        arms = arms_of([rep.outcomes for rep in question.pool], priority)
        question.memory[priority] = {rep.id: arm for rep, arm in zip(question.pool, arms, strict=True)}
    found: Mapping[UUID, Arm] = question.memory[priority]
    return found


AI_OPTIMIZED: Final = Algorithm(
    name="ai_optimized",
    label="By expected outcome",
    says="Who is likely to make the most of a lead gets it more often, within the band; until then by weight.",
    prefer=_prefer,
)
