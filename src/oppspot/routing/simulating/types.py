"""What a simulation is made of: what happened, and what became of leads in one world; decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from oppspot.routing.people import Rep
from oppspot.routing.stretches import Stretch
from oppspot.routing.types import Asked, Office


class Past(NamedTuple):
    """One stored decision: `lead` is its document, `version` the configuration it was taken under."""

    id: UUID
    lead_id: UUID
    at: datetime
    outcome: str
    rep_id: UUID | None
    queue: str | None
    reason: str
    version: int
    lead: Mapping[str, Any]
    stretch: Stretch | None
    asked: tuple[Asked, ...]
    office: Office


class Gift(NamedTuple):
    """A lead that a person gave, or took (from a queue), outside of routing."""

    at: datetime
    lead_id: UUID
    rep_id: UUID
    units: int
    value: Decimal
    from_queue: bool = False


class End(NamedTuple):
    """When somebody's work on a lead ended; `is_over` unless it went on to somebody else."""

    at: datetime
    lead_id: UUID
    is_over: bool


class Edit(NamedTuple):
    """Credits that were changed by hand in one pool, by rep."""

    at: datetime
    pool: str
    changes: Mapping[UUID, int]


Event = Gift | End | Edit


class Response(NamedTuple):
    """How long a first touch took somebody who was given a lead; None: they have not, and `waited` so long."""

    rep_id: UUID
    given_at: datetime
    seconds: float | None
    waited: float


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood when the time that is simulated began, and what is known of people besides decisions.

    `held` is who has which lead, with its units; `given` when people were given leads lately and what they were worth;
    `responses` how long first touches took of leads that routing gave, by lead; `zones` people's own time zones.
    """

    held: Mapping[UUID, tuple[UUID, int]] = field(default_factory=dict)
    given: Sequence[tuple[UUID, datetime, Decimal]] = ()
    reps_now: Sequence[Rep] = ()
    zones: Mapping[UUID, str] = field(default_factory=dict)
    responses: Mapping[UUID, Sequence[Response]] = field(default_factory=dict)


@dataclass(slots=True)
class Fate:
    """What became of one lead in one world by a decision: whom routing gave it, or why nobody."""

    outcome: str
    reason: str
    rep_id: UUID | None = None
    at: datetime | None = None
    due_at: datetime | None = None
    value: Decimal = Decimal(0)
    queue: str | None = None
    decision_id: UUID | None = None

    @property
    def place(self) -> tuple[str, UUID | None, str | None]:
        """Where the lead was: with whom, in which queue, or waiting for what."""
        return self.outcome, self.rep_id, self.queue
