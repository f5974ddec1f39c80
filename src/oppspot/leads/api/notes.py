"""Notes about a lead."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.leads.queries.details import get_lead, list_notes
from oppspot.leads.schemas import NoteAnswer, NoteBody, NotePage
from oppspot.leads.services.notes import add_note, delete_note
from oppspot.web.parameters import REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/leads/{lead_id}/notes", tags=["leads"])
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]


@router.get("", summary="List a lead's notes", responses=REFUSALS_OF_ONE)
async def read_notes(request: Request, actor: Reader, lead_id: UUID) -> NotePage:
    """Return what people wrote down about a lead, newest first."""
    async with transaction_of(request, actor) as tx:
        await get_lead(tx, actor.org_id, lead_id)
        notes = await list_notes(tx, actor.org_id, lead_id)
    return NotePage(items=[NoteAnswer.model_validate(note) for note in notes])


@router.post("", status_code=201, summary="Write a note", responses=REFUSALS_OF_ONE)
async def write_note(request: Request, actor: Writer, lead_id: UUID, body: NoteBody) -> NoteAnswer:
    """Write a note about a lead. Only people do; machines send claims."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        note_id = await add_note(tx, actor, lead_id, body.body, now)
    return NoteAnswer(id=note_id, author=actor.name, body=body.body, created_at=now)


@router.delete("/{note_id}", status_code=204, summary="Remove a note", responses=REFUSALS_OF_ONE)
async def remove_note(request: Request, actor: Writer, lead_id: UUID, note_id: UUID) -> None:
    """Take a note away. Its author may, and whoever may delete leads."""
    async with transaction_of(request, actor) as tx:
        await delete_note(tx, actor, lead_id, note_id, utc_now())
