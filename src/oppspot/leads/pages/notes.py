"""Notes on the page of a lead."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.schemas import NoteBody
from oppspot.leads.services.notes import add_note, delete_note, restore_note
from oppspot.web import Flash, redirect
from oppspot.web.flashes import Undo
from oppspot.web.forms import read_form

router = APIRouter(prefix="/leads/{lead_id}/notes")
Writer = Annotated[Actor, Depends(needs("leads.write"))]


@router.post("")
async def add(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Write a note."""
    form = await read_form(request, NoteBody)
    if form.body is None:
        return redirect(request, f"/leads/{lead_id}", Flash("The note is empty or too long.", "problem"))
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await add_note(tx, actor, lead_id, form.body.body, utc_now())
    return redirect(request, f"/leads/{lead_id}")


@router.post("/{note_id}/delete")
async def remove(request: Request, actor: Writer, lead_id: UUID, note_id: UUID) -> Response:
    """Take a note away; the toast can bring it back."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await delete_note(tx, actor, lead_id, note_id, utc_now())
    undo = Undo(f"/leads/{lead_id}/notes/{note_id}/restore")
    return redirect(request, f"/leads/{lead_id}", Flash("The note is gone.", undo=undo))


@router.post("/{note_id}/restore")
async def restore(request: Request, actor: Writer, lead_id: UUID, note_id: UUID) -> Response:
    """Bring a note back."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await restore_note(tx, actor, lead_id, note_id)
    return redirect(request, f"/leads/{lead_id}", Flash("The note is back."))
