"""What the linter looks at and what it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID


class Severity(StrEnum):
    """An error leaves leads with nobody for good, a warning is most likely a mistake, an info may well be meant."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    """Every fault the linter knows."""

    UNREACHABLE = "unreachable"
    SHADOWED = "shadowed"
    OVERLAP = "overlap"
    UNCOVERED = "uncovered"
    STARVING_POOL = "starving_pool"
    CAP_BELOW_INFLOW = "cap_below_inflow"
    LADDER_WITHOUT_SEAT = "ladder_without_seat"
    NO_TERRITORIES = "no_territories"
    TERRITORIES_OVERLAP = "territories_overlap"
    IDLE_SETTING = "idle_setting"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the rules (or exclusions) it is about, what is wrong, what to do, and a lead that shows it.

    `example` has facts by field name, as much as it takes; `leads` counts those of the sample that show it, None
    where the sample was not asked.
    """

    kind: Kind
    severity: Severity
    rule_ids: tuple[str, ...]
    says: str
    do: str
    example: Mapping[str, object] | None = None
    leads: int | None = None
    # The team that it is about, where it is mended there.
    team_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PeriodLimit:
    """How many leads a rep may be given in one hour, day, week or month."""

    leads: int
    per: str


# At most so many hours, days, ... begin or end within a week: no limit lets more through than this says.
PERIODS_A_WEEK: Final[Mapping[str, float]] = {"hour": 168, "day": 7, "week": 1, "month": 7 / 28}


@dataclass(frozen=True, slots=True)
class Member:
    """A person who takes leads, or did. `joined` is False until an invitation is accepted; skills go by level.

    `away_until` is when somebody who is away now is back, as they say it where they are; None: they are here.
    """

    id: UUID
    name: str
    team_ids: frozenset[UUID] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    territories: frozenset[str] = frozenset()
    limits: tuple[PeriodLimit, ...] = ()
    max_open: int | None = None
    weight: float = 1
    active: bool = True
    joined: bool = True
    available: bool = True
    away_until: datetime | None = None

    @property
    def can_ever(self) -> bool:
        """Say whether routing may give them leads at all, be it not today."""
        return self.active and self.joined and self.weight > 0 and self.max_open != 0

    @property
    def can_now(self) -> bool:
        return self.can_ever and self.available and self.away_until is None

    @property
    def most_a_week(self) -> float:
        """The most leads their limits let through in a week; infinite without a limit."""
        return min((limit.leads * PERIODS_A_WEEK[limit.per] for limit in self.limits), default=float("inf"))


@dataclass(frozen=True, slots=True)
class Population:
    """The newest leads as conditions read them, and how many come in a week."""

    rows: Sequence[Mapping[str, object]] = ()
    per_week: float = 0


@dataclass(frozen=True, slots=True)
class Seats:
    """Who can be the person that ladders end at: everybody who has joined, and whether one of them is an owner.

    Identifiers are texts. `invited_ids` are of those who have not joined yet.
    """

    joined_ids: frozenset[str] = frozenset()
    has_owner: bool = True
    invited_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, the worst first; how many leads were looked at; and what could not be settled, in sentences."""

    findings: tuple[Finding, ...]
    leads: int = 0
    unsettled: tuple[str, ...] = ()

    def of(self, *severities: Severity) -> tuple[Finding, ...]:
        """Return the findings of these severities."""
        return tuple(finding for finding in self.findings if finding.severity in severities)
