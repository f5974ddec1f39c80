"""New leads and edits by hand."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict, FieldProblem, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.attributes import declarations_of
from oppspot.corridor.editing import edit_lead
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake
from oppspot.leads.forms import BLANK, read_changes, values_of
from oppspot.leads.pages import wording
from oppspot.leads.queries.details import get_lead
from oppspot.leads.types import Rejected
from oppspot.leads.validating import validate_lead
from oppspot.web import Flash, redirect, render

router = APIRouter(prefix="/leads")
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_TEMPLATE: Final = "leads/lead_form.html"


@router.get("/new", response_class=HTMLResponse)
async def ask_new(request: Request, _actor: Writer) -> HTMLResponse:
    """Ask who the new lead is."""
    return _form(request, None, BLANK, {})


@router.post("/new")
async def create(request: Request, actor: Writer) -> Response:
    """Take in a lead typed by hand; it is scored, qualified and routed like any other."""
    posted = await _posted(request)
    changes, problems = read_changes(posted, BLANK)
    lead = validate_lead({name: value for name, value in changes.items() if value is not None})
    if problems or isinstance(lead, Rejected):
        found = [*problems, *(lead.problems if isinstance(lead, Rejected) else ())]
        return _form(request, None, posted, _by_field(found), 422)
    database = runtime_of(request).database
    async with database.transaction(actor.org_id) as tx:
        [result] = await take_in(tx, actor, [Intake(lead)], utc_now(), Cause("page"))
    said = "The lead came in." if result.created else "This lead was known already; it has been updated."
    return redirect(request, f"/leads/{result.id}", Flash(said))


@router.get("/{lead_id}/edit", response_class=HTMLResponse)
async def ask_edit(request: Request, actor: Writer, lead_id: UUID) -> HTMLResponse:
    """Show a lead's fields to change."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
    return _form(request, lead_id, values_of(whole), {}, name=whole.name)


@router.post("/{lead_id}/edit")
async def edit(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Change the fields that were changed in the form."""
    database, posted = runtime_of(request).database, await _posted(request)
    declared = await declarations_of(database, actor.org_id)
    async with database.transaction(actor.org_id) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
    changes, problems = read_changes(posted, values_of(whole))
    if problems:
        return _form(request, lead_id, posted, _by_field(problems), 422, name=whole.name)
    try:
        async with database.transaction(actor.org_id) as tx:
            await edit_lead(tx, actor, lead_id, changes, declared, utc_now())
    except (Invalid, Conflict) as error:
        return _form(request, lead_id, posted, _by_field(error.errors), 422, name=whole.name)
    return redirect(request, f"/leads/{lead_id}", Flash("Saved." if changes else "Nothing was changed."))


async def _posted(request: Request) -> dict[str, str]:
    form = await request.form()
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


def _by_field(problems: "tuple[FieldProblem, ...] | list[FieldProblem]") -> dict[str, str]:
    return {
        problem.path.replace("query.", ""): problem.message
        + (f"; accepted: {problem.accepted}" if problem.accepted else "")
        for problem in problems
    }


def _form(
    request: Request,
    lead_id: UUID | None,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    name: str = "",
) -> HTMLResponse:
    context: dict[str, Any] = {
        "lead_id": lead_id,
        "name": name,
        "values": values,
        "errors": errors,
        "wording": wording,
    }
    return render(request, _TEMPLATE, context, status=status)
