"""Saved views of the list."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.accounts.schemas.fields import Line
from oppspot.accounts.views import delete_view, get_own_view, save_view
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.pages.listing import address_query, read_query
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import blank, read_form

router = APIRouter(prefix="/leads/views")
Reader = Annotated[Actor, Depends(needs("leads.read"))]


class ViewForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line
    shared: bool = False


@router.get("/new", response_class=HTMLResponse)
async def ask_name(request: Request, _actor: Reader) -> HTMLResponse:
    """Ask what the view is called."""
    context = {"form": blank(), "query": address_query(request)}
    return render(request, "leads/view_new.html", context, block="drawer")


@router.post("/new")
async def save(request: Request, actor: Reader) -> Response:
    """Keep the filter and order of the address under a name."""
    read_query(request)  # an address that is no list is refused here
    form, query = await read_form(request, ViewForm), address_query(request)
    if form.body is None:
        return render(request, "leads/view_new.html", {"form": form, "query": query}, block="drawer", status=422)
    shared = form.body.shared and actor.can("team.write")
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await save_view(tx, actor, "leads", form.body.name, query, utc_now(), shared=shared)
    return redirect(request, f"/leads?{query}", Flash(f"The view “{form.body.name}” has been saved."))


@router.get("/{view_id}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: Reader, view_id: UUID) -> HTMLResponse:
    """Ask before forgetting a view."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        view = await get_own_view(tx, actor, view_id)
    return confirm(
        request,
        Confirmation(
            title=f"Forget the view “{view.name}”?",
            text="The leads in it stay as they are.",
            action=f"/leads/views/{view_id}/delete",
            button="Forget it",
            back_href="/leads",
        ),
    )


@router.post("/{view_id}/delete")
async def forget(request: Request, actor: Reader, view_id: UUID) -> Response:
    """Forget a view."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await delete_view(tx, actor, view_id)
    return redirect(request, "/leads", Flash("The view has been forgotten."))
