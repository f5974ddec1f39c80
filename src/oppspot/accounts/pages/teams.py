"""The pages of teams: found one, change it, say who is in it, dissolve it."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.errors import NameTaken
from oppspot.accounts.queries.people import get_team, list_people
from oppspot.accounts.schemas.forms import MembersForm, TeamForm
from oppspot.accounts.services import teams
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import Form, blank, read_form

router = APIRouter(prefix="/team/teams")
TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]
_MOST_PEOPLE = 1_000


@router.get("/new", response_class=HTMLResponse)
async def ask_name(request: Request, _actor: TeamWriter) -> HTMLResponse:
    """Ask what a new team is called."""
    return render(request, "accounts/team_new.html", {"form": blank({})})


@router.post("/new")
async def create(request: Request, actor: TeamWriter) -> Response:
    """Found a team, then ask who is in it."""
    form = await read_form(request, TeamForm)
    if form.body is None:
        return render(request, "accounts/team_new.html", {"form": form}, status=422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            description = form.body.description
            team_id = await teams.create_team(tx, actor, form.body.name, utc_now(), description=description)
    except NameTaken as error:
        return render(request, "accounts/team_new.html", {"form": form.refused(error, "name")}, status=422)
    return redirect(request, f"/team/teams/{team_id}", Flash(f"The team {form.body.name} has been founded."))


@router.get("/{team_id}", response_class=HTMLResponse)
async def show(request: Request, actor: TeamReader, team_id: UUID) -> HTMLResponse:
    """Show a team and who could be in it."""
    return await _page(request, actor, team_id)


async def _page(
    request: Request, actor: Actor, team_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        team = await get_team(tx, team_id)
        people = (await list_people(tx, limit=_MOST_PEOPLE)).items
    values = {"name": team.name, "description": team.description} | dict(form.values if form else {})
    context = {"team": team, "people": people, "form": form or blank(), "values": values}
    return render(request, "accounts/team_one.html", context, status=status)


@router.post("/{team_id}")
async def update(request: Request, actor: TeamWriter, team_id: UUID) -> Response:
    """Change name and description."""
    form = await read_form(request, TeamForm)
    if form.body is None:
        return await _page(request, actor, team_id, form, 422)
    name, description = form.body.name, form.body.description
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await teams.update_team(tx, actor, team_id, name, description, now=utc_now())
    except NameTaken as error:
        return await _page(request, actor, team_id, form.refused(error, "name"), 422)
    return redirect(request, f"/team/teams/{team_id}", Flash("The team has been saved."))


@router.post("/{team_id}/members")
async def set_members(request: Request, actor: TeamWriter, team_id: UUID) -> Response:
    """Say exactly who is in the team; where somebody leaves, what becomes of everybody's turns is shown first."""
    form = await read_form(request, MembersForm)
    if form.body is None:
        return await _page(request, actor, team_id, form, 422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            team = await get_team(tx, team_id)
            if not form.body.shown and not set(team.member_ids) <= set(form.body.user_ids):
                return redirect(request, _last_look(team_id, form.body.user_ids))
            await teams.set_team_members(tx, actor, team_id, form.body.user_ids, utc_now())
    except Invalid as error:
        return await _page(request, actor, team_id, form.refused(error, "user_ids"), 422)
    return redirect(request, f"/team/teams/{team_id}", Flash("The members have been saved."))


def _last_look(team_id: UUID, user_ids: Sequence[UUID]) -> str:
    return f"/routing/teams/{team_id}/departures?{urlencode([('user_ids', each) for each in user_ids])}".rstrip("?")


@router.get("/{team_id}/delete", response_class=HTMLResponse)
async def ask_delete(request: Request, actor: TeamWriter, team_id: UUID) -> HTMLResponse:
    """Ask before dissolving a team."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        team = await get_team(tx, team_id)
    page = f"/team/teams/{team_id}"
    text = "Its people and their leads stay. Routing rules that send leads to it will find nobody: change them first."
    return confirm(request, Confirmation(f"Dissolve {team.name}?", text, f"{page}/delete", "Dissolve", page))


@router.post("/{team_id}/delete")
async def delete(request: Request, actor: TeamWriter, team_id: UUID) -> Response:
    """Dissolve a team."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        name = (await get_team(tx, team_id)).name
        await teams.delete_team(tx, actor, team_id, utc_now())
    return redirect(request, "/team", Flash(f"The team {name} has been dissolved."))
