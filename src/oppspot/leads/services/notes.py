"""Write and remove notes about a lead."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, NotFound
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.leads.models import Lead, LeadNote


async def add_note(tx: Transaction, actor: Actor, lead_id: UUID, body: str, now: datetime) -> UUID:
    """Write a note; only people write notes. Returns its id."""
    if actor.user_id is None:
        raise Forbidden("Notes are written by people; send a claim instead.")
    if await tx.get(Lead, (actor.org_id, lead_id)) is None:
        raise NotFound("There is no such lead.")
    note = LeadNote(
        org_id=actor.org_id, id=new_id(), lead_id=lead_id, author_id=actor.user_id, body=body, created_at=now
    )
    tx.add(note)
    await tx.flush()
    await record_events(tx, actor, [Happening("note.added", lead_id, {"note_id": note.id})], now)
    await announce(tx, actor.org_id, [f"lead:{lead_id}"])
    return note.id


async def delete_note(tx: Transaction, actor: Actor, lead_id: UUID, note_id: UUID, now: datetime) -> None:
    """Take a note away (it can come back); its author may, and who may delete leads."""
    note = await _get_note(tx, actor, lead_id, note_id)
    await _set_deleted(tx, note, now)
    await announce(tx, actor.org_id, [f"lead:{lead_id}"])


async def restore_note(tx: Transaction, actor: Actor, lead_id: UUID, note_id: UUID) -> None:
    """Undo the deletion of a note."""
    note = await _get_note(tx, actor, lead_id, note_id)
    await _set_deleted(tx, note, None)
    await announce(tx, actor.org_id, [f"lead:{lead_id}"])


async def _get_note(tx: Transaction, actor: Actor, lead_id: UUID, note_id: UUID) -> LeadNote:
    note = await tx.get(LeadNote, (actor.org_id, note_id))
    if note is None or note.lead_id != lead_id:
        raise NotFound("There is no such note.")
    if note.author_id != actor.user_id and not actor.can("leads.delete"):
        raise Forbidden("Only its author may remove a note.")
    return note


async def _set_deleted(tx: Transaction, note: LeadNote, deleted_at: datetime | None) -> None:
    await tx.execute(
        update(LeadNote)
        .where(LeadNote.org_id == note.org_id, LeadNote.id == note.id)
        .values(deleted_at=deleted_at)
        .execution_options(synchronize_session=False),
    )
