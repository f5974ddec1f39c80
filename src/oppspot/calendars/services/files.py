"""Calendar files in and out: closing days of the organisation, absences of a person."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.accounts.queries.people import get_user
from oppspot.calendars.ical.reading import FileRead, Occurrence, read_file
from oppspot.calendars.ical.writing import write_file
from oppspot.calendars.models import PersonalAbsence
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.queries.absences import list_absences
from oppspot.calendars.queries.settings import list_closing_days
from oppspot.calendars.services.absences import OURS, import_absences, may_see_reasons, shown_days
from oppspot.calendars.services.closing_days import Imported, import_closing_days
from oppspot.core.actor import Actor
from oppspot.core.db import Transaction

# What a file says of times longer ago or further ahead is left out.
BEFORE: Final = timedelta(days=31)
AFTER: Final = timedelta(days=731)
_AWAY: Final = "Away"


async def _read(content: bytes, zone: str, now: datetime) -> FileRead:
    # A large file takes a second of processor time, in which others want to be served.
    first, last = (now - BEFORE).date(), (now + AFTER).date()
    return await asyncio.to_thread(read_file, content, zone, first, last)


async def import_closing_days_file(tx: Transaction, actor: Actor, content: bytes, now: datetime) -> Imported:
    """Close on the whole days of a calendar file; raises Invalid when it is none."""
    return await import_closing_days(tx, actor, await _read(content, "UTC", now), now)


async def import_absences_file(tx: Transaction, actor: Actor, rep_id: UUID, content: bytes, now: datetime) -> Imported:
    """Enter the absences of a person's calendar file; raises Invalid when it is none."""
    await get_user(tx, rep_id)
    zone = await zone_of_person(tx, actor, rep_id, now)
    return await import_absences(tx, actor, rep_id, await _read(content, zone, now), zone=zone, now=now)


async def zone_of_person(tx: Transaction, actor: Actor, rep_id: UUID, now: datetime) -> str:
    """Return the zone on whose clock a person's days are days."""
    return (await load_calendars(tx, actor.org_id, now)).of_rep(rep_id).zone


async def export_closing_days(tx: Transaction, now: datetime) -> bytes:
    """Return the closing days as a calendar file."""
    days = await list_closing_days(tx, (now - BEFORE).date(), (now + AFTER).date())
    times = (
        Occurrence(f"{day.id}{OURS}", day.name, day.day, day.day + timedelta(days=1), is_free=day.works)
        for day in days
        if not day.works
    )
    return write_file("Closing days", times, now)


async def export_absences(tx: Transaction, actor: Actor, rep_id: UUID, now: datetime) -> bytes:
    """Return a person's absences as a calendar file, with reasons for whoever may see them."""
    person = await get_user(tx, rep_id)
    absences = await list_absences(tx, now - BEFORE, now + AFTER, rep_id=rep_id)
    with_reasons = may_see_reasons(actor, rep_id)
    return write_file(f"{person.name}: away", (_occurrence(one, with_reasons=with_reasons) for one in absences), now)


def _occurrence(absence: PersonalAbsence, *, with_reasons: bool) -> Occurrence:
    name = (absence.reason if with_reasons else "") or _AWAY
    source = absence.source or f"{absence.id}{OURS}"
    if absence.all_day:
        first, last = shown_days(absence)
        return Occurrence(source, name, first, last + timedelta(days=1))
    zone = ZoneInfo(absence.time_zone)
    return Occurrence(source, name, absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone))
