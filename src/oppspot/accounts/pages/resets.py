"""The pages for a forgotten password: ask for a link, then choose a new one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.pages.browsers import origin_of, take_session
from oppspot.accounts.schemas.forms import ForgotForm, NewPasswordForm
from oppspot.accounts.services.links import following
from oppspot.accounts.services.resets import request_password_reset, reset_password
from oppspot.accounts.throttling import throttle_of
from oppspot.accounts.types import Purpose
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form

router = APIRouter()
_SENT = Flash("If this address has an account, a link is on its way to it.", "notice")


@router.get("/forgot-password", response_class=HTMLResponse)
async def ask_for_link(request: Request) -> HTMLResponse:
    """Ask whose password it is."""
    return render(request, "accounts/forgot.html", {"form": blank({})})


@router.post("/forgot-password")
async def send_link(request: Request) -> Response:
    """Answer the same whether there is such an account or not."""
    form = await read_form(request, ForgotForm)
    if form.body is None:
        return render(request, "accounts/forgot.html", {"form": form}, status=422)
    await throttle_of(request).admit("reset", form.body.email, origin_of(request).ip)
    await request_password_reset(runtime_of(request).database, form.body.email)
    return redirect(request, "/login", _SENT)


@router.get("/reset-password", response_class=HTMLResponse)
async def ask_for_password(request: Request, token: Annotated[str, Query(max_length=300)] = "") -> HTMLResponse:
    """Ask for a new password, if the link still works."""
    await _require_live(request, token)
    return _page(request, blank({"token": token}))


@router.post("/reset-password")
async def set_password(request: Request) -> Response:
    """Set the password; every browser is logged out, this one too."""
    form = await read_form(request, NewPasswordForm)
    if form.body is None:
        await _require_live(request, str(form.values.get("token", "")))
        return _page(request, form, status=422)
    await reset_password(runtime_of(request).database, form.body.token, form.body.password, utc_now())
    response = redirect(request, "/login", Flash("Your password has been changed. Log in with the new one."))
    take_session(response)
    return response


async def _require_live(request: Request, token: str) -> None:
    async with following(runtime_of(request).database, token, Purpose.PASSWORD_RESET, utc_now()):
        pass


def _page(request: Request, form: Form[NewPasswordForm], status: int = 200) -> HTMLResponse:
    return render(request, "accounts/reset.html", {"form": form}, status=status)
