"""The page of API keys: made, shown once, revoked."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.permissions import PERMISSIONS
from oppspot.accounts.queries.keys import get_api_key, list_api_keys
from oppspot.accounts.schemas.forms import ApiKeyForm
from oppspot.accounts.services.api_keys import create_api_key, revoke_api_key
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import ProblemError
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import Form, blank, read_form

PATH = "/settings/api-keys"
router = APIRouter(prefix=PATH)
KeyWriter = Annotated[Actor, Depends(needs("keys.write"))]


@router.get("", response_class=HTMLResponse)
async def show(
    request: Request, actor: KeyWriter, cursor: Annotated[str | None, Query(max_length=500)] = None
) -> HTMLResponse:
    """Show the keys there are."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        page = await list_api_keys(tx, limit=50, cursor=cursor)
    context = {"keys": page, "now": utc_now(), "paged": cursor is not None}
    return render(request, "accounts/api_keys.html", context, block="keys")


@router.get("/new", response_class=HTMLResponse)
async def ask(request: Request, actor: KeyWriter) -> HTMLResponse:
    """Ask what a new key may do."""
    return _form_page(request, actor, blank({"scopes": []}))


def _form_page(request: Request, actor: Actor, form: Form[ApiKeyForm], status: int = 200) -> HTMLResponse:
    scopes = [(name, words) for name, words in PERMISSIONS.items() if actor.can(name)]
    return render(request, "accounts/api_key_new.html", {"form": form, "scopes": scopes}, status=status)


@router.post("/new")
async def create(request: Request, actor: KeyWriter) -> Response:
    """Make a key and show its token, this once: it is not kept, so a redirect would lose it."""
    form = await read_form(request, ApiKeyForm)
    if form.body is None:
        return _form_page(request, actor, form, status=422)
    now = utc_now()
    expires_at = now + timedelta(days=form.body.days) if form.body.days else None
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            made = await create_api_key(tx, actor, form.body.name, form.body.scopes, now, expires_at=expires_at)
    except ProblemError as error:
        return _form_page(request, actor, form.refused(error, "scopes"), status=422)
    context = {"token": made.token, "name": form.body.name, "expires_at": expires_at}
    return render(request, "accounts/api_key_made.html", context)


@router.get("/{key_id}/revoke", response_class=HTMLResponse)
async def ask_revoke(request: Request, actor: KeyWriter, key_id: UUID) -> HTMLResponse:
    """Ask before stopping a key."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        key = await get_api_key(tx, key_id)
    text = f"Whatever uses the key opp_{key.prefix}_… is refused from then on. A revoked key does not come back."
    return confirm(request, Confirmation(f"Revoke {key.name}?", text, f"{PATH}/{key_id}/revoke", "Revoke", PATH))


@router.post("/{key_id}/revoke")
async def revoke(request: Request, actor: KeyWriter, key_id: UUID) -> Response:
    """Stop a key."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        name = (await get_api_key(tx, key_id)).name
        await revoke_api_key(tx, actor, key_id, utc_now())
    return redirect(request, PATH, Flash(f"The key {name} has been revoked."))
