"""Enters, changes and removes absences: people their own, whoever has `team.write` everybody's."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from oppspot.accounts.queries.people import get_user
from oppspot.calendars.entries import AbsenceEntry, absence_problems, midnight
from oppspot.calendars.ical.properties import event_of
from oppspot.calendars.ical.reading import FileRead, Occurrence
from oppspot.calendars.models import PersonalAbsence
from oppspot.calendars.queries.absences import get_absence
from oppspot.calendars.services.closing_days import Imported
from oppspot.calendars.services.telling import tell_of_change
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Forbidden, Invalid, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id

# What names an absence of ours in a file.
OURS: Final = "@oppspot"
_UPSERT: Final = (
    "ON CONFLICT (org_id, rep_id, source) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, "
    "all_day = excluded.all_day, time_zone = excluded.time_zone, reason = excluded.reason "
    "WHERE (absences.starts_at, absences.ends_at, absences.all_day, absences.reason) "
    "IS DISTINCT FROM (excluded.starts_at, excluded.ends_at, excluded.all_day, excluded.reason) "
    "RETURNING xmax = 0 AS is_new"
)


def may_see_reasons(actor: Actor, rep_id: UUID) -> bool:
    """Answer whether somebody may see why a person is away, and enter and change it."""
    return actor.can("team.write") or actor.user_id == rep_id


async def enter_absence(tx: Transaction, actor: Actor, entry: AbsenceEntry, now: datetime) -> UUID:
    """Enter an absence; raises Invalid naming each bad field, Forbidden for somebody else's without `team.write`."""
    await _check(tx, actor, entry)
    absence = PersonalAbsence(org_id=actor.org_id, id=new_id(), created_at=now, **_columns(entry))
    tx.add(absence)
    await tx.flush()
    await _record(tx, actor, "absence.added", absence.id, _told(entry), now)
    return absence.id


async def change_absence(tx: Transaction, actor: Actor, absence_id: UUID, entry: AbsenceEntry, now: datetime) -> None:
    """Make an absence what the entry says; it stays the same person's."""
    absence = await get_absence(tx, absence_id, lock=True)
    if absence.rep_id != entry.rep_id:
        raise Forbidden("An absence stays the person's it was entered for.")
    await _check(tx, actor, entry, kept_cover=absence.cover_id)
    columns = _columns(entry)
    if all(getattr(absence, name) == value for name, value in columns.items()):
        return
    for name, value in columns.items():
        setattr(absence, name, value)
    await tx.flush()
    await _record(tx, actor, "absence.changed", absence_id, _told(entry), now)


async def remove_absence(tx: Transaction, actor: Actor, absence_id: UUID, now: datetime) -> AbsenceEntry:
    """Remove an absence; returns what it was."""
    absence = await get_absence(tx, absence_id, lock=True)
    _require_may(actor, absence.rep_id)
    entry = entry_of(absence)
    await tx.delete(absence)
    await tx.flush()
    await _record(tx, actor, "absence.removed", absence_id, _told(entry), now)
    return entry


def entry_of(absence: PersonalAbsence) -> AbsenceEntry:
    """Return a stored absence as it was entered."""
    return AbsenceEntry(
        absence.rep_id,
        absence.starts_at,
        absence.ends_at,
        absence.all_day,
        absence.time_zone,
        absence.reason,
        absence.cover_id,
    )


async def import_absences(
    tx: Transaction, actor: Actor, rep_id: UUID, read: FileRead, *, zone: str, now: datetime
) -> Imported:
    """Enter what a person's calendar file says, as often as it comes: what it changed is changed, called off removed.

    What keeps nobody busy is left out. Of an event that is in the file as a whole, what the file no longer says is
    removed; one that is not in it may stand in another file, and stays.
    """
    _require_may(actor, rep_id)
    await get_user(tx, rep_id)
    theirs = (await tx.scalars(select(PersonalAbsence).where(PersonalAbsence.rep_id == rep_id))).all()
    known = {absence.id for absence in theirs}
    busy = {one.source: one for one in read.occurrences if not one.is_free and not _is_ours(one.source, known)}
    rows = [_row(actor, rep_id, one, zone, now) for one in busy.values()]
    kept = await insert_rows(tx, PersonalAbsence, rows, _UPSERT)
    off = [each.id for each in theirs if each.source and each.source not in busy and _is_called_off(each, read)]
    gone = delete(PersonalAbsence).where(PersonalAbsence.rep_id == rep_id, PersonalAbsence.id.in_(off))
    removed = len((await tx.scalars(gone.returning(PersonalAbsence.id))).all())
    free = [f"“{one.name}” was left out: it keeps nobody busy." for one in read.occurrences if one.is_free]
    added = sum(row.is_new for row in kept)
    imported = Imported(added, len(kept) - added, removed, (*read.notes, *free))
    if kept or removed:
        payload = {"rep_id": str(rep_id), "added": added, "changed": imported.changed, "removed": removed}
        await _record(tx, actor, "absences.imported", rep_id, payload, now, subject="user")
    return imported


def _is_called_off(absence: PersonalAbsence, read: FileRead) -> bool:
    """Say whether a file takes back what an earlier one said: in so many words, or by not saying it any more."""
    assert absence.source is not None  # noqa: S101 — asked of those that came in a file
    if absence.source in read.cancelled:
        return True
    if read.whole.isdisjoint({absence.source, event_of(absence.source)}):
        return False
    first, last = shown_days(absence)
    # On the days at the edges, another zone decides whether an event was looked at.
    return read.first < last and first < read.last


def _is_ours(source: str, known: set[UUID]) -> bool:
    if not source.endswith(OURS):
        return False
    try:
        return UUID(source.removesuffix(OURS)) in known
    except ValueError:
        return False


def _row(actor: Actor, rep_id: UUID, one: Occurrence, zone: str, now: datetime) -> dict[str, Any]:
    start, end = (_moment(moment, zone) for moment in (one.start, one.end))
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "rep_id": rep_id,
        "starts_at": start,
        "ends_at": end,
        "all_day": one.all_day,
        "time_zone": zone,
        "reason": one.name,
        "cover_id": None,
        "source": one.source,
        "created_at": now,
    }


def _moment(moment: date | datetime, zone: str) -> datetime:
    return (moment if isinstance(moment, datetime) else midnight(moment, zone)).astimezone(UTC)


def shown_days(absence: PersonalAbsence) -> tuple[date, date]:
    """Return the first and the last day of an absence on the clock it was entered by."""
    zone = ZoneInfo(absence.time_zone)
    last = absence.ends_at.astimezone(zone)
    ends_at_midnight = last.time() == time()
    return absence.starts_at.astimezone(zone).date(), last.date() - timedelta(days=ends_at_midnight)


async def _check(tx: Transaction, actor: Actor, entry: AbsenceEntry, kept_cover: UUID | None = None) -> None:
    _require_may(actor, entry.rep_id)
    await get_user(tx, entry.rep_id)
    problems = absence_problems(entry)
    if entry.cover_id is not None and entry.cover_id not in (kept_cover, entry.rep_id):
        problems += await _cover_problems(tx, entry.cover_id)
    if problems:
        raise Invalid("The absence is not accepted.", errors=problems)


async def _cover_problems(tx: Transaction, cover_id: UUID) -> list[FieldProblem]:
    try:
        cover = await get_user(tx, cover_id)
    except NotFound:
        return [FieldProblem("cover_id", "is nobody here", "a colleague, or nobody")]
    if not cover.active:
        return [FieldProblem("cover_id", "has been deactivated", "a colleague who is here")]
    only_looks_on = FieldProblem("cover_id", "only looks on", "a colleague who can work leads")
    return [] if cover.can_work else [only_looks_on]


def _require_may(actor: Actor, rep_id: UUID) -> None:
    if not may_see_reasons(actor, rep_id):
        raise Forbidden("You may enter and change your own absences; those of others need the permission team.write.")


def _columns(entry: AbsenceEntry) -> dict[str, Any]:
    return {
        "rep_id": entry.rep_id,
        "starts_at": entry.start.astimezone(UTC),
        "ends_at": entry.end.astimezone(UTC),
        "all_day": entry.all_day,
        "time_zone": entry.time_zone,
        "reason": entry.reason,
        "cover_id": entry.cover_id,
    }


def _told(entry: AbsenceEntry) -> dict[str, Any]:
    """Return what the timeline and the audit log keep: not the reason, which is the person's own."""
    cover = str(entry.cover_id) if entry.cover_id else None
    return {"rep_id": str(entry.rep_id), "start": entry.start, "end": entry.end, "cover_id": cover}


async def _record(
    tx: Transaction,
    actor: Actor,
    name: str,
    subject_id: UUID,
    payload: dict[str, Any],
    now: datetime,
    *,
    subject: str = "absence",
) -> None:
    await record_events(tx, actor, [Happening(name, payload=payload)], now)
    await record_audit(tx, actor, name, (subject, subject_id), now, payload=payload)
    await tell_of_change(tx, actor.org_id)
