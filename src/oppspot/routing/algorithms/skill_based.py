"""Asks for skills: without the required ones nobody is given the lead; who has more of the preferred goes first."""

from collections.abc import Sequence
from typing import Final

from oppspot.routing.algorithms.choices import OPEN_TO_ALL, Algorithm, Option, Preference, Question, Screen
from oppspot.routing.people import Rep
from oppspot.routing.policies import SkillNeed
from oppspot.routing.stretches import FailedTest


def level_of(rep: Rep, skill: str) -> int:
    """Return the level, 0 to 5, at which somebody has a skill, however it is spelt in capitals."""
    wanted = skill.casefold()
    return next((level for name, level in rep.skills.items() if name.casefold() == wanted), 0)


def has(rep: Rep, need: SkillNeed) -> bool:
    return level_of(rep, need.skill) >= need.level


def _screen(question: Question) -> Screen:
    required = question.settings.skill_matching.required
    if not required:
        return OPEN_TO_ALL
    return Screen(required, lambda rep: None if all(has(rep, need) for need in required) else FailedTest.LACKS_SKILL)


def _prefer(question: Question, options: Sequence[Option]) -> Preference | None:
    preferred = question.settings.skill_matching.preferred
    if not preferred:
        return None

    def worth(option: Option) -> tuple[int, int]:
        met = [need for need in preferred if has(option.rep, need)]
        return len(met), sum(level_of(option.rep, need.skill) for need in met)

    best = max(options, key=worth)  # the first of equals: whoever's turn it is
    if best is options[0]:
        return None
    met = ", ".join(f"{need.skill} {level_of(best.rep, need.skill)}" for need in preferred if has(best.rep, need))
    return Preference(best.position, f"preferred for {met}")


SKILL_BASED: Final = Algorithm(
    name="skill_based",
    label="By skill",
    says="Only reps with the required skills get its leads; who has the preferred ones goes first, within the band.",
    screen=_screen,
    prefer=_prefer,
)
