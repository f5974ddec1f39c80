"""Counts the time of a lead's clocks: when something is due, whether that was missed, how a pause moves it.

Time on the wall, or business time where the policy says so: then only while all the given calendars are open.
"""

from datetime import datetime, timedelta
from typing import Final

from oppspot.calendars import business_time
from oppspot.calendars.business_time import Calendars
from oppspot.routing.policies import SlaPolicy

DEFAULT_SLA_HOURS: Final = 24.0

AROUND_THE_CLOCK: Final[Calendars] = ()
"""No calendars: every hour of every day counts."""


def first_touch_due(now: datetime, hours: float, calendars: Calendars, policy: SlaPolicy) -> datetime:
    """Return the last moment at which a first touch is in time; `hours` may be fractional (5 minutes is 1/12).

    `calendars` are those of whoever is to touch the lead (and the lead's country, if the rule asks for that); they
    count only with `policy.business_hours`.
    """
    return add_time(counted_by(calendars, policy), now, timedelta(hours=hours))


def counted_by(calendars: Calendars, policy: SlaPolicy) -> Calendars:
    """Return the calendars by which clocks run under this policy."""
    return calendars if policy.business_hours else AROUND_THE_CLOCK


def add_time(calendars: Calendars, moment: datetime, span: timedelta) -> datetime:
    """Return when `span` of time that counts has passed since `moment`.

    Beyond the horizon of calendars (400 days) every hour counts: nothing is due never.
    """
    if not calendars:
        return moment + span
    return business_time.add(calendars, moment, span) or moment + span


def elapsed_time(calendars: Calendars, start: datetime, end: datetime) -> timedelta:
    """Return how much time that counts lies between two moments; negative when `end` is before `start`."""
    return business_time.elapsed(calendars, start, end) if calendars else end - start


def is_breached(due_at: datetime, now: datetime, touched_at: datetime | None = None) -> bool:
    """Return whether the first touch came, or is still missing, after `due_at`; a touch at `due_at` is in time."""
    return (now if touched_at is None else touched_at) > due_at


def moved_by_pause(moment: datetime, paused_at: datetime, resumed_at: datetime, calendars: Calendars) -> datetime:
    """Return where a moment lies after a pause: as much time that counts after it as there was left before it.

    What lay before the pause stays where it was.
    """
    if moment <= paused_at:
        return moment
    if calendars and business_time.next_open(calendars, paused_at) is None:
        calendars = AROUND_THE_CLOCK
    return add_time(calendars, resumed_at, elapsed_time(calendars, paused_at, moment))
