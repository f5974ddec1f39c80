"""Hours and holidays of the organisation and its teams."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from oppspot.accounts.holiday_places import is_country, parts_of
from oppspot.accounts.queries.people import get_team
from oppspot.calendars.api.parts import TeamReader, TeamWriter
from oppspot.calendars.places import public_holidays
from oppspot.calendars.queries.settings import find_hours
from oppspot.calendars.schemas import Country, HolidayAnswer, HoursAnswer, HoursBody, Part
from oppspot.calendars.services.hours import set_hours
from oppspot.core.clock import utc_now
from oppspot.core.errors import invalid
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_ONE, transaction_of

router = APIRouter()


@router.get("/organisation", summary="Read the organisation's hours", responses=REFUSALS)
async def read_organisation(request: Request, actor: TeamReader) -> HoursAnswer:
    """Return the hours and the country that hold where a team and a person say nothing."""
    async with transaction_of(request, actor) as tx:
        return HoursAnswer.model_validate(await find_hours(tx, None))


@router.put("/organisation", summary="Set the organisation's hours", responses=REFUSALS)
async def write_organisation(request: Request, actor: TeamWriter, body: HoursBody) -> HoursAnswer:
    """Make this the organisation's hours and country."""
    async with transaction_of(request, actor) as tx:
        await set_hours(tx, actor, None, body.entry(), utc_now())
        return HoursAnswer.model_validate(await find_hours(tx, None))


@router.get("/teams/{team_id}", summary="Read a team's hours", responses=REFUSALS_OF_ONE)
async def read_team(request: Request, actor: TeamReader, team_id: UUID) -> HoursAnswer:
    """Return what is said of a team; what it does not say, the organisation says."""
    async with transaction_of(request, actor) as tx:
        await get_team(tx, team_id)
        return HoursAnswer.model_validate(await find_hours(tx, team_id))


@router.put("/teams/{team_id}", summary="Set a team's hours", responses=REFUSALS_OF_ONE)
async def write_team(request: Request, actor: TeamWriter, team_id: UUID, body: HoursBody) -> HoursAnswer:
    """Make this the team's hours and country; `{}` leaves both to the organisation."""
    async with transaction_of(request, actor) as tx:
        await set_hours(tx, actor, team_id, body.entry(), utc_now())
        return HoursAnswer.model_validate(await find_hours(tx, team_id))


@router.get("/holidays", summary="List the public holidays of a country", responses=REFUSALS)
async def list_holidays(
    _actor: TeamReader,
    country: Annotated[Country, Query(examples=["DE"])],
    year: Annotated[int, Query(ge=2000, le=2100, examples=[2026])],
    subdivision: Annotated[Part | None, Query(examples=["BY"])] = None,
) -> list[HolidayAnswer]:
    """Return the holidays of a year in a country, or in a part of it where they differ."""
    if not is_country(country):
        raise invalid("query.country", "is not a country whose holidays we know", "a code such as GB")
    if subdivision is not None and subdivision not in parts_of(country):
        accepted = ", ".join(parts_of(country)) or "none"
        raise invalid("query.subdivision", "has no holidays of its own that we know", accepted)
    found = public_holidays(country, subdivision, date(year, 1, 1), date(year, 12, 31))
    return [HolidayAnswer(day=day, name=name) for day, name in found.items()]
