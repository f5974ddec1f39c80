"""What is done about a lead's clocks and tasks, from its page and the desk."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, Forbidden, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import LINE_NOT_BLANK
from oppspot.leads.queries.details import get_lead
from oppspot.routing.clock_schemas import TouchBody
from oppspot.routing.pages import clock_words
from oppspot.routing.pages.going_back import back_of, in_drawer, is_over_desk
from oppspot.routing.policies import Reason
from oppspot.routing.services.books import load_book
from oppspot.routing.services.running import acknowledge_clocks, pause_clocks, resume_clocks
from oppspot.routing.services.tasks import add_task, finish_task
from oppspot.routing.services.touches import record_touch
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import BLANK_IS_NONE, Form, blank, read_form
from oppspot.web.shell import zone_of
from oppspot.web.themes import local_path

router = APIRouter()
Worker = Annotated[Actor, Depends(needs("leads.work"))]
_PAGE = "routing/clock_action.html"
_MOST_PEOPLE = 500


def _without_offset(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=None)


class TaskForm(BaseModel):
    """Something to do, as typed; its moment is in the reader's time zone."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=LINE_NOT_BLANK)]
    due_at: Annotated[datetime | None, BLANK_IS_NONE, AfterValidator(_without_offset)] = None
    rep_id: Annotated[UUID | None, BLANK_IS_NONE] = None


class PauseForm(BaseModel):
    """Why the clocks are to stand still, and until which day of the reader's, as typed."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    until: Annotated[date | None, BLANK_IS_NONE] = None


@router.get("/leads/{lead_id}/touch", response_class=HTMLResponse)
async def ask_touch(request: Request, actor: Worker, lead_id: UUID) -> HTMLResponse:
    """Ask how somebody was in touch."""
    return await _ask(request, actor, lead_id, "touch", blank())


@router.post("/leads/{lead_id}/touch")
async def touch(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Record a touch."""
    form = await read_form(request, TouchBody)
    if (body := form.body) is None:
        return await _ask(request, actor, lead_id, "touch", form)

    async def done(tx: Transaction, now: datetime) -> str:
        counts = await record_touch(tx, actor, lead_id, body.kind, body.note, now)
        if counts:
            return "Noted."
        policy = (await load_book(tx, actor.org_id, now)).policy
        return f"Noted. What stops the clock here is {clock_words.touches_in_words(policy.touches)}."

    return await _do(request, actor, back_of(request, lead_id), done)


@router.get("/leads/{lead_id}/pause", response_class=HTMLResponse)
async def ask_pause(request: Request, actor: Worker, lead_id: UUID) -> HTMLResponse:
    """Ask why the clocks are to stand still."""
    return await _ask(request, actor, lead_id, "pause", blank())


@router.post("/leads/{lead_id}/pause")
async def pause(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Let the clocks stand still."""
    form = await read_form(request, PauseForm)
    if (body := form.body) is None:
        return await _ask(request, actor, lead_id, "pause", form)
    until = datetime.combine(body.until, time(), zone_of(request)) if body.until else None
    said = f"{until:%-d %B %Y}" if until else "you let them run on"

    async def done(tx: Transaction, now: datetime) -> str:
        await pause_clocks(tx, actor, lead_id, body.reason, now, until)
        return f"The clocks stand still until {said}."

    try:
        return await _do(request, actor, f"/leads/{lead_id}", done)
    except Invalid as error:
        return await _ask(request, actor, lead_id, "pause", form.refused(error, "until"))


@router.post("/leads/{lead_id}/resume")
async def resume(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Let the clocks run on."""

    async def done(tx: Transaction, now: datetime) -> str:
        await resume_clocks(tx, actor, lead_id, now)
        return "The clocks run on; what was due is due later by the pause."

    return await _do(request, actor, f"/leads/{lead_id}", done)


@router.post("/leads/{lead_id}/acknowledge")
async def acknowledge(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Answer for a lead whose ladder was climbed."""

    async def done(tx: Transaction, now: datetime) -> str:
        await acknowledge_clocks(tx, actor, lead_id, now)
        return "Acknowledged. It does not come again; what is above it still does."

    return await _do(request, actor, f"/leads/{lead_id}", done)


@router.get("/leads/{lead_id}/tasks/new", response_class=HTMLResponse)
async def ask_task(request: Request, actor: Worker, lead_id: UUID) -> HTMLResponse:
    """Ask what is to be done."""
    return await _ask(request, actor, lead_id, "task", blank())


@router.post("/leads/{lead_id}/tasks/new")
async def write_task(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Add a task."""
    form = await read_form(request, TaskForm)
    if (body := form.body) is None:
        return await _ask(request, actor, lead_id, "task", form)
    due_at = body.due_at and body.due_at.replace(tzinfo=zone_of(request))
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await add_task(tx, actor, lead_id, body.title, utc_now(), due_at=due_at, rep_id=body.rep_id)
    except Invalid as error:
        return await _ask(request, actor, lead_id, "task", form.refused(error, "rep_id"))
    return redirect(request, f"/leads/{lead_id}", Flash("Added."))


@router.post("/tasks/{task_id}/done")
async def do_task(request: Request, actor: Worker, task_id: UUID) -> Response:
    """Say that a task is done."""
    back = str((await request.form()).get("back_to", ""))

    async def done(tx: Transaction, now: datetime) -> str:
        return f"Done: {(await finish_task(tx, actor, task_id, now)).title}."

    return await _do(request, actor, local_path(back, "/inbox"), done)


async def _do(
    request: Request, actor: Actor, back: str, done: Callable[[Transaction, datetime], Awaitable[str]]
) -> Response:
    """Do something and go back, saying what came of it or why it could not be."""
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            said = await done(tx, utc_now())
    except (Conflict, Forbidden) as error:
        return redirect(request, back, Flash(error.detail, "problem"))
    return redirect(request, back, Flash(said))


async def _ask(request: Request, actor: Actor, lead_id: UUID, what: str, form: Form[Any]) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        asks_who = what == "task" and actor.can("leads.assign")
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items if asks_who else []
        policy = (await load_book(tx, actor.org_id, utc_now())).policy
    able = [person.user for person in people if person.can_work]
    context = {
        "whole": whole,
        "what": what,
        "over_desk": is_over_desk(request),
        "form": form,
        "people": [(str(user.id), user.name) for user in able],
        "counts": clock_words.touches_in_words(policy.touches),
        "touch_choices": clock_words.TOUCH_CHOICES,
    }
    page = render(request, _PAGE, context, block="drawer", status=422 if form.errors else 200)
    return in_drawer(request, page)
