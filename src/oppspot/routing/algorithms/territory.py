"""Gives leads, in turn and by weight, to whoever covers the territory they lie in."""

from typing import Final

from oppspot.routing.algorithms.choices import Algorithm, Question, Screen
from oppspot.routing.people import Rep
from oppspot.routing.stretches import FailedTest
from oppspot.routing.territories import FACTS


def _screen(question: Question) -> Screen:
    names = question.config.atlas.territories_of(question.lead.facts)
    wanted = frozenset(name.casefold() for name in names)

    def test(rep: Rep) -> FailedTest | None:
        covered = any(name.casefold() in wanted for name in rep.territories)
        return None if covered else FailedTest.OUTSIDE_TERRITORY

    return Screen(wanted, test)


TERRITORY: Final = Algorithm(
    name="territory",
    label="By territory",
    says="Leads go, in turn and by weight, to those whose territory they lie in.",
    screen=_screen,
    facts=FACTS,
)
