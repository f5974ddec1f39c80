"""Pausing somebody, with a reason and perhaps an end, and letting new leads come to them again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.pages.hours import start_of
from oppspot.accounts.queries.people import get_person
from oppspot.accounts.schemas.forms import PauseForm
from oppspot.accounts.services.reps import settings_of, update_rep_profile
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form
from oppspot.web.themes import local_path

router = APIRouter(prefix="/team/people/{user_id}")
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]


@router.get("/pause", response_class=HTMLResponse)
async def ask_pause(request: Request, actor: TeamWriter, user_id: UUID, back_to: str = "") -> HTMLResponse:
    """Ask why somebody gets no new leads, and until when."""
    return await _ask(request, actor, user_id, blank({"back_to": back_to}))


@router.post("/pause")
async def pause(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Keep new leads away from somebody."""
    form = await read_form(request, PauseForm)
    if form.body is None:
        return await _ask(request, actor, user_id, form, 422)
    body = form.body
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            person = await get_person(tx, user_id)
            until = start_of(body.paused_until, settings_of(person.profile).time_zone)
            changes = {"available": False, "paused_until": until, "pause_reason": body.pause_reason}
            await update_rep_profile(tx, actor, user_id, changes, utc_now())
    except Invalid as error:
        return await _ask(request, actor, user_id, form.refused(error, "paused_until"), 422)
    said = f"{person.user.name} is paused: keeps what is theirs, gets no new leads."
    return redirect(request, local_path(body.back_to, f"/team/people/{user_id}"), Flash(said))


@router.post("/resume")
async def resume(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Let new leads come to somebody again; those that wait are tried at once."""
    back = local_path(str((await request.form()).get("back_to", "")), f"/team/people/{user_id}")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        name = (await get_person(tx, user_id)).user.name
        await update_rep_profile(tx, actor, user_id, {"available": True}, utc_now())
    return redirect(request, back, Flash(f"{name} gets new leads again."))


async def _ask(request: Request, actor: Actor, user_id: UUID, form: Form[PauseForm], status: int = 200) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        person = await get_person(tx, user_id)
    return render(request, "accounts/pause.html", {"person": person, "form": form}, block="drawer", status=status)
