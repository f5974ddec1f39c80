"""When a person works and is away; people enter their own absences here, managers everybody's."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.queries.people import get_person, get_user, list_people
from oppspot.calendars.api.parts import calendar_file
from oppspot.calendars.business_time import is_open, next_open
from oppspot.calendars.organisation import Composed
from oppspot.calendars.pages.parts import (
    Anybody,
    TeamReader,
    clock_in_words,
    told,
    uploaded,
    week_in_words,
    when_in_words,
)
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.queries.absences import list_absences
from oppspot.calendars.reading_bodies import entry_of_form
from oppspot.calendars.schemas import AbsenceForm
from oppspot.calendars.services import files
from oppspot.calendars.services.absences import enter_absence, may_see_reasons
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/calendars/people/{user_id}")
_BACK: Final = timedelta(days=31)
_AHEAD: Final = timedelta(days=800)
_HOLIDAYS: Final = timedelta(days=200)
_MOST_PEOPLE: Final = 1_000
_SOURCES: Final = {
    "own": "their own",
    "team": "the team's",
    "organisation": "the organisation's",
    "nobody": "set nowhere",
}


@router.get("", response_class=HTMLResponse)
async def show(request: Request, actor: TeamReader, user_id: UUID) -> HTMLResponse:
    """Show when a person works and is away."""
    return await _page(request, actor, user_id)


async def _page(
    request: Request, actor: Actor, user_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> HTMLResponse:
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        person = await get_person(tx, user_id)
        calendars = await load_calendars(tx, actor.org_id, now)
        absences = await list_absences(tx, now - _BACK, now + _AHEAD, rep_id=user_id)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    found = calendars.composed(user_id)
    calendar = found.calendar
    names: dict[UUID | None, str] = {one.user.id: one.user.name for one in people}
    last = (now + _HOLIDAYS).date()
    context = {
        "person": person,
        "found": found,
        "hours_from": _SOURCES[found.hours_from],
        "holidays_from": _holidays_from(found),
        "week": week_in_words(calendar.week),
        "open_now": is_open([calendar], now),
        "next_open": clock_in_words(next_open([calendar], now), calendar.zone),
        "absent_until": clock_in_words(calendars.absent_until(user_id, now), calendar.zone),
        "cover": names.get(calendars.cover_of(user_id, now)),
        "holidays": [(day, name) for day, name in calendar.holidays.items() if now.date() <= day <= last],
        "absences": [(one, when_in_words(one), names.get(one.cover_id)) for one in absences],
        "may_change": may_see_reasons(actor, user_id),
        "is_self": user_id == actor.user_id,
        "own_id": actor.user_id,
        "form": form or blank(),
        "values": dict(form.values) if form else {},
        "colleagues": [(str(one.user.id), one.user.name) for one in people if one.can_work and one.user.id != user_id],
        "action": f"/calendars/people/{user_id}/absences",
        "now": now,
    }
    return render(request, "calendars/person.html", context, status=status)


def _holidays_from(found: Composed) -> str:
    if found.country is None:
        return "none: no country is set"
    place = f"{found.country} ({found.subdivision})" if found.subdivision else found.country
    return f"{place}, {_SOURCES[found.holidays_from]}"


@router.post("/absences")
async def enter(request: Request, actor: Anybody, user_id: UUID) -> Response:
    """Enter an absence."""
    form, now = await read_form(request, AbsenceForm), utc_now()
    if form.body is None:
        return await _page(request, actor, user_id, form, 422)
    try:
        async with transaction_of(request, actor) as tx:
            zone = await files.zone_of_person(tx, actor, user_id, now)
            await enter_absence(tx, actor, entry_of_form(form.body, user_id, zone), now)
    except Invalid as error:
        return await _page(request, actor, user_id, on_page(form.refused(error, "first")), 422)
    return redirect(request, f"/calendars/people/{user_id}#absences", Flash("The absence has been entered."))


def on_page(form: Form[Any]) -> Form[Any]:
    """Return a form with its errors at the fields the page has."""
    names = {"end": "last", "start": "first"}
    return Form(None, form.values, {names.get(name, name): message for name, message in form.errors.items()})


@router.post("/absences/files")
async def send(request: Request, actor: Anybody, user_id: UUID) -> Response:
    """Enter the absences of a calendar file."""
    back = f"/calendars/people/{user_id}#absences"
    async with transaction_of(request, actor) as tx:
        await get_user(tx, user_id)
    try:
        content = await uploaded(request)
        async with transaction_of(request, actor) as tx:
            imported = await files.import_absences_file(tx, actor, user_id, content, utc_now())
    except Invalid as error:
        said = f"The file {error.errors[0].message}. Accepted: an .ics file." if error.errors else error.detail
        return redirect(request, back, Flash(said, "problem"))
    return redirect(request, back, *told(imported))


@router.get("/absences.ics")
async def take(request: Request, actor: TeamReader, user_id: UUID) -> Response:
    """Return a person's absences as a calendar file."""
    async with transaction_of(request, actor) as tx:
        return calendar_file(await files.export_absences(tx, actor, user_id, utc_now()), "absences")
