"""The hours and holidays of the organisation and of its teams."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.holiday_places import country_choices, parts_of
from oppspot.accounts.pages.choices import zones_with
from oppspot.accounts.queries.people import get_team, list_teams
from oppspot.accounts.working_hours import DAYS
from oppspot.calendars.entries import HoursEntry
from oppspot.calendars.organisation import week_of
from oppspot.calendars.pages.parts import TeamReader, TeamWriter, entry_of, renamed, values_of, week_in_words
from oppspot.calendars.queries import load_calendars
from oppspot.calendars.queries.settings import find_hours, list_closing_days, teams_with_hours
from oppspot.calendars.schemas import HoursForm
from oppspot.calendars.services.hours import set_hours
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.errors import Invalid
from oppspot.web import Flash, redirect, render
from oppspot.web.forms import Form, blank, read_form
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/calendars")
_SHOWN: Final = timedelta(days=366)
_LABELS: Final = {f"hours_{day}": label for day, label in DAYS.items()} | {
    "time_zone": "By the clock of",
    "country": "Holidays of",
    "subdivision": "Part of the country",
}


@router.get("/organisation", response_class=HTMLResponse)
async def show_organisation(request: Request, actor: TeamReader) -> HTMLResponse:
    """Show the organisation's hours, holidays, closing days and teams."""
    return await organisation_page(request, actor)


async def organisation_page(
    request: Request,
    actor: Actor,
    form: Form[Any] | None = None,
    day_form: Form[Any] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """Return the organisation's page, with a form that came back."""
    now = utc_now()
    async with transaction_of(request, actor) as tx:
        context = await _context(tx, None, form)
        calendar = (await load_calendars(tx, actor.org_id, now)).of_organisation
        days = await list_closing_days(tx, (now - timedelta(days=31)).date(), (now + 3 * _SHOWN).date())
        own = await teams_with_hours(tx)
        teams = [(team, team.id in own) for team in (await list_teams(tx)).items]
    context |= {
        "closing_days": days,
        "day_form": day_form or blank(),
        "holidays": _holidays(calendar.holidays, now, {day.day for day in days}),
        "teams": teams,
        "own_id": actor.user_id,
    }
    return render(request, "calendars/organisation.html", context, status=status)


def _holidays(holidays: Any, now: datetime, said: set[Any]) -> list[Any]:
    last = (now + _SHOWN).date()
    return [(day, name) for day, name in holidays.items() if now.date() <= day <= last and day not in said]


@router.post("/organisation")
async def set_organisation(request: Request, actor: TeamWriter) -> Response:
    """Keep the organisation's hours and country."""
    form = await _kept(request, actor, None)
    if form.errors:
        return await organisation_page(request, actor, form, status=422)
    return redirect(request, "/calendars/organisation", Flash("The hours have been saved."))


@router.get("/teams/{team_id}", response_class=HTMLResponse)
async def show_team(request: Request, actor: TeamReader, team_id: UUID) -> HTMLResponse:
    """Show a team's hours and holidays."""
    return await _team_page(request, actor, team_id)


async def _team_page(
    request: Request, actor: Actor, team_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        context = {"team": await get_team(tx, team_id)} | await _context(tx, team_id, form)
    return render(request, "calendars/team.html", context, status=status)


@router.post("/teams/{team_id}")
async def set_team(request: Request, actor: TeamWriter, team_id: UUID) -> Response:
    """Keep a team's hours and country; an empty form leaves both to the organisation."""
    form = await _kept(request, actor, team_id)
    if form.errors:
        return await _team_page(request, actor, team_id, form, 422)
    return redirect(request, f"/calendars/teams/{team_id}", Flash("The hours have been saved."))


async def _kept(request: Request, actor: Actor, team_id: UUID | None) -> Form[Any]:
    form = await read_form(request, HoursForm)
    if form.body is None:
        return form
    try:
        async with transaction_of(request, actor) as tx:
            await set_hours(tx, actor, team_id, entry_of(form.body), utc_now())
    except Invalid as error:
        refused = form.refused(error, "hours_mon")
        return Form(None, refused.values, renamed(refused.errors))
    return form


async def _context(tx: Transaction, team_id: UUID | None, form: Form[Any] | None) -> dict[str, Any]:
    entry = await find_hours(tx, team_id)
    values = values_of(entry) | dict(form.values if form else {})
    return {
        "form": form or blank(),
        "values": values,
        "labels": _LABELS,
        "hours_shown": _shown(entry),
        "days": DAYS,
        "zones": zones_with(entry.time_zone or "UTC"),
        "countries": country_choices(),
        "parts": parts_of(str(values["country"])),
    }


def _shown(entry: HoursEntry) -> list[tuple[str, str]]:
    """Return hours for whoever may not change them."""
    week = week_of(entry.hours)
    place = f"{entry.country} ({entry.subdivision})" if entry.subdivision else entry.country
    return [
        *(week_in_words(week) if week else [("Hours", "none said")]),
        ("By the clock of", entry.time_zone or "each person"),
        ("Holidays of", place or "no country said"),
    ]
