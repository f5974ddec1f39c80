"""What a list of leads can be narrowed and ordered by; one definition for page, API, export and saved views."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

SOON: Final = timedelta(hours=1)
"""What is due within so long is due soon."""


class ClockState(StrEnum):
    """How a clock that waits for something stands."""

    RUNNING = "running"
    SOON = "soon"
    OVERDUE = "overdue"
    PAUSED = "paused"


class LeadSort(StrEnum):
    """The orders of a list; a leading minus is descending. Unknown values come last either way."""

    NEWEST = "-created"
    OLDEST = "created"
    BEST = "-score"
    WORST = "score"
    DUE = "due"
    LEAST_DUE = "-due"
    LATEST = "-updated"


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """All given conditions must hold; None does not narrow.

    `owner` is a person's id, or "me", "somebody" or "nobody"; `queue` is the name of the queue a lead lies in; `q`
    finds words that start like this in name, address, company. `clock` is a kind of clock (None: any) that waits for
    something, `clock_state` how it stands (None: however), and `clock_started_after` from when on it has run.
    """

    q: str | None = None
    status: tuple[str, ...] = ()
    stage: str | None = None
    owner: str | None = None
    band: str | None = None
    bant_status: str | None = None
    framework: str | None = None
    verdict: str | None = None
    outcome: str | None = None
    source: str | None = None
    company_id: UUID | None = None
    import_id: UUID | None = None
    min_score: Decimal | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    overdue: bool = False
    in_queue: bool | None = None
    queue: str | None = None
    clock: str | None = None
    clock_state: ClockState | None = None
    clock_started_after: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything is filtered out."""
        return any(getattr(self, item.name) not in (None, (), False) for item in fields(self))
