"""People: listed, invited, changed, shut out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from oppspot.accounts.access import CurrentActor, needs
from oppspot.accounts.period_limits import PeriodLimit
from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import get_person, list_people
from oppspot.accounts.schemas.fields import Line
from oppspot.accounts.schemas.people import (
    InvitationAnswer,
    InviteBody,
    RepProfileAnswer,
    RepProfileBody,
    UserAnswer,
    UserChanges,
    UserPage,
)
from oppspot.accounts.services.invitations import Invitation, invite_user, renew_invitation
from oppspot.accounts.services.members import change_role, deactivate_user, reactivate_user, rename_user
from oppspot.accounts.services.reps import update_rep_profile
from oppspot.accounts.types import NewUser
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.web import problems
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, Cursor, Limit, transaction_of

router = APIRouter(prefix="/users", tags=["accounts"])
TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]


def invitation_url(request: Request, token: str) -> str:
    """Return the address of an invitation."""
    return f"{runtime_of(request).settings.base_url}/invitation?token={token}"


@router.get("", summary="List people", responses=REFUSALS)
async def list_users(
    request: Request,
    actor: TeamReader,
    q: Annotated[Line | None, Query(description="Looks in names and addresses.")] = None,
    role: Role | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> UserPage:
    """Return the people of the organisation by name, deactivated ones included."""
    async with transaction_of(request, actor) as tx:
        page = await list_people(tx, limit=limit, cursor=cursor, role=role, search=q)
    return UserPage(items=[UserAnswer.of(person) for person in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, summary="Invite somebody", responses=REFUSALS | problems.responses(409))
async def invite(request: Request, actor: TeamWriter, body: InviteBody) -> InvitationAnswer:
    """Add a person who chooses their own password; the link goes out by e-mail and is in the answer."""
    person = NewUser(body.email, body.name, body.role, body.time_zone)
    async with transaction_of(request, actor) as tx:
        invitation = await invite_user(tx, actor, person, utc_now())
    return _answer(request, invitation)


@router.post("/{user_id}/invitation", status_code=201, summary="Invite again", responses=REFUSALS_OF_CHANGE)
async def invite_again(request: Request, actor: TeamWriter, user_id: UUID) -> InvitationAnswer:
    """Send a new link to somebody who has not accepted yet."""
    async with transaction_of(request, actor) as tx:
        invitation = await renew_invitation(tx, actor, user_id, utc_now())
    return _answer(request, invitation)


def _answer(request: Request, invitation: Invitation) -> InvitationAnswer:
    return InvitationAnswer(
        user_id=invitation.user_id,
        url=invitation_url(request, invitation.token),
        expires_at=invitation.expires_at,
    )


@router.get("/{user_id}", summary="Show a person", responses=REFUSALS_OF_ONE)
async def show_user(request: Request, actor: TeamReader, user_id: UUID) -> UserAnswer:
    """Return one person."""
    async with transaction_of(request, actor) as tx:
        return UserAnswer.of(await get_person(tx, user_id))


@router.patch("/{user_id}", summary="Change a person", responses=REFUSALS_OF_CHANGE)
async def change_user(request: Request, actor: TeamWriter, user_id: UUID, body: UserChanges) -> UserAnswer:
    """Change name or role, shut somebody out or let them in again. The last owner stays one."""
    async with transaction_of(request, actor) as tx:
        await _change(tx, actor, user_id, body)
        await tx.flush()
        return UserAnswer.of(await get_person(tx, user_id))


async def _change(tx: Transaction, actor: Actor, user_id: UUID, body: UserChanges) -> None:
    now = utc_now()
    if body.name is not None:
        await rename_user(tx, actor, user_id, body.name, now)
    if body.role is not None:
        await change_role(tx, actor, user_id, body.role, now)
    if body.active is not None:
        await (reactivate_user if body.active else deactivate_user)(tx, actor, user_id, now)


@router.patch("/{user_id}/profile", summary="Change a rep's settings", responses=REFUSALS_OF_ONE)
async def change_profile(
    request: Request, actor: CurrentActor, user_id: UUID, body: RepProfileBody
) -> RepProfileAnswer:
    """Change what routing knows of a person. Without `team.write`, only when one works oneself."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if "territories" in changes:
        changes["territories"] = tuple(body.territories)
    if "limits" in changes:
        changes["limits"] = tuple(PeriodLimit(limit.leads, limit.per, limit.window) for limit in body.limits)
    if "working_hours" in changes:
        changes["working_hours"] = {day: [list(b) for b in blocks] for day, blocks in body.working_hours.items()}
    async with transaction_of(request, actor) as tx:
        return RepProfileAnswer.of(await update_rep_profile(tx, actor, user_id, changes, utc_now()))
