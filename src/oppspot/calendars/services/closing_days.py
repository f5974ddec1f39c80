"""Says on which days the organisation is closed, or works although it is a holiday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from oppspot.calendars.entries import FIRST_DAY, LAST_DAY
from oppspot.calendars.ical.reading import FileRead, Occurrence
from oppspot.calendars.models import ClosingDay
from oppspot.calendars.organisation import Closing
from oppspot.calendars.queries.settings import get_closing_day
from oppspot.calendars.services.telling import tell_of_change
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Forbidden, invalid
from oppspot.core.ids import new_id

MOST_DAYS: Final = 2_000
_NAMELESS: Final = "Closed"
_UPSERT: Final = (
    "ON CONFLICT (org_id, day) DO UPDATE SET name = excluded.name, works = excluded.works "
    "WHERE (closing_days.name, closing_days.works) IS DISTINCT FROM (excluded.name, excluded.works) "
    "RETURNING xmax = 0 AS is_new"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: how many were added, changed and called off, and what was left out and why."""

    added: int
    changed: int
    removed: int
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """In one sentence."""
        parts = [f"{self.added} added", f"{self.changed} changed", f"{self.removed} called off"]
        told = ", ".join(part for part in parts if not part.startswith("0 ")) or "nothing new"
        left = f" {len(self.notes)} left out." if self.notes else ""
        return f"The file has been read: {told}.{left}"


async def add_closing_day(tx: Transaction, actor: Actor, closing: Closing, now: datetime) -> UUID:
    """Close on a day, or work on a holiday; raises Conflict when something is said of that day already."""
    _require_permission(actor)
    if not FIRST_DAY <= closing.day <= LAST_DAY:
        raise invalid("day", "is too far away", f"from {FIRST_DAY.year} to {LAST_DAY.year}")
    taken = (await tx.scalars(select(ClosingDay).where(ClosingDay.day == closing.day))).one_or_none()
    if taken is not None:
        raise Conflict(f"{closing.day:%-d %B %Y} is “{taken.name}” already. Remove that first.")
    row = {"org_id": actor.org_id, "id": new_id(), "day": closing.day, "name": closing.name, "works": closing.works}
    kept = await insert_rows(tx, ClosingDay, [row], "ON CONFLICT (org_id, day) DO NOTHING RETURNING id")
    if not kept:
        raise Conflict(f"Something is said of {closing.day:%-d %B %Y} already.")
    payload = {"day": closing.day, "name": closing.name, "works": closing.works}
    day_id: UUID = kept[0].id
    await record_audit(tx, actor, "closing_day.added", ("closing_day", day_id), now, payload=payload)
    await tell_of_change(tx, actor.org_id)
    return day_id


async def remove_closing_day(tx: Transaction, actor: Actor, day_id: UUID, now: datetime) -> Closing:
    """Take back what is said of a day; returns it."""
    _require_permission(actor)
    found = await get_closing_day(tx, day_id)
    closing = Closing(found.day, found.name, found.works)
    await tx.delete(found)
    await tx.flush()
    payload = {"day": closing.day, "name": closing.name, "works": closing.works}
    await record_audit(tx, actor, "closing_day.removed", ("closing_day", day_id), now, payload=payload)
    await tell_of_change(tx, actor.org_id)
    return closing


async def import_closing_days(tx: Transaction, actor: Actor, read: FileRead, now: datetime) -> Imported:
    """Close on every whole day of a file; a day of which something was said is said anew. Raises Invalid for too many.

    What a file calls off is not taken back: another file may have said it too.
    """
    _require_permission(actor)
    notes = [
        *read.notes,
        *(f"“{one.name}” was left out: it is no whole day." for one in read.occurrences if not one.all_day),
    ]
    names = {day: one.name or _NAMELESS for one in read.occurrences if one.all_day for day in _days(one)}
    if len(names) > MOST_DAYS:
        raise invalid("file", f"closes on {len(names):,} days", f"{MOST_DAYS:,} days at most")
    rows = [
        {"org_id": actor.org_id, "id": new_id(), "day": day, "name": name, "works": False}
        for day, name in sorted(names.items())
    ]
    kept = await insert_rows(tx, ClosingDay, rows, _UPSERT)
    added = sum(row.is_new for row in kept)
    imported = Imported(added, len(kept) - added, 0, tuple(notes))
    if kept:
        payload = {"added": imported.added, "changed": imported.changed, "days": sorted(names)}
        await record_audit(tx, actor, "closing_days.imported", ("organisation", actor.org_id), now, payload=payload)
        await tell_of_change(tx, actor.org_id)
    return imported


def _days(occurrence: Occurrence) -> Iterator[date]:
    day = occurrence.start
    while day < occurrence.end:
        yield day
        day += timedelta(days=1)


def _require_permission(actor: Actor) -> None:
    if not actor.can("team.write"):
        raise Forbidden("This needs the permission team.write.")
