"""The team page and the page of one person: invite, change, shut out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from oppspot.accounts.access import needs
from oppspot.accounts.errors import AddressTaken, BeyondOwnPermissions, LastOwner
from oppspot.accounts.holiday_places import country_choices
from oppspot.accounts.pages import choices, hours
from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role
from oppspot.accounts.queries.people import get_person, list_people, list_teams
from oppspot.accounts.schemas.forms import InviteForm, ProfileForm, RoleForm
from oppspot.accounts.services.invitations import Invitation, invite_user, renew_invitation
from oppspot.accounts.services.members import change_role, deactivate_user, reactivate_user
from oppspot.accounts.services.reps import settings_of, update_rep_profile
from oppspot.accounts.types import NewUser
from oppspot.accounts.working_hours import DAYS
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid
from oppspot.core.runtime import runtime_of
from oppspot.core.text_shapes import STORABLE
from oppspot.web import Flash, Undo, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.forms import Form, blank, read_form

router = APIRouter(prefix="/team")
TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]
_PAGE = 50


@router.get("", response_class=HTMLResponse)
async def show_team(
    request: Request,
    actor: TeamReader,
    q: Annotated[str, Query(max_length=120, pattern=STORABLE)] = "",
    role: Annotated[str, Query(pattern=r"^(owner|manager|rep|viewer)?$")] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> HTMLResponse:
    """Show everybody and the teams."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        people = await list_people(tx, limit=_PAGE, cursor=cursor, role=role or None, search=q.strip() or None)
        teams = (await list_teams(tx)).items
    context = {
        "people": people,
        "settings": {person.user.id: settings_of(person.profile) for person in people.items},
        "teams": teams,
        "team_names": {team.id: team.name for team in teams},
        "roles": choices.ROLE_WORDS,
        "q": q,
        "role": role,
        "paged": cursor is not None,
    }
    return render(request, "accounts/team.html", context, block="people")


@router.get("/invite", response_class=HTMLResponse)
async def ask_whom(request: Request, actor: TeamWriter) -> HTMLResponse:
    """Ask whom to invite."""
    return _invite_page(request, actor, blank({"role": Role.REP.value}))


@router.post("/invite")
async def invite(request: Request, actor: TeamWriter) -> Response:
    """Invite somebody and show the link."""
    form = await read_form(request, InviteForm)
    if form.body is None:
        return _invite_page(request, actor, form, status=422)
    person = NewUser(form.body.email, form.body.name, form.body.role)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            invitation = await invite_user(tx, actor, person, utc_now())
    except AddressTaken as error:
        return _invite_page(request, actor, form.refused(error, "email"), status=422)
    return _invited_page(request, invitation, person.name, person.email)


def _invite_page(request: Request, actor: Actor, form: Form[InviteForm], status: int = 200) -> HTMLResponse:
    context = {"form": form, "roles": choices.roles_for(actor)}
    return render(request, "accounts/invite.html", context, status=status)


def _invited_page(request: Request, invitation: Invitation, name: str, email: str) -> HTMLResponse:
    """Show the link at once: it is not kept, so a redirect would lose it."""
    url = f"{runtime_of(request).settings.base_url}/invitation?token={invitation.token}"
    context = {"invitation": invitation, "url": url, "name": name, "email": email}
    return render(request, "accounts/invited.html", context)


@router.get("/people/{user_id}", response_class=HTMLResponse)
async def show_person(request: Request, actor: TeamReader, user_id: UUID) -> HTMLResponse:
    """Show one person."""
    return await _person_page(request, actor, user_id)


async def _person_page(
    request: Request, actor: Actor, user_id: UUID, form: Form[Any] | None = None, status: int = 200
) -> HTMLResponse:
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        person = await get_person(tx, user_id)
        teams = (await list_teams(tx)).items
    settings = settings_of(person.profile)
    role = Role(person.user.role)
    context = {
        "person": person,
        "settings": settings,
        "teams": [team for team in teams if team.id in person.team_ids],
        "form": form or blank(),
        "values": hours.form_values(settings) | {"role": role.value} | dict(form.values if form else {}),
        "days": DAYS,
        "zones": choices.zones_with(settings.time_zone),
        "countries": country_choices(),
        "seniorities": choices.SENIORITIES,
        "roles": choices.roles_for(actor),
        "role_words": choices.ROLE_WORDS[role],
        "may_change": actor.can("team.write") and ROLE_PERMISSIONS[role] <= actor.permissions,
        "is_self": user_id == actor.user_id,
    }
    return render(request, "accounts/person.html", context, status=status)


@router.post("/people/{user_id}/role")
async def set_role(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Give somebody another role."""
    form = await read_form(request, RoleForm)
    if form.body is None:
        return await _person_page(request, actor, user_id, form, 422)
    try:
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await change_role(tx, actor, user_id, form.body.role, utc_now())
    except (LastOwner, BeyondOwnPermissions) as error:
        return await _person_page(request, actor, user_id, form.refused(error, "role"), error.status)
    return redirect(request, f"/team/people/{user_id}", Flash("The role has been changed."))


@router.post("/people/{user_id}/profile")
async def set_profile(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Change what routing knows of somebody."""
    form = await read_form(request, ProfileForm)
    if form.body is None:
        return await _person_page(request, actor, user_id, form, 422)
    try:
        changes = _changes(form.body)
        async with runtime_of(request).database.transaction(actor.org_id) as tx:
            await update_rep_profile(tx, actor, user_id, changes, utc_now())
    except Invalid as error:
        return await _person_page(request, actor, user_id, form.refused(error, "weight"), 422)
    return redirect(request, f"/team/people/{user_id}", Flash("The settings have been saved."))


def _changes(body: ProfileForm) -> dict[str, Any]:
    return hours.changes_of(body) | {
        "max_open": body.max_open,
        "weight": body.weight,
        "ramp_from": body.ramp_from,
        "limits": body.limits,
        "skills": body.skills,
        "territories": body.territories,
        "seniority": body.seniority,
    }


@router.post("/people/{user_id}/invitation")
async def invite_again(request: Request, actor: TeamWriter, user_id: UUID) -> HTMLResponse:
    """Make a new link for somebody who has not accepted yet."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        invitation = await renew_invitation(tx, actor, user_id, utc_now())
        person = await get_person(tx, user_id)
    return _invited_page(request, invitation, person.user.name, person.user.email)


@router.get("/people/{user_id}/deactivate", response_class=HTMLResponse)
async def ask_deactivate(request: Request, actor: TeamWriter, user_id: UUID) -> HTMLResponse:
    """Ask before shutting somebody out."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        name = (await get_person(tx, user_id)).user.name
    page = f"/team/people/{user_id}"
    text = "They are logged out at once and get no new leads. Their open leads go to colleagues who may have them."
    look = ("What becomes of everybody's turns", f"/routing/departures/{user_id}")
    asked = Confirmation(f"Deactivate {name}?", text, f"{page}/deactivate", "Deactivate", page, look=look)
    return confirm(request, asked)


@router.post("/people/{user_id}/deactivate")
async def deactivate(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Shut somebody out."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await deactivate_user(tx, actor, user_id, utc_now())
        name = (await get_person(tx, user_id)).user.name
    page = f"/team/people/{user_id}"
    return redirect(request, page, Flash(f"{name} has been deactivated.", undo=Undo(f"{page}/reactivate")))


@router.post("/people/{user_id}/reactivate")
async def reactivate(request: Request, actor: TeamWriter, user_id: UUID) -> Response:
    """Let somebody in again."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        await reactivate_user(tx, actor, user_id, utc_now())
        name = (await get_person(tx, user_id)).user.name
    return redirect(request, f"/team/people/{user_id}", Flash(f"{name} may log in again."))
