"""What is done with many leads at once."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Forbidden, invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.bulk_changes import set_status
from oppspot.leads.types import LeadStatus
from oppspot.routing.services.giving import Given, Giving, give_leads
from oppspot.web import Flash, redirect
from oppspot.web.themes import local_path

router = APIRouter()
Writer = Annotated[Actor, Depends(needs("leads.write"))]
MOST_AT_ONCE = 500


@router.post("/leads/bulk")
async def change_many(request: Request, actor: Writer) -> Response:
    """Give the selected leads to somebody, or set their status."""
    form = await request.form()
    back = local_path(str(form.get("back_to", "")), "/leads")
    ids = _ids([str(value) for value in form.getlist("ids")])
    if not ids:
        return redirect(request, back, Flash("Nothing was selected.", "notice"))
    match form.get("do"):
        case "assign":
            message = await _assign(request, actor, ids, str(form.get("owner", "")))
        case "status":
            message = await _set_status(request, actor, ids, str(form.get("status", "")))
        case _:
            raise invalid("do", "is not something to do with leads", "assign or status")
    return redirect(request, back, message)


def _ids(values: list[str]) -> list[UUID]:
    if len(values) > MOST_AT_ONCE:
        raise invalid("ids", f"are {len(values):,} leads", f"at most {MOST_AT_ONCE} at once")
    try:
        return [UUID(value) for value in dict.fromkeys(values)]
    except ValueError:
        raise invalid("ids", "has something that is not a lead", "ids of leads") from None


async def _assign(request: Request, actor: Actor, ids: list[UUID], owner: str) -> Flash:
    if not actor.can("leads.assign"):
        raise Forbidden
    if not owner:
        return Flash("Choose who gets them first.", "problem")
    try:
        rep_id = UUID(owner)
    except ValueError:
        raise invalid("owner", "is not a person", "a person's id") from None
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        given = await give_leads(tx, actor, ids, rep_id, "", utc_now())
    return Flash(_said(given), "done" if given.count(Giving.GIVEN) else "notice")


def _said(given: Given) -> str:
    """Say what became of the selected leads, whichever way each went."""
    went, theirs, gone = (given.count(each) for each in (Giving.GIVEN, Giving.ALREADY_THEIRS, Giving.NOT_FOUND))
    said = f"{went} {'lead' if went == 1 else 'leads'} given to {given.rep_name}."
    if theirs:
        said += f" {theirs} {'was' if theirs == 1 else 'were'} theirs already."
    if gone:
        said += f" {gone} {'is' if gone == 1 else 'are'} no longer there."
    return said


async def _set_status(request: Request, actor: Actor, ids: list[UUID], status: str) -> Flash:
    if status not in {known.value for known in LeadStatus}:
        return Flash("Choose a status first.", "problem")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        changed = await set_status(tx, actor, ids, LeadStatus(status), utc_now())
    return Flash(f"{changed} {'lead is' if changed == 1 else 'leads are'} now {status}.")
