"""Turns what was asked for into an absence on a person's own clock, or says what is missing. Pure."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.calendars.entries import AbsenceEntry, days_off
from oppspot.calendars.schemas import AbsenceBody, AbsenceForm
from oppspot.core.errors import invalid


def entry_of_body(body: AbsenceBody, rep_id: UUID, zone: str) -> AbsenceEntry:
    """Return the absence of a request; raises Invalid when it says neither days nor times, or both."""
    if body.first is not None and body.start is None and body.end is None:
        last = body.last or body.first
        if last < body.first:
            raise invalid("last", "is before the first day", "the first day or a later one")
        return days_off(rep_id, body.first, last, zone, body.reason, body.cover_id)
    if body.start is not None and body.end is not None and body.first is None and body.last is None:
        return AbsenceEntry(rep_id, body.start, body.end, False, zone, body.reason, body.cover_id)  # noqa: FBT003
    raise invalid("first", "says neither days nor times, or both", "first and last, or start and end")


def entry_of_form(form: AbsenceForm, rep_id: UUID, zone: str) -> AbsenceEntry:
    """Return the absence of a form: whole days, or from a time of the first day to a time of the last."""
    last = form.last or form.first
    if last < form.first:
        raise invalid("last", "is before the first day", "the first day or a later one")
    if form.from_time is None and form.to_time is None:
        return days_off(rep_id, form.first, last, zone, form.reason, form.cover_id)
    whole = days_off(rep_id, form.first, last, zone, form.reason, form.cover_id)
    local = ZoneInfo(zone)
    start = datetime.combine(form.first, time.fromisoformat(form.from_time), local) if form.from_time else whole.start
    end = datetime.combine(last, time.fromisoformat(form.to_time), local) if form.to_time else whole.end
    if end <= start:
        raise invalid("to_time", "is not after the beginning", "a later time")
    return AbsenceEntry(rep_id, start, end, False, zone, form.reason, form.cover_id)  # noqa: FBT003
