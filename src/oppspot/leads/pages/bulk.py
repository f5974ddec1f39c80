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
from oppspot.routing.errors import AtTheLimit
from oppspot.routing.services.giving import Given, Giving, give_leads
from oppspot.routing.services.rerouting import Rerouted, reroute_leads
from oppspot.web import Flash, redirect
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.themes import local_path

router = APIRouter()
Writer = Annotated[Actor, Depends(needs("leads.write"))]
MOST_AT_ONCE = 500


@router.post("/leads/bulk")
async def change_many(request: Request, actor: Writer) -> Response:
    """Give the selected leads to somebody, let routing decide on them anew, or set their status."""
    form = await request.form()
    back = local_path(str(form.get("back_to", "")), "/leads")
    ids = _ids([part for value in form.getlist("ids") for part in str(value).split(",")])
    if not ids:
        return redirect(request, back, Flash("Nothing was selected.", "notice"))
    match form.get("do"):
        case "assign":
            owner, over_limit = str(form.get("owner", "")), form.get("over_limit") == "true"
            try:
                message = await _assign(request, actor, ids, owner, over_limit=over_limit)
            except AtTheLimit as error:
                return _confirm_over(request, error, ids, owner, back)
        case "reroute":
            message = await _reroute(request, actor, ids)
        case "status":
            message = await _set_status(request, actor, ids, str(form.get("status", "")))
        case _:
            raise invalid("do", "is not something to do with leads", "assign, reroute or status")
    return redirect(request, back, message)


def _ids(values: list[str]) -> list[UUID]:
    if len(values) > MOST_AT_ONCE:
        raise invalid("ids", f"are {len(values):,} leads", f"at most {MOST_AT_ONCE} at once")
    try:
        return [UUID(value) for value in dict.fromkeys(values)]
    except ValueError:
        raise invalid("ids", "has something that is not a lead", "ids of leads") from None


async def _assign(request: Request, actor: Actor, ids: list[UUID], owner: str, *, over_limit: bool) -> Flash:
    if not actor.can("leads.assign"):
        raise Forbidden
    if not owner:
        return Flash("Choose who gets them first.", "problem")
    try:
        rep_id = UUID(owner)
    except ValueError:
        raise invalid("owner", "is not a person", "a person's id") from None
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        given = await give_leads(tx, actor, ids, rep_id, "", utc_now(), over_limit=over_limit)
    return Flash(_said(given), "done" if given.count(Giving.GIVEN) else "notice")


def _confirm_over(request: Request, error: AtTheLimit, ids: list[UUID], owner: str, back: str) -> Response:
    """Ask whether leads are to be given although that passes a limit; nothing has been given yet."""
    fields = {"do": "assign", "owner": owner, "ids": ",".join(map(str, ids)), "back_to": back, "over_limit": "true"}
    button = "Give it all the same" if len(ids) == 1 else "Give them all the same"
    question = Confirmation("Over the limit", error.detail, "/leads/bulk", button, back, kind="primary", fields=fields)
    return confirm(request, question)


def _said(given: Given) -> str:
    """Say what became of the selected leads, whichever way each went."""
    went, theirs, settled, gone = (
        given.count(each) for each in (Giving.GIVEN, Giving.ALREADY_THEIRS, Giving.SETTLED, Giving.NOT_FOUND)
    )
    said = f"{went} {'lead' if went == 1 else 'leads'} given to {given.rep_name}."
    if theirs:
        said += f" {theirs} {'was' if theirs == 1 else 'were'} theirs already."
    if settled:
        said += f" {_leads(settled)} settled and left alone."
    if gone:
        said += f" {gone} {'is' if gone == 1 else 'are'} no longer there."
    return said


async def _reroute(request: Request, actor: Actor, ids: list[UUID]) -> Flash:
    if not actor.can("leads.assign"):
        raise Forbidden
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        rerouted = await reroute_leads(tx, actor, ids, utc_now())
    return Flash(_decided(rerouted), "notice" if rerouted.kept or rerouted.waiting or rerouted.settled else "done")


def _decided(rerouted: Rerouted) -> str:
    """Say what routing made of the selected leads, whichever way each went."""
    said = f"{_leads(rerouted.given)} given away anew."
    if rerouted.kept:
        stay = "stays" if rerouted.kept == 1 else "stay"
        said += f" {rerouted.kept} {stay} with whoever has {_them(rerouted.kept)}, as nobody else may now."
    if rerouted.waiting:
        said += f" {_leads(rerouted.waiting)} waiting, as nobody may have {_them(rerouted.waiting)} now."
    if rerouted.settled:
        said += f" {_leads(rerouted.settled)} settled and left alone."
    if rerouted.missing:
        said += f" {rerouted.missing} {'is' if rerouted.missing == 1 else 'are'} no longer there."
    return said


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _leads(count: int) -> str:
    return f"{count} lead is" if count == 1 else f"{count} leads are"


async def _set_status(request: Request, actor: Actor, ids: list[UUID], status: str) -> Flash:
    if status not in {known.value for known in LeadStatus}:
        return Flash("Choose a status first.", "problem")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        changed = await set_status(tx, actor, ids, LeadStatus(status), utc_now())
    return Flash(f"{changed} {'lead is' if changed == 1 else 'leads are'} now {status}.")
