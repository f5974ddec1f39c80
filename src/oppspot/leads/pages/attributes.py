"""Custom fields of leads, for people."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import ProblemError
from oppspot.core.runtime import runtime_of
from oppspot.leads.api.attributes import Key, Label
from oppspot.leads.services.attributes import declare_attribute, list_definitions, retire_attribute
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, read_form

router = APIRouter(prefix="/settings/fields")
Writer = Annotated[Actor, Depends(needs("settings.write"))]
_KINDS = [
    (FieldType.TEXT, "Text"),
    (FieldType.NUMBER, "Number"),
    (FieldType.BOOLEAN, "Yes or no"),
    (FieldType.DATETIME, "Date"),
    (FieldType.CHOICE, "Choice"),
    (FieldType.TEXT_LIST, "List of texts"),
]


class FieldForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Key
    label: Label
    type: FieldType
    choices: str = ""


@router.get("", response_class=HTMLResponse)
async def show_fields(request: Request, actor: Writer) -> HTMLResponse:
    """Show the custom fields and ask for one more."""
    return await _page(request, actor, Form(None, {}))


@router.post("")
async def declare(request: Request, actor: Writer) -> Response:
    """Declare a custom field."""
    form = await read_form(request, FieldForm)
    if form.body is None:
        return await _page(request, actor, form)
    choices = [part.strip() for part in form.body.choices.split(",") if part.strip()]
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            body = form.body
            await declare_attribute(tx, actor, body.key, body.label, body.type, utc_now(), choices=choices)
    except ProblemError as error:
        return await _page(request, actor, form.refused(error, "key"))
    return redirect(request, "/settings/fields", Flash(f"Leads can carry “{form.body.label}” from now on."))


@router.post("/{key}/retire")
async def retire(request: Request, actor: Writer, key: str) -> Response:
    """Take a custom field out of use."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await retire_attribute(tx, actor, key, utc_now())
    return redirect(request, "/settings/fields", Flash("The field is out of use; what leads hold stays."))


async def _page(request: Request, actor: Actor, form: Form[Any]) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        definitions = await list_definitions(tx, actor.org_id)
    context = {"definitions": definitions, "form": form, "kinds": _KINDS}
    return render(request, "leads/fields.html", context, status=422 if form.errors else 200)
