"""Founds an example organisation: people with passwords, teams, profiles, rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.services.organisations import create_organisation
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


async def found(database: Database, made: DemoOrganisation, at: datetime) -> Founded:
    """Found an organisation with everybody in it, as of a moment."""
    actor = await create_organisation(
        database, made.name, at, slug=made.slug, time_zone=made.time_zone, currency=made.currency
    )
    org_id = actor.org_id
    user_ids = {person.name: new_id() for person in made.people}
    team_ids = {team: new_id() for person in made.people for team in person.teams}
    async with database.transaction(org_id) as tx:
        await insert_rows(tx, User, _users(made, org_id, user_ids, at))
        await insert_rows(tx, RepProfile, _profiles(made, org_id, user_ids))
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
        rules = {"rules": _rules(made, team_ids)}
        document = RoutingDocument.model_validate(rules)
        await publish_rules(tx, system_actor(org_id), document, "The first rules", at, 0)
    return Founded(org_id, made)


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


def _profiles(made: DemoOrganisation, org_id: UUID, ids: Mapping[str, UUID]) -> list[dict[str, Any]]:
    return [
        {
            "org_id": org_id,
            "user_id": ids[person.name],
            "max_open": person.max_open,
            "weight": person.weight,
            "skills": [],
            "territories": [],
            "seniority": "mid",
            "time_zone": made.time_zone,
            "working_hours": {day: [["09:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
            "available": True,
        }
        for person in made.people
        if person.role == "rep"
    ]


def _rules(made: DemoOrganisation, team_ids: Mapping[str, UUID]) -> list[dict[str, Any]]:
    return [
        rule
        | {
            "id": f"{made.slug}-{number}",
            "priority": 10 * number,
            "assignment_target": {"type": "team", "id": str(team_ids[rule["assignment_target"]["id"]])},
        }
        for number, rule in enumerate(made.rules, 1)
    ]
