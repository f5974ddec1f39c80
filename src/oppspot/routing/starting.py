"""Which clocks a lead starts when it is placed, and how a clock is written down and read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID

from oppspot.calendars.business_time import Calendars
from oppspot.core.ids import new_id
from oppspot.routing.clocks import Clock, ClockKind, NextStep, next_step
from oppspot.routing.ladders import NO_LADDER, Ladder, ladder_of
from oppspot.routing.policies import NO_SETTINGS, RuleSettings, SlaPolicy
from oppspot.routing.sla import add_time, counted_by


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a lead's clocks run: how long a first touch may take, by which settings and calendars."""

    policy: SlaPolicy
    hours: float
    calendars: Calendars
    rule_id: str | None = None
    settings: RuleSettings = NO_SETTINGS

    @property
    def counted_by(self) -> Calendars:
        return counted_by(self.calendars, self.policy)

    @property
    def allowed(self) -> timedelta:
        """How long a first touch may take."""
        return whole_seconds(timedelta(hours=self.hours))

    def ladder(self, allowed: timedelta) -> Ladder:
        """Return the ladder of a first touch that may take so long."""
        return ladder_of(self.policy, allowed, self.settings.escalation_after_hours)


@dataclass(frozen=True, slots=True)
class Started:
    """A clock that begins to run, and its next step."""

    clock: Clock
    next_step: NextStep | None


def whole_seconds(span: timedelta) -> timedelta:
    """Return a span as it is stored, never shorter."""
    return timedelta(seconds=max(1, ceil(span.total_seconds())))


def start_first_touch(now: datetime, due_at: datetime, terms: Terms) -> Started:
    """Return the clock of a first touch that is due then."""
    clock = Clock(ClockKind.FIRST_TOUCH, now, due_at, terms.allowed)
    return Started(clock, next_step(clock, terms.ladder(clock.allowed), terms.counted_by))


def start_qualify(now: datetime, terms: Terms) -> Started | None:
    """Return the clock of somebody who has just got a lead and is to say whether it is any good; None: not asked."""
    if terms.policy.qualify_hours is None:
        return None
    allowed = whole_seconds(timedelta(hours=terms.policy.qualify_hours))
    return _without_ladder(ClockKind.QUALIFY, now, allowed, terms.counted_by)


def start_assign(now: datetime, policy: SlaPolicy, calendars: Calendars) -> Started | None:
    """Return the clock of a lead that has come and is to be placed; None: not kept."""
    if policy.assign_minutes is None:
        return None
    allowed = whole_seconds(timedelta(minutes=policy.assign_minutes))
    return _without_ladder(ClockKind.ASSIGN, now, allowed, counted_by(calendars, policy))


def _without_ladder(kind: ClockKind, now: datetime, allowed: timedelta, calendars: Calendars) -> Started:
    clock = Clock(kind, now, add_time(calendars, now, allowed), allowed)
    return Started(clock, next_step(clock, NO_LADDER, calendars))


def nearest_due(started: Sequence[Started | None]) -> datetime | None:
    """Return the first due moment of what is asked of whoever has a lead."""
    return min((item.clock.due_at for item in started if item), default=None)


def clock_row(
    org_id: UUID,
    lead_id: UUID,
    started: Started,
    *,
    assignment_id: UUID | None = None,
    rule_id: str | None = None,
    met_by: str | None = None,
    stopped: bool = False,
) -> dict[str, Any]:
    """Return the row of a clock as it begins; one that is met or stopped on the spot never runs."""
    clock, step = started.clock, started.next_step
    runs = met_by is None and not stopped
    return {
        "org_id": org_id,
        "id": new_id(),
        "lead_id": lead_id,
        "kind": clock.kind,
        "assignment_id": assignment_id,
        "rule_id": rule_id,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "allowed_seconds": int(clock.allowed.total_seconds()),
        "paused_seconds": 0,
        "climbed_seconds": 0,
        "met_at": clock.started_at if met_by else None,
        "met_by": met_by,
        "stopped_at": clock.started_at if stopped else None,
        "next_step_at": step.at if step and runs else None,
        "next_action": step.action if step and runs else None,
    }


def clock_of(row: Any) -> Clock:
    """Return a stored clock as a value."""
    return Clock(
        kind=ClockKind(row.kind),
        started_at=row.started_at,
        due_at=row.due_at,
        allowed=timedelta(seconds=row.allowed_seconds),
        paused_at=row.paused_at,
        paused=timedelta(seconds=row.paused_seconds),
        breached_at=row.breached_at,
        climbed=timedelta(seconds=row.climbed_seconds),
        repeat_at=row.repeat_at,
        paused_until=row.paused_until,
    )


def clock_changes(clock: Clock, step: NextStep | None) -> dict[str, Any]:
    """Return the columns of a clock that running, pausing and climbing change."""
    return {
        "due_at": clock.due_at,
        "paused_at": clock.paused_at,
        "paused_until": clock.paused_until,
        "paused_seconds": round(clock.paused.total_seconds()),
        "breached_at": clock.breached_at,
        "climbed_seconds": ceil(clock.climbed.total_seconds()),
        "repeat_at": clock.repeat_at,
        "next_step_at": step.at if step else None,
        "next_action": step.action if step else None,
    }


# While a lead is somebody's under a rule that asks for it, they are to do something about it.
FOLLOW_UP: Final = "Make the first touch"


def follow_up_row(
    org_id: UUID, lead_id: UUID, rep_id: UUID | None, assignment_id: UUID | None, due_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """Return the row of the task that a new owner gets with a lead."""
    return {
        "org_id": org_id,
        "id": new_id(),
        "lead_id": lead_id,
        "rep_id": rep_id,
        "assignment_id": assignment_id,
        "title": FOLLOW_UP,
        "due_at": due_at,
        "created_at": now,
        "created_by": "routing",
    }
