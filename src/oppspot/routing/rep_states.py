"""Whether somebody takes leads now, and if not, until when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from oppspot.accounts.period_limits import PeriodLimit
from oppspot.calendars.business_time import is_open, next_open
from oppspot.routing.capacity import has_room
from oppspot.routing.people import Rep


class Presence(StrEnum):
    """Why somebody gets no new leads by routing now; `here` if they do, limits aside."""

    INVITED = "invited"
    PAUSED = "paused"
    AWAY = "away"
    OFF = "off"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class RepState:
    """One rep now; `until` is when that ends, None for not foreseeable. `full` says which limit is reached."""

    presence: Presence
    until: datetime | None = None
    full: str | None = None


def state_of(rep: Rep, now: datetime, away_until: datetime | None, paused_until: datetime | None) -> RepState:
    """Return how a rep stands, by the same tests in the same order as routing makes them."""
    full = limit_reached(rep)
    if not rep.joined:
        return RepState(Presence.INVITED, None, full)
    if not rep.available:
        return RepState(Presence.PAUSED, paused_until, full)
    if away_until is not None:
        return RepState(Presence.AWAY, away_until, full)
    if not is_open([rep.calendar], now):
        return RepState(Presence.OFF, next_open([rep.calendar], now), full)
    return RepState(Presence.HERE, None, full)


def limit_reached(rep: Rep) -> str | None:
    """Return which limit one more lead of one unit would pass, in words; None for none."""
    if not has_room(rep.open_count, rep.max_open, 1):
        return f"{rep.max_open} open"
    for limit, seen in zip(rep.limits, rep.used, strict=True):
        if seen >= limit.leads:
            return phrase_limit(limit)
    return None


def phrase_limit(limit: PeriodLimit) -> str:
    """Return a limit in words: 5 an hour."""
    return f"{limit.leads} {_ARTICLES.get(limit.per.value, 'a')} {limit.per.value}"


_ARTICLES: Final[Mapping[str, str]] = {"hour": "an"}


def fullness(rep: Rep) -> float:
    """Return how much of the tightest limit is used; 0 for somebody without limits."""
    shares = [seen / limit.leads if limit.leads else 1.0 for limit, seen in zip(rep.limits, rep.used, strict=True)]
    if rep.max_open is not None:
        shares.append(rep.open_count / rep.max_open if rep.max_open else 1.0)
    return max(shares, default=0.0)
