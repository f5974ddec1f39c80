"""A lead's clocks: how far each has run, what its running brings about, and what happens next and when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from oppspot.calendars.business_time import Calendars
from oppspot.routing.ladders import NO_LADDER, Ladder, LadderAction, rung_stood_on
from oppspot.routing.sla import add_time, elapsed_time, is_breached, moved_by_pause


class ClockKind(StrEnum):
    """What a clock waits for: that somebody has the lead, touches it, says whether it is any good."""

    ASSIGN = "assign"
    FIRST_TOUCH = "first_touch"
    QUALIFY = "qualify"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs or is paused; spans are of time that counts.

    `allowed` is the time it gives, `paused` how long it stood still so far, `climbed` how far up its ladder it has
    come. `repeat_at` is when the rung it stands on comes again, unless somebody acknowledges it. Paused, it runs on by
    itself at `paused_until`, if that is said.
    """

    kind: ClockKind
    started_at: datetime
    due_at: datetime
    allowed: timedelta
    paused_at: datetime | None = None
    paused: timedelta = timedelta()
    breached_at: datetime | None = None
    climbed: timedelta = timedelta()
    repeat_at: datetime | None = None
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """When a clock does something next; `action` is None when its time runs out or its pause ends, and no more."""

    at: datetime
    action: LadderAction | None = None


@dataclass(frozen=True, slots=True)
class Advance:
    """A clock as it stands now, and what that brings about, in order."""

    clock: Clock
    breaches: bool
    actions: tuple[LadderAction, ...]
    next_step: NextStep | None
    resumes: bool = False


def next_step(clock: Clock, ladder: Ladder, calendars: Calendars) -> NextStep | None:
    """Return what a clock does next; None for one that is paused for good or has nothing left to do."""
    if clock.paused_at is not None:
        return None if clock.paused_until is None else NextStep(clock.paused_until)
    steps = []
    if clock.breached_at is None:
        steps.append(NextStep(clock.due_at))
    if clock.repeat_at is not None and (stood_on := rung_stood_on(ladder, clock.climbed)):
        steps.append(NextStep(clock.repeat_at, stood_on.action))
    above = next((rung for rung in ladder if rung.after > clock.climbed), None)
    if above is not None:
        steps.append(NextStep(_moment(clock, above.after, calendars), above.action))
    # Of two at the same moment, the one that says more.
    return min(steps, key=lambda step: (step.at, step.action is None), default=None)


def advance(clock: Clock, now: datetime, calendars: Calendars, ladder: Ladder = NO_LADDER) -> Advance:
    """Return what the time until `now` brings about; what is due at this very moment is not late yet.

    Where several rungs were passed since last time, reminders below another rung are left out. A pause that is over
    counts until it was to end, however much later that is seen; what the clock has run into since comes next time.
    """
    if clock.paused_at is not None:
        return _stand_still(clock, now, calendars, ladder)
    breaches = clock.breached_at is None and is_breached(clock.due_at, now)
    passed = [rung for rung in ladder if rung.after > clock.climbed and _moment(clock, rung.after, calendars) < now]
    after = replace(clock, breached_at=now) if breaches else clock
    actions: tuple[LadderAction, ...] = ()
    stands_on = passed[-1] if passed else rung_stood_on(ladder, clock.climbed)
    if passed:
        after = replace(after, climbed=passed[-1].after)
        actions = _without_idle_reminders(tuple(dict.fromkeys(rung.action for rung in passed)))
    elif clock.repeat_at is not None and clock.repeat_at < now and stands_on is not None:
        actions = (stands_on.action,)
    if actions:
        again = stands_on.repeat if stands_on else None
        after = replace(after, repeat_at=None if again is None else add_time(calendars, now, again))
    return Advance(after, breaches, actions, next_step(after, ladder, calendars))


def _stand_still(clock: Clock, now: datetime, calendars: Calendars, ladder: Ladder) -> Advance:
    until = clock.paused_until
    resumes = until is not None and until <= now
    after = resume(clock, until, calendars) if until is not None and resumes else clock
    return Advance(after, breaches=False, actions=(), next_step=next_step(after, ladder, calendars), resumes=resumes)


def _moment(clock: Clock, after: timedelta, calendars: Calendars) -> datetime:
    # The due moment is what was promised, also when somebody's calendar has changed since.
    if after == clock.allowed:
        return clock.due_at
    return add_time(calendars, clock.started_at, after + clock.paused)


def _without_idle_reminders(actions: tuple[LadderAction, ...]) -> tuple[LadderAction, ...]:
    if len(actions) == 1:
        return actions
    return tuple(action for action in actions if action is not LadderAction.REMIND)


def resume(clock: Clock, now: datetime, calendars: Calendars) -> Clock:
    """Return a paused clock as it runs on: what was due later is due later by the time that counts of the pause."""
    paused_at = clock.paused_at
    if paused_at is None:
        return clock
    # A pause that had an end is over then, also where somebody is faster than the sweep.
    now = min(now, clock.paused_until or now)
    return replace(
        clock,
        paused_at=None,
        paused_until=None,
        paused=clock.paused + max(elapsed_time(calendars, paused_at, now), timedelta()),
        due_at=moved_by_pause(clock.due_at, paused_at, now, calendars),
        repeat_at=None if clock.repeat_at is None else moved_by_pause(clock.repeat_at, paused_at, now, calendars),
    )


def acknowledge(clock: Clock) -> Clock:
    """Return a clock whose last rung somebody has answered for: it does not come again; higher ones still do."""
    return replace(clock, repeat_at=None)
