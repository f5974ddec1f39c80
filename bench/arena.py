"""Where benchmarks and proofs take place: a private PostgreSQL in a temporary folder, and an organisation to fill."""

import asyncio
import os
import platform
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from oppspot import migrations
from oppspot.accounts import rules
from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.permissions import Role
from oppspot.accounts.services.api_keys import create_api_key
from oppspot.accounts.services.organisations import create_organisation
from oppspot.core import embedded_postgres
from oppspot.core.actor import Actor, ActorKind, system_actor
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id

T = TypeVar("T")


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """Yield a temporary folder that is removed afterwards."""
    made = Path(tempfile.mkdtemp(prefix=f"oppspot-{name}-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def private_postgres() -> Iterator[str]:
    """Yield the address of a new, migrated, durable PostgreSQL that nobody else uses."""
    with folder("bench") as place, embedded_postgres.running(place, durable=True) as dsn:
        migrations.upgrade(dsn)
        yield dsn


@contextmanager
def copy_of(dsn: str, name: str) -> Iterator[str]:
    """Yield a copy of a database nobody is connected to; it is dropped afterwards."""
    url = make_url(dsn)
    admin = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}" STRATEGY file_copy')
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def with_database(dsn: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with a database, in a loop of its own."""

    async def connected() -> T:
        database = Database(dsn, pool_size=2)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(connected())


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation with one team of equal reps, rules that send it every lead, and a key to send leads with."""

    org_id: UUID
    rep_ids: tuple[UUID, ...]
    token: str

    @property
    def system(self) -> Actor:
        return system_actor(self.org_id)


async def found(database: Database, reps: int, *, capacity: int | None = None) -> Organisation:
    """Found an organisation; `capacity` is how many open leads each rep takes."""
    now = utc_now()
    org_id = (await create_organisation(database, "Bench", now, slug=f"bench-{new_id().hex[-12:]}")).org_id
    owner, team_id = new_id(), new_id()
    rep_ids = tuple(new_id() for _ in range(reps))
    people = [(owner, Role.OWNER, "Olga Owner"), *((id_, Role.REP, f"Rep {n}") for n, id_ in enumerate(rep_ids, 1))]
    actor = Actor(org_id, ActorKind.USER, owner, "Olga Owner", rules.permissions_of(Role.OWNER), role=Role.OWNER)
    async with database.transaction(org_id) as tx:
        await insert_rows(tx, User, [_user(org_id, *person) for person in people])
        await insert_rows(tx, RepProfile, [_profile(org_id, id_, capacity) for id_ in rep_ids])
        team = {"org_id": org_id, "id": team_id, "name": "North", "description": "", "created_at": now}
        await insert_rows(tx, Team, [team])
        await insert_rows(tx, TeamMember, [{"org_id": org_id, "team_id": team_id, "user_id": id_} for id_ in rep_ids])
        await publish_config(tx, actor, "routing", {"rules": rules_to(team_id)}, now)
        key = await create_api_key(tx, actor, "bench", ["leads.read", "leads.write"], now)
    return Organisation(org_id, rep_ids, key.token)


def _user(org_id: UUID, user_id: UUID, role: Role, name: str) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "id": user_id,
        "email": f"{user_id.hex}@bench.example",
        "name": name,
        "role": role,
        "password_hash": "none that anybody knows",
        "active": True,
        "created_at": utc_now(),
    }


def _profile(org_id: UUID, user_id: UUID, capacity: int | None) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "user_id": user_id,
        "max_open": capacity,
        "weight": 1,
        "skills": {},
        "territories": [],
        "seniority": "mid",
        "time_zone": "UTC",
        "working_hours": {},
        "available": True,
    }


def rules_to(team_id: UUID) -> list[dict[str, Any]]:
    """Return five rules, all to one team: four territories and the rest."""
    territories = [["GB", "IE"], ["DE", "AT", "CH"], ["FR", "BE", "NL"], ["US", "CA"]]
    conditions: Sequence[dict[str, Any]] = [
        {"all": [{"field": "company.country", "op": "in", "value": countries}]} for countries in territories
    ]
    return [
        {
            "id": f"rule-{number}",
            "name": f"Rule {number}",
            "priority": number,
            "conditions": condition,
            "assignment_target": {"type": "team", "id": str(team_id)},
            "sla_hours": 4,
        }
        for number, condition in enumerate([*conditions, {"all": []}], 1)
    ]


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processors, memory, versions, and how busy the machine was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "load_average": [round(value, 1) for value in os.getloadavg()],
    }
