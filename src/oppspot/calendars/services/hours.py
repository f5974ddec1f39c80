"""Says when the organisation or a team works, and whose holidays are theirs."""

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from oppspot.accounts.queries.people import get_team
from oppspot.calendars.entries import HoursEntry, hours_problems
from oppspot.calendars.models import WorkCalendar
from oppspot.calendars.queries.settings import find_hours
from oppspot.calendars.services.telling import tell_of_change
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, Invalid
from oppspot.core.ids import new_id


async def set_hours(tx: Transaction, actor: Actor, team_id: UUID | None, entry: HoursEntry, now: datetime) -> None:
    """Keep what is said of a team, or of the organisation without one; saying nothing takes it back.

    Raises Invalid naming each bad field, NotFound for a team that is not there.
    """
    if not actor.can("team.write"):
        raise Forbidden("This needs the permission team.write.")
    if team_id is not None:
        await get_team(tx, team_id)
    entry = replace(entry, hours={day: blocks for day, blocks in entry.hours.items() if blocks})
    if problems := hours_problems(entry):
        raise Invalid("Some of the hours are not accepted.", errors=problems)
    before = await find_hours(tx, team_id)
    if before == entry:
        return
    if entry == HoursEntry():
        await tx.execute(delete(WorkCalendar).where(WorkCalendar.team_id.is_not_distinct_from(team_id)))
    else:
        kept = insert(WorkCalendar).values(org_id=actor.org_id, id=new_id(), team_id=team_id, **asdict(entry))
        changed = kept.on_conflict_do_update(index_elements=["org_id", "team_id"], set_=asdict(entry))
        await tx.execute(changed)
    subject = ("team", team_id) if team_id else ("organisation", actor.org_id)
    payload = {"from": asdict(before), "to": asdict(entry)}
    await record_audit(tx, actor, "calendar.updated", subject, now, payload=payload)
    await tell_of_change(tx, actor.org_id)
