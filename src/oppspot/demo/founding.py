"""Founds an example organisation: people with passwords, teams, profiles, rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.services.organisations import create_organisation
from oppspot.calendars.models import PersonalAbsence, WorkCalendar
from oppspot.core.actor import system_actor
from oppspot.core.bulk import insert_rows
from oppspot.core.crypto import hash_password
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.demo.organisations import PASSWORD, DemoOrganisation
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.services.rules import publish_rules


@dataclass(frozen=True, slots=True)
class Founded:
    """An organisation that exists now."""

    id: UUID
    made: DemoOrganisation
    people: Mapping[str, UUID]
    teams: Mapping[str, UUID]


async def found(database: Database, made: DemoOrganisation, at: datetime, today: datetime) -> Founded:
    """Found an organisation with everybody in it, as of a moment; absences lie ahead of `today`."""
    actor = await create_organisation(
        database, made.name, at, slug=made.slug, time_zone=made.time_zone, currency=made.currency
    )
    org_id = actor.org_id
    user_ids = {person.name: new_id() for person in made.people}
    team_ids = {team: new_id() for person in made.people for team in person.teams}
    async with database.transaction(org_id) as tx:
        await insert_rows(tx, User, _users(made, org_id, user_ids, at))
        await insert_rows(tx, RepProfile, _profiles(made, org_id, user_ids, today))
        teams = [
            {"org_id": org_id, "id": team_id, "name": name, "description": "", "created_at": at}
            for name, team_id in team_ids.items()
        ]
        await insert_rows(tx, Team, teams)
        members = [
            {"org_id": org_id, "team_id": team_ids[team], "user_id": user_ids[person.name]}
            for person in made.people
            for team in person.teams
        ]
        await insert_rows(tx, TeamMember, members)
        await insert_rows(tx, WorkCalendar, [_calendar(made, org_id)])
        await insert_rows(tx, PersonalAbsence, _absences(made, org_id, user_ids, today))
        document = RoutingDocument.model_validate(_routing(made, team_ids))
        await publish_rules(tx, system_actor(org_id), document, "The first rules", at, 0)
    return Founded(org_id, made, user_ids, team_ids)


def _calendar(made: DemoOrganisation, org_id: UUID) -> dict[str, Any]:
    place = {"time_zone": made.time_zone, "country": made.country}
    return {"org_id": org_id, "id": new_id(), "team_id": None, "hours": _HOURS, **place}


def _absences(made: DemoOrganisation, org_id: UUID, ids: Mapping[str, UUID], today: datetime) -> list[dict[str, Any]]:
    zones = {person.name: person.time_zone or made.time_zone for person in made.people}
    rows = []
    for absence in made.absences:
        zone = zones[absence.name]
        midnight = today.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight + timedelta(days=absence.starts_in)
        rows.append(
            {
                "org_id": org_id,
                "id": new_id(),
                "rep_id": ids[absence.name],
                "starts_at": first,
                "ends_at": first + timedelta(days=absence.days),
                "all_day": True,
                "time_zone": zone,
                "reason": absence.reason,
                "cover_id": ids[absence.cover] if absence.cover else None,
                "created_at": today,
            }
        )
    return rows


def _users(made: DemoOrganisation, org_id: UUID, ids: Mapping[str, UUID], at: datetime) -> list[dict[str, Any]]:
    hashed = hash_password(PASSWORD)
    return [
        {
            "org_id": org_id,
            "id": ids[person.name],
            "email": made.address(person),
            "name": person.name,
            "role": person.role,
            "password_hash": hashed,
            "active": True,
            "email_notices": False,
            "created_at": at,
        }
        for person in made.people
    ]


_HOURS: Final = {day: [["09:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def _profiles(made: DemoOrganisation, org_id: UUID, ids: Mapping[str, UUID], today: datetime) -> list[dict[str, Any]]:
    """Return what routing knows of everybody: managers and owners can be given leads too, as whoever is invited."""
    return [
        {
            "org_id": org_id,
            "user_id": ids[person.name],
            "max_open": person.max_open,
            "weight": person.weight,
            "skills": dict(person.skills),
            "territories": list(person.territories),
            "seniority": person.seniority,
            "ramp_from": None if person.days_here is None else (today - timedelta(days=person.days_here)).date(),
            "limits": list(person.limits),
            "country": person.country,
            "time_zone": person.time_zone or made.time_zone,
            "working_hours": _HOURS,
            "available": True,
        }
        for person in made.people
    ]


def _routing(made: DemoOrganisation, team_ids: Mapping[str, UUID]) -> dict[str, Any]:
    rules = [
        rule
        | {
            "id": f"{made.slug}-{number}",
            "priority": 10 * number,
            "assignment_target": {"type": "team", "id": str(team_ids[rule["assignment_target"]["id"]])},
        }
        for number, rule in enumerate(made.rules, 1)
    ]
    lists = {"exclusions": list(made.exclusions), "territories": list(made.territories)}
    return {"rules": rules, "policies": made.policies, **lists}
