"""By which frameworks a lead is qualified: chosen by hand, or left to the rules again; the toast takes it back."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import load_configuration
from oppspot.leads.queries.details import get_lead
from oppspot.qualification.framework import Framework
from oppspot.qualification.selection import ALWAYS
from oppspot.qualification.services.choosing import choose_frameworks
from oppspot.qualification.standings import read_standings
from oppspot.web import Flash, redirect, render
from oppspot.web.flashes import Undo

router = APIRouter(prefix="/leads/{lead_id}/frameworks")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
Names = Annotated[list[str], Query(max_length=20)]


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show the frameworks there are, the lead's own and those it holds beside it, as a page or in the drawer."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        configuration = await load_configuration(tx, actor.org_id)
    standings = read_standings(whole.lead.standings)
    choice = whole.lead.framework_choice or {}
    context = {
        "whole": whole,
        "own": whole.lead.framework,
        "chosen": (choice.get("frameworks") or [""])[0],
        "why": next((item.reason for item in standings if item.framework == whole.lead.framework), ""),
        "options": [
            (name, configuration.frameworks[name].title, _elements(configuration.frameworks[name]))
            for name in configuration.frameworks_in_use
        ],
        "held": {item.framework for item in standings},
        "always": ALWAYS,
    }
    return render(request, "qualification/choosing.html", context, block="drawer")


@router.post("")
async def choose(request: Request, actor: Writer, lead_id: UUID, framework: Names = [], also: Names = []) -> Response:  # noqa: B006 — read only
    """Qualify the lead by the framework posted and those beside it; none leaves it to the rules.

    The address may name them in the form's stead: that is how the toast takes a choice back.
    """
    form = await request.form()
    own = [*framework, *(str(name) for name in form.getlist("framework") if name)]
    beside = [*also, *(str(name) for name in form.getlist("also") if str(name) not in own)]
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        before = (await get_lead(tx, actor.org_id, lead_id)).lead.framework_choice
        undo = Undo(f"/leads/{lead_id}/frameworks?{_address(before)}")
        try:
            result = await choose_frameworks(tx, actor, lead_id, own, utc_now(), also=beside)
        except Invalid as error:
            problem = "; ".join(f"{each.message}, accepted: {each.accepted}" for each in error.errors)
            return redirect(request, f"/leads/{lead_id}", Flash(problem, "problem"))
        title = (await load_configuration(tx, actor.org_id)).frameworks[result.qualification.framework].title
    said = f"Qualified by {title}." if own else f"Left to the rules: {title}."
    return redirect(request, f"/leads/{lead_id}/qualification", Flash(said, undo=undo))


def _elements(framework: Framework) -> str:
    return ", ".join(element.title for element in framework.elements)


def _address(choice: Mapping[str, Any] | None) -> str:
    """Return a former choice as the query of its undoing."""
    former: Sequence[tuple[str, str]] = [
        (field, name)
        for field, part in (("framework", "frameworks"), ("also", "also"))
        for name in (choice or {}).get(part, [])
    ]
    return urlencode(former)
