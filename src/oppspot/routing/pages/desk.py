"""A rep's own desk: what is due first; and what is done with one lead."""

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
from oppspot.leads.filters import LeadFilter, LeadSort
from oppspot.leads.pages import wording
from oppspot.leads.queries.details import LeadWhole, get_lead
from oppspot.leads.queries.lists import list_leads, list_queued
from oppspot.routing.queries.queues import find_taker, list_queues
from oppspot.routing.schemas import CompleteBody, GiveForm, RejectBody
from oppspot.routing.services.assignments import (
    accept_assignment,
    complete_assignment,
    reject_assignment,
    reroute_lead,
)
from oppspot.routing.services.giving import give_lead
from oppspot.routing.services.taking import take_lead
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, read_form
from oppspot.web.themes import local_path

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Worker = Annotated[Actor, Depends(needs("leads.work"))]
Assigner = Annotated[Actor, Depends(needs("leads.assign"))]
_MOST_PEOPLE = 500
_MOST_QUEUED = 20


@router.get("/")
async def home(_actor: Reader) -> RedirectResponse:
    """Open the desk."""
    return RedirectResponse("/inbox", status_code=303)


@router.get("/inbox", response_class=HTMLResponse)
async def show_desk(request: Request, actor: Reader) -> HTMLResponse:
    """Show the reader's own leads, due first."""
    now = utc_now()
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        mine = LeadFilter(owner="me", status=("new", "working"))
        leads = await list_leads(tx, actor, mine, now, sort=LeadSort.DUE, limit=200)
        taker = await find_taker(tx, actor.org_id, actor.user_id) if actor.can("leads.work") else None
        queued = await list_queued(tx, actor, limit=_MOST_QUEUED) if taker or actor.can("leads.assign") else []
        queues = await list_queues(tx, actor.org_id, now) if queued else []
        unowned = LeadFilter(owner="nobody", status=("new",), in_queue=False)
        waiting = await list_leads(tx, actor, unowned, now, limit=10) if actor.can("leads.assign") else None
    late = [lead for lead in leads.items if lead.status == "new" and lead.sla_due_at and lead.sla_due_at < now]
    context = {
        "overdue": late,
        "new": [lead for lead in leads.items if lead.status == "new" and lead not in late],
        "working": [lead for lead in leads.items if lead.status == "working"],
        "taker": taker,
        "queued": queued,
        "queues": queues,
        "waiting": waiting.items if waiting else [],
        "wording": wording,
    }
    return render(request, "routing/desk.html", context, block="desk")


@router.get("/my-leads")
async def my_leads(_actor: Reader) -> RedirectResponse:
    """Lead links in old notices to the desk."""
    return RedirectResponse("/inbox", status_code=303)


@router.post("/leads/{lead_id}/accept")
async def accept(request: Request, actor: Worker, lead_id: UUID) -> Response:
    """Take up a lead."""
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await accept_assignment(tx, actor, lead_id, utc_now())
    except Conflict as error:
        return redirect(request, f"/leads/{lead_id}", Flash(error.detail, "problem"))
    return redirect(request, f"/leads/{lead_id}", Flash("It is yours. Good luck."))


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
        return redirect(request, f"/leads/{lead_id}", Flash(error.detail, "problem"))
    return redirect(request, f"/leads/{lead_id}", Flash(f"Done: {form.body.outcome}."))


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
        return redirect(request, f"/leads/{lead_id}", Flash(error.detail, "problem"))
    return redirect(request, "/inbox", Flash(f"Handed back. {result.reason}"))


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
    except Conflict as error:
        return redirect(request, f"/leads/{lead_id}", Flash(error.detail, "problem"))
    return redirect(request, f"/leads/{lead_id}", Flash(said))


async def _give(tx: Transaction, actor: Actor, lead_id: UUID, body: GiveForm) -> str:
    if body.rep_id is None:
        return (await reroute_lead(tx, actor, lead_id, utc_now())).reason
    await give_lead(tx, actor, lead_id, body.rep_id, body.reason, utc_now())
    return "Given."


async def _ask(request: Request, actor: Actor, lead_id: UUID, what: str, form: Form[Any]) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole: LeadWhole = await get_lead(tx, actor.org_id, lead_id)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items if what == "assign" else []
    reps = [
        (str(person.user.id), f"{person.user.name} · {person.open_leads} open")
        for person in people
        if person.profile and person.user.active
    ]
    context = {"whole": whole, "what": what, "form": form, "reps": reps}
    status = 422 if form.errors else 200
    return render(request, "routing/lead_action.html", context, block="drawer", status=status)
