"""The page of the organisation's own settings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from oppspot.accounts.access import needs
from oppspot.accounts.models import Organisation
from oppspot.accounts.pages import choices
from oppspot.accounts.schemas.forms import OrganisationForm
from oppspot.accounts.services.organisations import update_organisation
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form

PATH = "/settings"
router = APIRouter(prefix=PATH)
Setter = Annotated[Actor, Depends(needs("settings.write"))]


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Setter) -> HTMLResponse:
    """Show the settings."""
    return await _page(request, actor, blank({}))


async def _page(request: Request, actor: Actor, form: Form[OrganisationForm], status: int = 200) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        organisation = (await tx.scalars(select(Organisation))).one()
    kept = {"name": organisation.name, "time_zone": organisation.time_zone, "currency": organisation.currency}
    context = {
        "organisation": organisation,
        "form": form,
        "values": kept | dict(form.values),
        "zones": choices.zones_with(organisation.time_zone),
        "currencies": choices.CURRENCY_CHOICES,
    }
    return render(request, "accounts/settings.html", context, status=status)


@router.post("")
async def save(request: Request, actor: Setter) -> Response:
    """Change the settings."""
    form = await read_form(request, OrganisationForm)
    if form.body is None:
        return await _page(request, actor, form, 422)
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await update_organisation(
            tx, actor, form.body.name, form.body.time_zone, utc_now(), currency=form.body.currency
        )
    return redirect(request, PATH, Flash("The settings have been saved."))
