"""Decides when a lead must have been touched, whether that was missed, and what happens on the way there.

Wall-clock time: every hour of every day counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

DEFAULT_SLA_HOURS: Final = 24.0


class LadderAction(StrEnum):
    REMIND = "remind"
    REASSIGN = "reassign"
    ESCALATE_TO_MANAGER = "escalate_to_manager"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """What happens when so many percent of the time to the due date has passed without a touch."""

    at_percent: int
    action: LadderAction


LADDER: Final = (
    LadderStep(50, LadderAction.REMIND),
    LadderStep(100, LadderAction.REASSIGN),
    LadderStep(200, LadderAction.ESCALATE_TO_MANAGER),
)


def sla_due_at(now: datetime, hours: float) -> datetime:
    """Return the last moment at which a first touch is in time; `hours` may be fractional (5 minutes is 1/12)."""
    return now + timedelta(hours=hours)


def is_breached(due_at: datetime, now: datetime, touched_at: datetime | None = None) -> bool:
    """Return whether the first touch came, or is still missing, after `due_at`; a touch at `due_at` is in time."""
    return (now if touched_at is None else touched_at) > due_at


def ladder_schedule(
    started_at: datetime,
    due_at: datetime,
    ladder: Sequence[LadderStep] = LADDER,
) -> tuple[tuple[datetime, LadderAction], ...]:
    """Return when each step of the ladder falls, earliest first; its clock runs from `started_at` to `due_at`."""
    span = due_at - started_at
    steps = sorted(ladder, key=lambda step: step.at_percent)
    return tuple((started_at + span * step.at_percent / 100, step.action) for step in steps)
