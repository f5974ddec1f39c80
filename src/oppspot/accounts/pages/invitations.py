"""The page on which an invited person chooses name and password."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.pages.browsers import START, give_session, origin_of
from oppspot.accounts.schemas.forms import AcceptForm
from oppspot.accounts.services.invitations import accept_invitation
from oppspot.accounts.services.links import LinkHolder, following
from oppspot.accounts.types import Purpose
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form

router = APIRouter(prefix="/invitation")


@router.get("", response_class=HTMLResponse)
async def ask(request: Request, token: Annotated[str, Query(max_length=300)] = "") -> HTMLResponse:
    """Ask for name and password, if the link still works."""
    holder = await _holder(request, token)
    return _page(request, blank({"token": token, "name": holder.actor.name}), holder)


@router.post("")
async def accept(request: Request) -> Response:
    """Set name and password and log in."""
    form = await read_form(request, AcceptForm)
    if form.body is None:
        return _page(request, form, await _holder(request, str(form.values.get("token", ""))), status=422)
    body, database = form.body, runtime_of(request).database
    session = await accept_invitation(database, body.token, body.name, body.password, origin_of(request), now=utc_now())
    response = redirect(request, START, Flash("Welcome. Your account is ready."))
    give_session(request, response, session)
    return response


async def _holder(request: Request, token: str) -> LinkHolder:
    async with following(runtime_of(request).database, token, Purpose.INVITATION, utc_now()) as (_, holder):
        return holder


def _page(request: Request, form: Form[AcceptForm], holder: LinkHolder, status: int = 200) -> HTMLResponse:
    return render(request, "accounts/invitation.html", {"form": form, "holder": holder}, status=status)
