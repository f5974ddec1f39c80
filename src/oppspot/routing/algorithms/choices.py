"""What every algorithm is made of."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID

from oppspot.routing.people import Rep
from oppspot.routing.policies import RuleSettings
from oppspot.routing.stretches import FailedTest
from oppspot.routing.types import RoutableLead, RoutingConfig

NONE: Final[Mapping[UUID, float]] = MappingProxyType({})


class Question(NamedTuple):
    """What an algorithm is asked about: one lead, under the settings of the rule that took it.

    `pool` is everybody in the pool; `memory` keeps what an algorithm works out about them once for a batch.
    """

    lead: RoutableLead
    settings: RuleSettings
    config: RoutingConfig
    pool: Sequence[Rep] = ()
    memory: dict[Hashable, Any] = {}  # noqa: RUF012 — a new one comes with every pool


class Option(NamedTuple):
    """An eligible member whom the band lets have the lead; of a list of them the first is whose turn it is.

    `value` and `open_count` (in units) are as of this lead.
    """

    position: int
    rep: Rep
    value: Decimal
    open_count: int


class Preference(NamedTuple):
    """The member who should get the lead (a position), and why: it follows "Ann is ".

    Where chance decides, `propensities` say with what probability each option could have got it, and `expected` what
    share of such leads each was expected to win.
    """

    position: int
    because: str
    propensities: Mapping[UUID, float] = NONE
    expected: Mapping[UUID, float] = NONE


class Screen(NamedTuple):
    """Who may have a lead: `test` says which test a member fails; equal `key`s are equal tests."""

    key: Hashable
    test: Callable[[Rep], FailedTest | None]


OPEN_TO_ALL: Final = Screen(None, lambda _rep: None)


def to_all(_question: Question) -> Screen:
    return OPEN_TO_ALL


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way to pick one of a pool.

    Turns go by weight and ramp unless `by_weight` is False. `screen` leaves only those who may have the lead; `prefer`
    names whom of them, within the band, should get it (None: whoever's turn it is); `names_owner` has the owner of the
    lead's account asked first, outside turns. `facts` are what it looks at in a lead beside the conditions.
    """

    name: str
    label: str
    says: str
    by_weight: bool = True
    names_owner: bool = False
    screen: Callable[[Question], Screen] = to_all
    prefer: Callable[[Question, Sequence[Option]], Preference | None] | None = None
    facts: tuple[str, ...] = ()
