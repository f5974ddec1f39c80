"""The pages for logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oppspot.accounts.access import SESSION_COOKIE
from oppspot.accounts.errors import WrongCredentials
from oppspot.accounts.pages.browsers import START, give_session, is_known, origin_of, take_session
from oppspot.accounts.schemas.forms import LoginForm
from oppspot.accounts.services.logins import log_in, log_out
from oppspot.accounts.throttling import throttle_of
from oppspot.core.clock import utc_now
from oppspot.core.errors import TooManyRequests
from oppspot.core.runtime import runtime_of
from oppspot.web import render
from oppspot.web.forms import Form, blank, read_form
from oppspot.web.themes import local_path

router = APIRouter()


@router.get("/login", response_class=HTMLResponse)
async def ask(request: Request, next_path: Annotated[str, Query(alias="next")] = START) -> Response:
    """Ask who it is, unless that is known."""
    if await is_known(request):
        return RedirectResponse(local_path(next_path), status_code=303)
    return _page(request, blank({"next": next_path}))


@router.post("/login")
async def answer(request: Request) -> Response:
    """Let somebody in, under a new session; one this browser had before ends."""
    form = await read_form(request, LoginForm)
    if form.body is None:
        return _page(request, form, status=422)
    runtime, now = runtime_of(request), utc_now()
    email, password = form.body.email, form.body.password
    try:
        session = await log_in(runtime.database, throttle_of(request), email, password, origin_of(request), now=now)
    except WrongCredentials as error:
        return _page(request, form.refused(error, "password"), status=422)
    except TooManyRequests as error:
        page = _page(request, form.refused(error, "password"), status=429)
        page.headers["Retry-After"] = str(error.retry_after)
        return page
    if before := request.cookies.get(SESSION_COOKIE):
        await log_out(runtime.database, before, now)
    response = RedirectResponse(local_path(form.body.next), status_code=303)
    give_session(request, response, session)
    return response


def _page(request: Request, form: Form[LoginForm], status: int = 200) -> HTMLResponse:
    return render(request, "accounts/login.html", {"form": form}, status=status)


@router.post("/logout")
async def leave(request: Request) -> RedirectResponse:
    """End the session; also when there is none."""
    if token := request.cookies.get(SESSION_COOKIE):
        await log_out(runtime_of(request).database, token, utc_now())
    response = RedirectResponse("/login", status_code=303)
    take_session(response)
    return response
