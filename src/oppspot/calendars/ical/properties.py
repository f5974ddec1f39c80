"""The properties of an event in a calendar file, as values."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Event
from icalendar.error import BrokenCalendarProperty

from oppspot.calendars.ical.recurring import UnreadableError

_LONGEST_NAME: Final = 200
_LONGEST_SOURCE: Final = 200

Moment = date | datetime


def moment_of(given: Any, zone: ZoneInfo) -> Moment:
    """Return a property as a day or an aware moment; a time without a zone is in `zone`. Raises UnreadableError."""
    if isinstance(given, list):
        raise UnreadableError("says twice when it begins or ends")
    moment = given.dt
    if not isinstance(moment, date):
        raise UnreadableError("has a date or a time that cannot be read")
    if isinstance(moment, datetime) and moment.tzinfo is None:
        named = given.params.get("TZID")
        if named:
            raise UnreadableError(f"is in the time zone “{str(named)[:60]}”, which is not known")
        return moment.replace(tzinfo=zone)
    return moment


def dates_of(event: Event, name: str, zone: ZoneInfo) -> Iterator[Moment]:
    """Yield every day or moment of a property that may be given often, such as EXDATE."""
    given: Any = event.get(name, [])
    for item in chain.from_iterable(part.dts for part in (given if isinstance(given, list) else [given])):
        if isinstance(item.dt, tuple):
            raise UnreadableError("repeats at periods, which is not understood")
        yield moment_of(item, zone)


def key_of(moment: Moment) -> Moment:
    """Return what an occurrence and an exception to it are compared by, whatever zones they are written in."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def changed_of(event: Event, zone: ZoneInfo) -> Moment | None:
    """Return which occurrence of another event this one is in place of; None for an event of its own."""
    if "RECURRENCE-ID" not in event:
        return None
    try:
        return key_of(moment_of(event["RECURRENCE-ID"], zone))
    except (UnreadableError, BrokenCalendarProperty):
        return None


def text_of(event: Event, name: str) -> str:
    """Return a property as the file has it; empty when it is not there."""
    given: Any = event.get(name)
    if given is None or isinstance(given, list):
        return ""
    return given.to_ical().decode() if hasattr(given, "to_ical") else str(given)


def uid_of(event: Event) -> str:
    """Return what names the event; empty where nothing does."""
    return str(event.get("UID") or "")


def name_of(event: Event) -> str:
    """Return what the event is called, in one line."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(event.get("SUMMARY") or ""))
    return " ".join(text.split())[:_LONGEST_NAME]


def source_of(event: Event, start: Moment, *, repeats: bool) -> str:
    """Return what names this occurrence, the same each time the file is read."""
    parts: Sequence[str] = [uid_of(event) or name_of(event)]
    if repeats or "RECURRENCE-ID" in event or not uid_of(event):
        parts = [*parts, key_of(start).isoformat()]
    text = "/".join(parts)
    printable = all(letter.isprintable() for letter in text)
    if len(text) <= _LONGEST_SOURCE and printable:
        return text
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def event_of(source: str) -> str:
    """Return the name of the event that an occurrence is of, from the occurrence's `source_of`."""
    name, _, moment = source.rpartition("/")
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return source
    return name or source


def day_of(moment: Moment) -> date:
    """Return the day of a moment, by its own clock."""
    return moment.date() if isinstance(moment, datetime) else moment
