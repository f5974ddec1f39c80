"""A rep's own desk: what is due first; and what is done with one lead."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import list_people
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import load_configuration
from oppspot.leads.filters import LeadFilter
from oppspot.leads.pages import wording
from oppspot.leads.queries.details import LeadWhole, get_lead
from oppspot.leads.queries.lists import list_leads, list_queued
from oppspot.routing.errors import AtTheLimit
from oppspot.routing.pages.desk_actions import desk_lines
from oppspot.routing.pages.going_back import DESK, back_of, in_drawer, is_over_desk
from oppspot.routing.pages.last_look import looks_of, remember
from oppspot.routing.pages.own_standing import get_own_standing
from oppspot.routing.queries.desk import list_desk
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.queries.takers import find_taker
from oppspot.routing.queries.tasks import list_own_tasks
from oppspot.routing.schemas import CompleteBody, GiveForm, RejectBody
from oppspot.routing.services.assignments import accept_assignment, complete_assignment, reject_assignment
from oppspot.routing.services.giving import give_lead
from oppspot.routing.services.rerouting import reroute_lead
from oppspot.routing.services.taking import take_lead
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, read_form
from oppspot.web.rendering import wants_block
from oppspot.web.themes import local_path

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Worker = Annotated[Actor, Depends(needs("leads.work"))]
Assigner = Annotated[Actor, Depends(needs("leads.assign"))]
_MOST_PEOPLE = 500
_MOST_QUEUED = 20
_MOST_TASKS = 10
_MOST_LEADS = 200


@router.get("/")
async def home(_actor: Reader) -> RedirectResponse:
    """Open the desk."""
    return RedirectResponse("/inbox", status_code=303)


@router.get("/inbox", response_class=HTMLResponse)
async def show_desk(request: Request, actor: Reader) -> HTMLResponse:
    """Show the reader's own leads, due first."""
    now = utc_now()
    looks = looks_of(request, now)
    is_whole = not wants_block(request)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _desk(tx, actor, now, looks.before)
        # What is asked on every change stays small: how one stands is worked out when the page opens.
        context["standing"] = await get_own_standing(tx, actor, now) if is_whole else None
    context["looks"] = looks
    response = render(request, "routing/desk.html", context, block="desk")
    if is_whole and actor.user_id:
        remember(request, response, looks, now)
    return response


async def _desk(tx: Transaction, actor: Actor, now: datetime, seen_at: datetime | None) -> dict[str, Any]:
    own = await list_desk(tx, actor.org_id, actor.user_id, _MOST_LEADS) if actor.user_id else []
    policy = (await load_configuration(tx, actor.org_id)).routing.policies.sla
    taker = await find_taker(tx, actor.org_id, actor.user_id, now) if actor.can("leads.work") else None
    queued = await list_queued(tx, actor, limit=_MOST_QUEUED) if taker or actor.can("leads.assign") else []
    queues = await list_queues(tx, actor.org_id, now) if queued else []
    unowned = LeadFilter(owner="nobody", status=("new",), in_queue=False)
    waiting = await list_leads(tx, actor, unowned, now, limit=10) if actor.can("leads.assign") else None
    tasks = await list_own_tasks(tx, actor.org_id, actor.user_id, _MOST_TASKS) if actor.user_id else []
    lines = desk_lines(own, policy.touches, seen_at)
    late = [line for line in lines if line.lead.is_overdue(now)]
    return {
        "overdue": late,
        "new": [line for line in lines if not line.lead.is_accepted and line not in late],
        "working": [line for line in lines if line.lead.is_accepted and line not in late],
        "since_look": sum(line.is_new for line in lines),
        "tasks": tasks,
        "taker": taker,
        "queued": queued,
        "queues": queues,
        "waiting": waiting.items if waiting else [],
        "wording": wording,
    }


@router.get("/my-leads")
async def my_leads(_actor: Reader) -> RedirectResponse:
    """Lead links in old notices to the desk."""
    return RedirectResponse("/inbox", status_code=303)


@router.post("/leads/{lead_id}/accept")
async def accept(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Take up a lead."""
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            holder = await accept_assignment(tx, actor, lead_id, utc_now())
    except Conflict as error:
        return redirect(request, back_of(request, lead_id), Flash(error.detail, "problem"))
    said = "It is yours. Good luck." if holder == actor.user_id else "It is taken up for whoever has it."
    return redirect(request, back_of(request, lead_id), Flash(said))


@router.post("/leads/{lead_id}/take")
async def take(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Take a lead from its queue; where that cannot be, say why where it was asked."""
    back = local_path(str((await request.form()).get("back_to", "")), f"/leads/{lead_id}")
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await take_lead(tx, actor, lead_id, utc_now())
    except Conflict as error:
        return redirect(request, back, Flash(error.detail, "problem"))
    return redirect(request, f"/leads/{lead_id}", Flash("It is yours. Good luck."))


@router.get("/leads/{lead_id}/complete", response_class=HTMLResponse)
async def ask_complete(request: Request, actor: Worker, lead_id: UUID) -> HTMLResponse:
    """Ask what came of a lead."""
    return await _ask(request, actor, lead_id, "complete", Form(None, {}))


@router.post("/leads/{lead_id}/complete")
async def complete(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Finish the work on a lead."""
    form = await read_form(request, CompleteBody)
    if form.body is None:
        return await _ask(request, actor, lead_id, "complete", form)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await complete_assignment(tx, actor, lead_id, form.body.outcome, utc_now())
    except Conflict as error:
        return redirect(request, back_of(request, lead_id), Flash(error.detail, "problem"))
    return redirect(request, back_of(request, lead_id), Flash(f"Done: {form.body.outcome}."))


@router.get("/leads/{lead_id}/reject", response_class=HTMLResponse)
async def ask_reject(request: Request, actor: Worker, lead_id: UUID) -> HTMLResponse:
    """Ask why a lead is handed back."""
    return await _ask(request, actor, lead_id, "reject", Form(None, {}))


@router.post("/leads/{lead_id}/reject")
async def reject(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Hand a lead back; it goes to somebody else at once."""
    form = await read_form(request, RejectBody)
    if form.body is None:
        return await _ask(request, actor, lead_id, "reject", form)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            result = await reject_assignment(tx, actor, lead_id, form.body.reason, utc_now())
    except Conflict as error:
        return redirect(request, back_of(request, lead_id), Flash(error.detail, "problem"))
    return redirect(request, DESK, Flash(f"Handed back. {result.reason}"))


@router.get("/leads/{lead_id}/assign", response_class=HTMLResponse)
async def ask_assign(request: Request, actor: Assigner, lead_id: UUID) -> HTMLResponse:
    """Ask who gets a lead."""
    return await _ask(request, actor, lead_id, "assign", Form(None, {}))


@router.post("/leads/{lead_id}/assign")
async def assign(request: Request, actor: Assigner, lead_id: UUID) -> Response:
    """Give a lead to a person, or let routing decide again."""
    form = await read_form(request, GiveForm)
    if form.body is None:
        return await _ask(request, actor, lead_id, "assign", form)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            said = await _give(tx, actor, lead_id, form.body)
    except AtTheLimit as error:
        # Nothing was given yet: it is, over the limit, once that was said.
        return await _ask(request, actor, lead_id, "assign", form, over=error.detail)
    except Conflict as error:
        return redirect(request, f"/leads/{lead_id}", Flash(error.detail, "problem"))
    return redirect(request, f"/leads/{lead_id}", Flash(said))


async def _give(tx: Transaction, actor: Actor, lead_id: UUID, body: GiveForm) -> str:
    if body.rep_id is None:
        return (await reroute_lead(tx, actor, lead_id, utc_now())).reason
    over_limit = body.rep_id == body.over_limit_of
    await give_lead(tx, actor, lead_id, body.rep_id, body.reason, utc_now(), over_limit=over_limit)
    return "Given."


async def _ask(
    request: Request, actor: Actor, lead_id: UUID, what: str, form: Form[Any], *, over: str = ""
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole: LeadWhole = await get_lead(tx, actor.org_id, lead_id)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items if what == "assign" else []
    reps = [
        (str(person.user.id), f"{person.user.name} · {person.open_leads} open")
        for person in people
        if person.profile and person.can_work
    ]
    context = {"whole": whole, "what": what, "form": form, "reps": reps, "over": over}
    context["over_desk"] = is_over_desk(request)
    status = 422 if form.errors else AtTheLimit.status if over else 200
    return in_drawer(request, render(request, "routing/lead_action.html", context, block="drawer", status=status))
