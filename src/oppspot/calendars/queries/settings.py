"""Reads what is said of the organisation's and the teams' calendars."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from oppspot.calendars.entries import HoursEntry
from oppspot.calendars.models import ClosingDay, WorkCalendar
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound


async def find_hours(tx: Transaction, team_id: UUID | None) -> HoursEntry:
    """Return what is said of a team, or of the organisation without one; an empty entry where nothing is."""
    statement = select(WorkCalendar).where(WorkCalendar.team_id.is_not_distinct_from(team_id))
    found = (await tx.scalars(statement)).one_or_none()
    if found is None:
        return HoursEntry()
    return HoursEntry(found.hours, found.time_zone, found.country, found.subdivision)


async def teams_with_hours(tx: Transaction) -> frozenset[UUID]:
    """Return the teams that have a calendar of their own."""
    found = await tx.scalars(select(WorkCalendar.team_id).where(WorkCalendar.team_id.is_not(None)))
    return frozenset(team_id for team_id in found if team_id is not None)


async def list_closing_days(tx: Transaction, first: date, last: date) -> list[ClosingDay]:
    """Return the days of which something is said, in order."""
    statement = select(ClosingDay).where(ClosingDay.day.between(first, last)).order_by(ClosingDay.day)
    return list((await tx.scalars(statement)).all())


async def get_closing_day(tx: Transaction, day_id: UUID) -> ClosingDay:
    """Return one of them; raises NotFound."""
    found = (await tx.scalars(select(ClosingDay).where(ClosingDay.id == day_id))).one_or_none()
    if found is None:
        raise NotFound
    return found
