"""How moments and time left read on a page. static/js/times.js says the same in the browser; a test compares them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
JUST_NOW: Final = 45

CountdownState = Literal["calm", "soon", "over"]


@dataclass(frozen=True, slots=True)
class Countdown:
    """Time left until something is due, in words, and how urgent that is."""

    text: str
    state: CountdownState


def duration(seconds: float) -> str:
    """Return a length of time in at most two units, rounded down: 40 s, 12 min, 2 h 05 min, 3 d 4 h."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"


def relative(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return how far a moment is from now, up to a week away; beyond that, its date."""
    seconds = (now - moment).total_seconds()
    distance = abs(seconds)
    if distance < JUST_NOW:
        return "just now"
    if distance >= WEEK:
        return day(moment, now, zone)
    words = _rounded(distance)
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _rounded(seconds: float) -> str:
    if seconds < HOUR:
        return f"{max(1, int(seconds // MINUTE))} min"
    return f"{int(seconds // HOUR)} h" if seconds < DAY else f"{int(seconds // DAY)} d"


def day(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the date in the reader's time zone: 12 Mar, or 12 Mar 2025 in another year."""
    return calendar_day(moment.astimezone(zone).date(), now, zone)


def calendar_day(value: date, now: datetime, zone: tzinfo) -> str:
    """Return a date that has no time of day, as `day` does."""
    year = "" if value.year == now.astimezone(zone).year else f" {value.year}"
    return f"{value.day} {value:%b}{year}"


def absolute(moment: datetime, zone: tzinfo) -> str:
    """Return the full moment in the reader's time zone: 12 Mar 2026, 14:05 CET."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname()}"


def countdown(due_at: datetime, now: datetime, warn_within: timedelta) -> Countdown:
    """Return the time left, or the time since it ran out."""
    left = (due_at - now).total_seconds()
    if left <= 0:
        return Countdown(f"{duration(-left)} over", "over")
    return Countdown(f"{duration(left)} left", "soon" if left <= warn_within.total_seconds() else "calm")
