"""The cast of every test: a new organisation with its people, and clients that act as one of them.

Alice owns the organisation, Max manages it, Rita and Ravi are reps in the team North, Vera only looks.
`outsiders` is another organisation with the same cast, who must see nothing of the first.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar
from uuid import UUID

import httpx2
from fastapi import FastAPI

from oppspot.accounts import rules
from oppspot.accounts.access import SESSION_COOKIE
from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.permissions import PERMISSIONS, Role
from oppspot.accounts.services.api_keys import create_api_key
from oppspot.accounts.services.organisations import create_organisation
from oppspot.accounts.services.sessions import open_session
from oppspot.accounts.types import Origin
from oppspot.core.actor import Actor, ActorKind, system_actor
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.crypto import hash_password
from oppspot.core.db import Database
from oppspot.core.ids import new_id

T = TypeVar("T")
PASSWORD = "correct horse battery staple"
BASE_URL = "http://testserver"
_ACCEPTS = {"accept": "text/html,application/json"}


@cache
def password_hash() -> str:
    """Argon2 is slow on purpose, so everybody here shares one hash."""
    return hash_password(PASSWORD)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the cast; `actor` is what services take."""

    id: UUID
    name: str
    email: str
    role: Role
    actor: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """One organisation and its people."""

    org_id: UUID
    name: str
    slug: str
    team_id: UUID
    owner: Member
    manager: Member
    rep: Member
    other_rep: Member
    viewer: Member

    @property
    def reps(self) -> tuple[Member, Member]:
        return self.rep, self.other_rep

    @property
    def members(self) -> tuple[Member, ...]:
        return self.owner, self.manager, self.rep, self.other_rep, self.viewer

    @property
    def system(self) -> Actor:
        return system_actor(self.org_id)


def _member(org_id: UUID, name: str, role: Role) -> Member:
    user_id = new_id()
    # At the end of a time-ordered identifier is what is random in it.
    email = f"{name.split(maxsplit=1)[0].lower()}.{user_id.hex[-12:]}@example.com"
    actor = Actor(org_id, ActorKind.USER, user_id, name, rules.permissions_of(role), role=role)
    return Member(user_id, name, email, role, actor)


async def an_organisation(database: Database, name: str = "Northwind", now: datetime | None = None) -> Cast:
    """Found an organisation with an owner, a manager, two reps in a team, and a viewer."""
    now = now or utc_now()
    slug = f"{rules.slug_of(name)}-{new_id().hex[-12:]}"
    org_id = (await create_organisation(database, name, now, slug=slug)).org_id
    cast = Cast(
        org_id=org_id,
        name=name,
        slug=slug,
        team_id=new_id(),
        owner=_member(org_id, "Alice Owner", Role.OWNER),
        manager=_member(org_id, "Max Manager", Role.MANAGER),
        rep=_member(org_id, "Rita Rep", Role.REP),
        other_rep=_member(org_id, "Ravi Rep", Role.REP),
        viewer=_member(org_id, "Vera Viewer", Role.VIEWER),
    )
    await _write(database, cast, now)
    return cast


async def _write(database: Database, cast: Cast, now: datetime) -> None:
    async with database.transaction(cast.org_id) as tx:
        await insert_rows(tx, User, [_user_row(cast.org_id, member, now) for member in cast.members])
        profiles = [{"org_id": cast.org_id, "user_id": rep.id, **_PROFILE} for rep in cast.reps]
        await insert_rows(tx, RepProfile, profiles)
        team = {"org_id": cast.org_id, "id": cast.team_id, "name": "North", "description": "", "created_at": now}
        await insert_rows(tx, Team, [team])
        members = [{"org_id": cast.org_id, "team_id": cast.team_id, "user_id": rep.id} for rep in cast.reps]
        await insert_rows(tx, TeamMember, members)


_PROFILE = {
    "weight": 1,
    "skills": {},
    "territories": [],
    "seniority": "mid",
    "time_zone": "UTC",
    "working_hours": {},
    "available": True,
}


def _user_row(org_id: UUID, member: Member, now: datetime) -> dict[str, object]:
    return {
        "org_id": org_id,
        "id": member.id,
        "email": member.email,
        "name": member.name,
        "role": member.role,
        "password_hash": password_hash(),
        "active": True,
        "created_at": now,
    }


class Clients:
    """Makes HTTP clients of the application; all are closed at the end of the test."""

    def __init__(self, app: FastAPI, database: Database) -> None:
        self.app = app
        self._database = database
        self._open: list[httpx2.AsyncClient] = []

    def anonymous(self, *, ip: str = "127.0.0.1") -> httpx2.AsyncClient:
        """Return a client that is nobody; it takes pages, follows no redirects, and seems to come from `ip`."""
        transport = httpx2.ASGITransport(app=self.app, client=(ip, 50_000))
        client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers=_ACCEPTS)
        self._open.append(client)
        return client

    async def of(self, member: Member) -> httpx2.AsyncClient:
        """Return a browser in which somebody is logged in."""
        async with self._database.transaction(member.actor.org_id) as tx:
            session = await open_session(tx, member.actor.org_id, member.id, Origin("127.0.0.1", "test"), utc_now())
        client = self.anonymous()
        client.cookies.set(SESSION_COOKIE, session.token)
        return client

    async def with_key(self, cast: Cast, scopes: Collection[str] = tuple(PERMISSIONS)) -> httpx2.AsyncClient:
        """Return a machine with an API key of the organisation, with all scopes unless told."""
        async with self._database.transaction(cast.org_id) as tx:
            key = await create_api_key(tx, cast.owner.actor, "test", scopes, utc_now())
        client = self.anonymous()
        client.headers["authorization"] = f"Bearer {key.token}"
        return client

    async def close(self) -> None:
        for client in self._open:
            await client.aclose()


@asynccontextmanager
async def clients_of(app: FastAPI, database: Database) -> AsyncIterator[Clients]:
    """Open clients for one test."""
    clients = Clients(app, database)
    yield clients
    await clients.close()


def prepared(database_url: str, prepare: Callable[[Database], Awaitable[T]]) -> T:
    """Do something with the database from a synchronous test, in a thread and a loop of its own."""

    async def connected() -> T:
        database = Database(database_url, pool_size=1)
        try:
            return await prepare(database)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(connected())).result()


def session_cookie(database_url: str, member: Member, site: str) -> dict[str, str]:
    """Return the cookie of a new session of somebody, as Playwright's `context.add_cookies([…])` takes it."""

    async def opened(database: Database) -> str:
        async with database.transaction(member.actor.org_id) as tx:
            origin = Origin("127.0.0.1", "test browser")
            return (await open_session(tx, member.actor.org_id, member.id, origin, utc_now())).token

    return {"name": SESSION_COOKIE, "value": prepared(database_url, opened), "url": site}
