"""One absence: changed, removed."""

from datetime import time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.queries.people import get_user, list_people
from oppspot.calendars.models import PersonalAbsence
from oppspot.calendars.pages.parts import Anybody
from oppspot.calendars.pages.people import on_page
from oppspot.calendars.queries.absences import get_absence
from oppspot.calendars.reading_bodies import entry_of_form
from oppspot.calendars.schemas import AbsenceForm
from oppspot.calendars.services.absences import change_absence, may_see_reasons, remove_absence, shown_days
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, Invalid
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import Form, blank, read_form
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/calendars/absences/{absence_id}")
_MOST_PEOPLE: Final = 1_000


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: Anybody, absence_id: UUID) -> HTMLResponse:
    """Show an absence, to be changed."""
    return await _page(request, actor, absence_id)


async def _page(
    request: Request, actor: Actor, absence_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        absence = await _allowed(tx, actor, absence_id)
        person = await get_user(tx, absence.rep_id)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    context = {
        "absence": absence,
        "person": person,
        "form": form or blank(),
        "values": dict(form.values) if form else _values(absence),
        "colleagues": [
            (str(one.user.id), one.user.name)
            for one in people
            if one.user.id != absence.rep_id and (one.can_work or one.user.id == absence.cover_id)
        ],
        "action": f"/calendars/absences/{absence_id}",
    }
    return render(request, "calendars/absence.html", context, status=status)


async def _allowed(tx: Transaction, actor: Actor, absence_id: UUID) -> PersonalAbsence:
    absence = await get_absence(tx, absence_id)
    if not may_see_reasons(actor, absence.rep_id):
        raise Forbidden("This is somebody else's absence; it needs the permission team.write.")
    return absence


def _values(absence: PersonalAbsence) -> dict[str, Any]:
    first, last = shown_days(absence)
    zone = ZoneInfo(absence.time_zone)
    starts, ends = absence.starts_at.astimezone(zone), absence.ends_at.astimezone(zone)
    timed = not absence.all_day
    return {
        "first": first,
        "last": last,
        "from_time": f"{starts:%H:%M}" if timed else "",
        "to_time": f"{ends:%H:%M}" if timed and ends.time() != time() else "",
        "reason": absence.reason,
        "cover_id": str(absence.cover_id or ""),
    }


@router.post("")
async def change(request: Request, actor: Anybody, absence_id: UUID) -> Response:
    """Change an absence."""
    form = await read_form(request, AbsenceForm)
    if form.body is None:
        return await _page(request, actor, absence_id, form, 422)
    try:
        async with transaction_of(request, actor) as tx:
            absence = await _allowed(tx, actor, absence_id)
            entry = entry_of_form(form.body, absence.rep_id, absence.time_zone)
            await change_absence(tx, actor, absence_id, entry, utc_now())
    except Invalid as error:
        return await _page(request, actor, absence_id, on_page(form.refused(error, "first")), 422)
    return redirect(request, f"/calendars/people/{absence.rep_id}#absences", Flash("The absence has been changed."))


@router.get("/remove", response_class=HTMLResponse)
async def ask_remove(request: Request, actor: Anybody, absence_id: UUID) -> HTMLResponse:
    """Ask before an absence is removed."""
    async with transaction_of(request, actor) as tx:
        absence = await _allowed(tx, actor, absence_id)
        name = (await get_user(tx, absence.rep_id)).name
    first, last = shown_days(absence)
    when = f"on {first:%-d %B %Y}" if first == last else f"from {first:%-d %B} to {last:%-d %B %Y}"
    text = f"{name} is away {when}. Without it, leads come during that time too."
    action = f"/calendars/absences/{absence_id}/remove"
    back = f"/calendars/people/{absence.rep_id}"
    return confirm(request, Confirmation("Remove this absence?", text, action, "Remove", back))


@router.post("/remove")
async def remove(request: Request, actor: Anybody, absence_id: UUID) -> Response:
    """Remove an absence."""
    async with transaction_of(request, actor) as tx:
        entry = await remove_absence(tx, actor, absence_id, utc_now())
    return redirect(request, f"/calendars/people/{entry.rep_id}#absences", Flash("The absence has been removed."))
