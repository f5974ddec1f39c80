"""What becomes of turns if somebody leaves: shown before they do, and writes nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.accounts.queries.people import get_person, get_team, list_people
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.routing import ledger_words
from oppspot.routing.queries.departures import list_departures_from, list_departures_of
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
TeamWriter = Annotated[Actor, Depends(needs("team.write"))]
MOST_PEOPLE = 1_000


@router.get("/routing/departures/{user_id}", response_class=HTMLResponse)
async def show_departures(request: Request, actor: Reader, user_id: UUID) -> HTMLResponse:
    """Show for every pool somebody is in what becomes of everybody's turns if they leave, in either way."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        person = await get_person(tx, user_id)
        found = await list_departures_of(tx, actor.org_id, user_id, utc_now())
    context = {"person": person, "departures": found, "words": ledger_words}
    return render(request, "routing/departures.html", context)


@router.get("/routing/teams/{team_id}/departures", response_class=HTMLResponse)
async def look_before(
    request: Request,
    actor: TeamWriter,
    team_id: UUID,
    user_ids: Annotated[list[UUID], Query(default_factory=list, max_length=MOST_PEOPLE)],
) -> HTMLResponse:
    """Show what becomes of everybody's turns if a team is only these people, and ask whether it is to be so."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        team = await get_team(tx, team_id)
        people = (await list_people(tx, limit=MOST_PEOPLE)).items
        found = await list_departures_from(tx, actor.org_id, team_id, user_ids, utc_now())
    wanted = frozenset(user_ids)
    context = {
        "team": team,
        "staying": user_ids,
        "leaving": [each.user for each in people if each.user.id in team.member_ids and each.user.id not in wanted],
        "departures": found,
        "words": ledger_words,
    }
    return render(request, "routing/leaving_team.html", context)
