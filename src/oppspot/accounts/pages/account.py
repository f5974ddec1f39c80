"""One's own account: name, password, working hours, e-mails, browsers that are logged in."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import CurrentReader
from oppspot.accounts.errors import WrongPassword
from oppspot.accounts.holiday_places import country_choices
from oppspot.accounts.pages import choices, hours
from oppspot.accounts.pages.browsers import browser_name, origin_of
from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import get_person
from oppspot.accounts.queries.sessions import list_sessions
from oppspot.accounts.schemas.forms import ChangePasswordForm, EmailsForm, HoursForm, NameForm
from oppspot.accounts.services.members import rename_user
from oppspot.accounts.services.notices import choose_emails
from oppspot.accounts.services.reps import settings_of, update_rep_profile
from oppspot.accounts.services.resets import change_password
from oppspot.accounts.services.sessions import revoke_session
from oppspot.accounts.throttling import throttle_of
from oppspot.accounts.types import Reader
from oppspot.accounts.working_hours import DAYS
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form

PATH = "/account"
router = APIRouter(prefix=PATH)


@router.get("", response_class=HTMLResponse)
async def show(request: Request, reader: CurrentReader) -> HTMLResponse:
    """Show one's own account."""
    return await _page(request, reader)


async def _page(request: Request, reader: Reader, form: Form[Any] | None = None, status: int = 200) -> HTMLResponse:
    """Render the page; a refused form comes back in its place, with what was typed."""
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        person = await get_person(tx, reader.user_id)
        sessions = await list_sessions(tx, reader.user_id, utc_now())
    settings = settings_of(person.profile)
    context = {
        "person": person,
        "sessions": sessions,
        "browser_name": browser_name,
        "session_id": reader.actor.session_id,
        "form": form or blank(),
        "values": hours.form_values(settings) | dict(form.values if form else {}),
        "days": DAYS,
        "countries": country_choices(),
        "zones": choices.zones_with(settings.time_zone),
        "role": choices.ROLE_WORDS[Role(person.user.role)][0],
    }
    return render(request, "accounts/account.html", context, status=status)


@router.post("/name")
async def rename(request: Request, reader: CurrentReader) -> Response:
    """Change one's name."""
    form = await read_form(request, NameForm)
    if form.body is None:
        return await _page(request, reader, form, 422)
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        await rename_user(tx, reader.actor, reader.user_id, form.body.name, utc_now())
    return redirect(request, PATH, Flash("Your name has been changed."))


@router.post("/password")
async def set_password(request: Request, reader: CurrentReader) -> Response:
    """Change one's password; guessing the current one is slowed down like guessing at the door."""
    form = await read_form(request, ChangePasswordForm)
    if form.body is None:
        return await _page(request, reader, _without_secrets(form), 422)
    throttle, account = throttle_of(request), str(reader.user_id)
    await throttle.admit("password", account, origin_of(request).ip)
    body, database = form.body, runtime_of(request).database
    try:
        count = await change_password(database, reader.actor, body.current, body.password, utc_now())
    except WrongPassword as error:
        return await _page(request, reader, _without_secrets(form.refused(error, "current")), 422)
    await throttle.forgive("password", account)
    others = f" {count} other {'browser was' if count == 1 else 'browsers were'} logged out." if count else ""
    return redirect(request, PATH, Flash(f"Your password has been changed.{others}"))


def _without_secrets(form: Form[ChangePasswordForm]) -> Form[ChangePasswordForm]:
    return Form(None, {}, form.errors)


@router.post("/emails")
async def set_emails(request: Request, reader: CurrentReader) -> Response:
    """Choose whether notices also come by e-mail."""
    form = await read_form(request, EmailsForm)
    wanted = form.body is not None and form.body.wanted
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        await choose_emails(tx, reader.actor, wanted, utc_now())
    return redirect(request, PATH, Flash("Notices come by e-mail too." if wanted else "Notices come here only."))


@router.post("/hours")
async def set_hours(request: Request, reader: CurrentReader) -> Response:
    """Change when one works."""
    form = await read_form(request, HoursForm)
    if form.body is None:
        return await _page(request, reader, form, 422)
    try:
        changes = hours.changes_of(form.body)
        async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
            await update_rep_profile(tx, reader.actor, reader.user_id, changes, utc_now())
    except Invalid as error:
        return await _page(request, reader, form.refused(error, "time_zone"), 422)
    return redirect(request, PATH, Flash("Your working hours have been saved."))


@router.post("/sessions/{session_id}/revoke")
async def log_out_browser(request: Request, reader: CurrentReader, session_id: UUID) -> Response:
    """Log out one browser."""
    async with runtime_of(request).database.transaction(reader.actor.org_id) as tx:
        await revoke_session(tx, reader.actor, session_id, utc_now())
    return redirect(request, PATH, Flash("That browser has been logged out."))
