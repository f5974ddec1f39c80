"""Reads a calendar file into what happens when, within bounds; what cannot be read is said, not guessed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty

from oppspot.calendars.ical.properties import (
    Moment,
    changed_of,
    dates_of,
    day_of,
    key_of,
    moment_of,
    name_of,
    source_of,
    text_of,
    uid_of,
)
from oppspot.calendars.ical.recurring import EARLIEST, UnreadableError, days_of, repetition_of
from oppspot.core.errors import Invalid, invalid

MAX_FILE_BYTES: Final = 500_000
MAX_EVENTS: Final = 2_000
MAX_OCCURRENCES: Final = 2_000
# What repeats is followed day by day: so many days in a file.
MAX_DAYS_FOLLOWED: Final = 1_000_000
LONGEST: Final = timedelta(days=731)
_DAY: Final = timedelta(days=1)
_MOST_NOTES: Final = 20
ACCEPTED: Final = "an iCalendar file (.ics), as calendars export it"


class _OutOfReachError(UnreadableError):
    """The event is understood, and lies where nothing is entered."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happens from `start` until, but not including, `end`: two days, or two aware moments.

    `source` names it, the same each time the file is read. `is_free`: it does not keep anybody busy.
    """

    source: str
    name: str
    start: Moment
    end: Moment
    is_free: bool = False

    @property
    def all_day(self) -> bool:
        """Whether these are whole days."""
        return not isinstance(self.start, datetime)


@dataclass(slots=True)
class FileRead:
    """What a file says: what happens, what is called off (by source), and sentences about what was left out.

    `whole` are the names of events of which all is said that happens from `first` to `last`: not of those that could
    not be read, nor of those of which the file has only days that were changed.
    """

    first: date
    last: date
    occurrences: list[Occurrence] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    _days_followed: int = 0

    def leave_out(self, event: Event, why: str) -> None:
        """Note why an event is left out; many notes are no better than some."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(f"“{name_of(event) or 'An event without a name'}” was left out: it {why}.")

    def follow(self, days: int) -> None:
        """Count the days that a repetition takes."""
        self._days_followed += max(days, 0)
        if self._days_followed > MAX_DAYS_FOLLOWED:
            raise _refused("repeats too much for too long")


def _refused(why: str) -> Invalid:
    return invalid("file", why, ACCEPTED)


def read_file(content: bytes, zone: str, first: date, last: date) -> FileRead:
    """Return what happens from day `first` to day `last`; times without a zone are in `zone`.

    Raises Invalid when it is no calendar file, is too large, or holds too much.
    """
    events = _events(content)
    local, read = ZoneInfo(zone), FileRead(first, last)
    broken = set[str]()
    changed = {(uid_of(event), changed_of(event, local)) for event in events if "RECURRENCE-ID" in event}
    for event in events:
        try:
            found = list(_occurrences(event, local, (first, last), changed, read))
        except _OutOfReachError as error:
            read.leave_out(event, str(error))
            continue
        except (UnreadableError, BrokenCalendarProperty) as error:
            read.leave_out(event, _why(error))
            broken.add(uid_of(event))
            continue
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            read.leave_out(event, "cannot be read")
            broken.add(uid_of(event))
            continue
        if text_of(event, "STATUS").upper() == "CANCELLED":
            read.cancelled += [occurrence.source for occurrence in found]
        else:
            read.occurrences += found
        if len(read.occurrences) > MAX_OCCURRENCES:
            raise _refused(f"holds more than {MAX_OCCURRENCES:,} times")
    read.whole = {uid_of(event) for event in events if "RECURRENCE-ID" not in event} - broken - {""}
    return read


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, UnreadableError) else "has a date or a time that cannot be read"


def _events(content: bytes) -> list[Event]:
    if len(content) > MAX_FILE_BYTES:
        raise _refused(f"is larger than {MAX_FILE_BYTES // 1000:,} kB")
    if content.upper().count(b"BEGIN:") > 5 * MAX_EVENTS:
        raise _refused(f"holds more than {MAX_EVENTS:,} events")
    try:
        parsed = Calendar.from_ical(content.decode("utf-8-sig"), multiple=True)
        events = [event for part in parsed for event in part.walk("VEVENT") if isinstance(event, Event)]
    except UnicodeDecodeError:
        raise _refused("is not text in UTF-8") from None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, RecursionError):
        raise _refused("is not a calendar file") from None
    if not any(part.name == "VCALENDAR" for part in parsed):
        raise _refused("is not a calendar file")
    if len(events) > MAX_EVENTS:
        raise _refused(f"holds more than {MAX_EVENTS:,} events")
    return events


def _occurrences(
    event: Event, zone: ZoneInfo, window: tuple[date, date], changed: set[tuple[str, Moment | None]], read: FileRead
) -> Iterator[Occurrence]:
    start, length = _span(event, zone)
    repeats = any(name in event for name in ("RRULE", "RDATE"))
    starts = _starts(event, start, zone, window, length, read) if repeats else [start]
    gone = {key_of(moment) for moment in dates_of(event, "EXDATE", zone)}
    if repeats:
        gone |= {moment for uid, moment in changed if uid == uid_of(event) and moment is not None}
    for found in starts:
        if key_of(found) in gone or day_of(found) in gone:
            continue
        end = _later(found, length)
        if day_of(end) < window[0] or day_of(found) > window[1]:
            if not repeats:
                raise _OutOfReachError(f"lies before {window[0]:%-d %B %Y} or after {window[1]:%-d %B %Y}")
            continue
        yield Occurrence(
            source_of(event, changed_of(event, zone) or found, repeats=repeats),
            name_of(event),
            found,
            end,
            is_free=text_of(event, "TRANSP").upper() == "TRANSPARENT",
        )


def _span(event: Event, zone: ZoneInfo) -> tuple[Moment, timedelta]:
    """Return when an event first begins, and how long it is by the clock on the wall."""
    if "DTSTART" not in event:
        raise UnreadableError("does not say when it begins")
    start = moment_of(event["DTSTART"], zone)
    if "DTEND" in event:
        end = moment_of(event["DTEND"], zone)
        if isinstance(end, datetime) != isinstance(start, datetime):
            raise UnreadableError("begins with a day and ends with a time, or the other way round")
        length: Any = end - start
    else:
        given: Any = event.get("DURATION")
        length = given.dt if given is not None else timedelta()
    if not isinstance(start, datetime):
        # Some calendars end a day's event on the day itself.
        length = max(timedelta(days=length.days), _DAY)
    if not isinstance(length, timedelta) or length <= timedelta():
        raise UnreadableError("ends when it begins, or before")
    if length > LONGEST:
        raise UnreadableError(f"is longer than {LONGEST.days} days")
    return start, length


def _later(moment: Moment, length: timedelta) -> Moment:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        # What is an hour long is an hour long also in the night clocks change.
        return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)
    return moment + length


def _starts(
    event: Event, start: Moment, zone: ZoneInfo, window: tuple[date, date], length: timedelta, read: FileRead
) -> Iterator[Moment]:
    first = window[0] - length - _DAY
    rules: Any = event.get("RRULE", [])
    # Where only days are named on which it comes again, it is also on the day it begins.
    found: set[Moment] = set() if rules else {start}
    for given in rules if isinstance(rules, list) else [rules]:
        rule, until = repetition_of(given), _until(given, zone)
        day = day_of(start)
        followed_from = max(day, EARLIEST) if rule.count is not None else max(day, first)
        read.follow((window[1] - followed_from).days)
        for on in days_of(rule, day, first, window[1]):
            moment = _on(start, on)
            if until is None or _is_by(moment, until):
                found.add(moment)
    found.update(
        moment for moment in dates_of(event, "RDATE", zone) if isinstance(moment, datetime) == _is_timed(start)
    )
    return iter(sorted(found, key=str) if found else [])


def _is_timed(moment: Moment) -> bool:
    return isinstance(moment, datetime)


def _on(start: Moment, day: date) -> Moment:
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def _until(rule: Any, zone: ZoneInfo) -> Moment | None:
    given = rule.get("UNTIL")
    if not given:
        return None
    moment: Moment = given[0]
    return moment.replace(tzinfo=zone) if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _is_by(moment: Moment, until: Moment) -> bool:
    if isinstance(moment, datetime) and isinstance(until, datetime):
        return moment <= until
    return day_of(moment) <= day_of(until)
