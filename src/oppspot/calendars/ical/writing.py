"""Writes days off as a calendar file that every calendar reads."""

from collections.abc import Iterable
from datetime import UTC, datetime

from icalendar import Calendar, Event

from oppspot.calendars.ical.reading import Occurrence


def write_file(title: str, occurrences: Iterable[Occurrence], now: datetime) -> bytes:
    """Return an iCalendar file; whole days are days, times are in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//oppSpot//Qualification//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for occurrence in occurrences:
        event = Event()
        event.add("uid", occurrence.source)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("summary", occurrence.name)
        for name, moment in (("dtstart", occurrence.start), ("dtend", occurrence.end)):
            event.add(name, moment.astimezone(UTC) if isinstance(moment, datetime) else moment)
        event.add("transp", "TRANSPARENT" if occurrence.is_free else "OPAQUE")
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
