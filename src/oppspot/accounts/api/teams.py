"""Teams: founded, changed, filled, dissolved."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from oppspot.accounts.access import needs
from oppspot.accounts.queries import people
from oppspot.accounts.schemas.people import MembersBody, TeamAnswer, TeamBody, TeamChanges, TeamPage
from oppspot.accounts.services import teams
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.web import problems
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, Cursor, Limit, transaction_of

router = APIRouter(prefix="/teams", tags=["accounts"])
TeamReader = Annotated[Actor, Depends(needs("team.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]


@router.get("", summary="List teams", responses=REFUSALS)
async def list_teams(request: Request, actor: TeamReader, limit: Limit = 50, cursor: Cursor = None) -> TeamPage:
    """Return the teams by name, with the identifiers of their people."""
    async with transaction_of(request, actor) as tx:
        page = await people.list_teams(tx, limit=limit, cursor=cursor)
    return TeamPage(items=[TeamAnswer.of(team) for team in page.items], next_cursor=page.next_cursor)


@router.post("", status_code=201, summary="Found a team", responses=REFUSALS | problems.responses(409))
async def create_team(request: Request, actor: TeamWriter, body: TeamBody) -> TeamAnswer:
    """Found a team with nobody in it."""
    async with transaction_of(request, actor) as tx:
        team_id = await teams.create_team(tx, actor, body.name, utc_now(), description=body.description)
        return TeamAnswer.of(await people.get_team(tx, team_id))


@router.get("/{team_id}", summary="Show a team", responses=REFUSALS_OF_ONE)
async def show_team(request: Request, actor: TeamReader, team_id: UUID) -> TeamAnswer:
    """Return one team."""
    async with transaction_of(request, actor) as tx:
        return TeamAnswer.of(await people.get_team(tx, team_id))


@router.patch("/{team_id}", summary="Change a team", responses=REFUSALS_OF_CHANGE)
async def change_team(request: Request, actor: TeamWriter, team_id: UUID, body: TeamChanges) -> TeamAnswer:
    """Change a team's name or description."""
    async with transaction_of(request, actor) as tx:
        team = await people.get_team(tx, team_id)
        name = team.name if body.name is None else body.name
        description = team.description if body.description is None else body.description
        await teams.update_team(tx, actor, team_id, name, description, now=utc_now())
        await tx.flush()
        return TeamAnswer.of(await people.get_team(tx, team_id))


@router.put("/{team_id}/members", summary="Say who is in a team", responses=REFUSALS_OF_ONE)
async def set_members(request: Request, actor: TeamWriter, team_id: UUID, body: MembersBody) -> TeamAnswer:
    """Make exactly these people the team."""
    async with transaction_of(request, actor) as tx:
        await teams.set_team_members(tx, actor, team_id, body.user_ids, utc_now())
        return TeamAnswer.of(await people.get_team(tx, team_id))


@router.delete("/{team_id}", status_code=204, summary="Dissolve a team", responses=REFUSALS_OF_ONE)
async def delete_team(request: Request, actor: TeamWriter, team_id: UUID) -> None:
    """Dissolve a team; its people and their leads stay."""
    async with transaction_of(request, actor) as tx:
        await teams.delete_team(tx, actor, team_id, utc_now())
