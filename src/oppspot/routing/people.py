"""Owns what routing knows of the people it can give leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from oppspot.accounts.period_limits import PeriodLimit
from oppspot.calendars.types import ALWAYS_OPEN, Calendar

MAX_WEIGHT: Final = 1000
MIN_WEIGHT: Final = Decimal("0.001")
FULL: Final = Decimal(1)


class Seat(NamedTuple):
    """The person who gets what nobody else can take."""

    id: UUID
    name: str


class Outcomes(NamedTuple):
    """What became of leads a rep completed: how many, how many of them well, and the value of those."""

    trials: int = 0
    wins: int = 0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Rep:
    """A person who can be given leads, as they are now.

    `weight` is their share relative to colleagues (1 is a full share, 0 means never by routing), `ramp` the part of it
    that a new rep has reached. `open_count` is what they have open, in the units of the capacity policy, against
    `max_open`; `used` is how many leads each of `limits` has seen so far. `value` is the value of the leads they were
    given in the window of the fairness policy. `active` is False once the account is closed, and of a viewer; `joined`
    before the invitation is accepted, `available` False while paused. `outcomes` are by priority of the lead.
    """

    id: UUID
    name: str
    team_ids: frozenset[UUID] = frozenset()
    weight: Decimal | int = 1
    max_open: int | None = None
    open_count: int = 0
    available: bool = True
    active: bool = True
    joined: bool = True
    ramp: Decimal = FULL
    seniority: str = "mid"
    skills: Mapping[str, int] = field(default_factory=dict)
    territories: frozenset[str] = frozenset()
    limits: tuple[PeriodLimit, ...] = ()
    used: tuple[int, ...] = ()
    value: Decimal = Decimal(0)
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    calendar: Calendar = ALWAYS_OPEN
    cover_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.weight != 0 and not MIN_WEIGHT <= self.weight <= MAX_WEIGHT:
            raise ValueError(f"The weight of {self.name} is {self.weight}; it must be 0 or from 0.001 to 1000.")
