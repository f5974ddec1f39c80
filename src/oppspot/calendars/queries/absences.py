"""Reads absences."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from oppspot.calendars.models import PersonalAbsence
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound

MOST: int = 2_000


async def list_absences(
    tx: Transaction, start: datetime, end: datetime, *, rep_id: UUID | None = None
) -> list[PersonalAbsence]:
    """Return the absences that touch a stretch of time, of one person or of all, by beginning."""
    statement = (
        select(PersonalAbsence)
        .where(PersonalAbsence.ends_at > start, PersonalAbsence.starts_at < end)
        .order_by(PersonalAbsence.starts_at, PersonalAbsence.id)
        .limit(MOST)
    )
    if rep_id is not None:
        statement = statement.where(PersonalAbsence.rep_id == rep_id)
    return list((await tx.scalars(statement)).all())


async def get_absence(tx: Transaction, absence_id: UUID, *, lock: bool = False) -> PersonalAbsence:
    """Return an absence; raises NotFound."""
    statement = select(PersonalAbsence).where(PersonalAbsence.id == absence_id)
    found = (await tx.scalars(statement.with_for_update(key_share=True) if lock else statement)).one_or_none()
    if found is None:
        raise NotFound
    return found
