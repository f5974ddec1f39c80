"""Logging in and out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from oppspot.accounts import rules
from oppspot.accounts.entering import entered_by_login, entered_by_session
from oppspot.accounts.errors import WrongCredentials
from oppspot.accounts.models import User
from oppspot.accounts.passwords import password_matches
from oppspot.accounts.queries.identities import find_live_session
from oppspot.accounts.services.sessions import open_session, revoke_session
from oppspot.accounts.throttling import Throttle
from oppspot.accounts.types import NewSession, Origin
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.audit import record_audit
from oppspot.core.crypto import token_hash
from oppspot.core.db import Database

_WHAT = "login"


@dataclass(frozen=True, slots=True)
class _Candidate:
    actor: Actor
    user_id: UUID
    password_hash: str


async def log_in(
    database: Database, throttle: Throttle, email: str, password: str, origin: Origin, now: datetime
) -> NewSession:
    """Open a session for whoever knows the password.

    Raises WrongCredentials, the same for a wrong password, an unknown address, an invitation not accepted and a
    deactivated person; TooManyRequests after 10 attempts in 15 minutes for an address, 100 for a network address.
    """
    email = email.strip().lower()
    await throttle.admit(_WHAT, email, origin.ip)
    found = await _find(database, email)
    if not await password_matches(password, found.password_hash if found else None) or found is None:
        if found is not None:
            await _record_failure(database, found, origin, now)
        raise WrongCredentials
    opened = await _open(database, found, origin, now)
    await throttle.forgive(_WHAT, email)
    return opened


async def _find(database: Database, email: str) -> _Candidate | None:
    async with entered_by_login(database, email) as entered:
        if entered is None:
            return None
        tx, _, user_id = entered
        user = (await tx.scalars(select(User).where(User.id == user_id, User.active))).one_or_none()
    if user is None or user.password_hash is None:
        return None
    actor = Actor(user.org_id, ActorKind.USER, user.id, user.name, rules.permissions_of(user.role), role=user.role)
    return _Candidate(actor, user.id, user.password_hash)


async def _record_failure(database: Database, found: _Candidate, origin: Origin, now: datetime) -> None:
    async with database.transaction(found.actor.org_id) as tx:
        await record_audit(tx, found.actor, "login.failed", ("user", found.user_id), now, payload={"ip": origin.ip})


async def _open(database: Database, found: _Candidate, origin: Origin, now: datetime) -> NewSession:
    async with database.transaction(found.actor.org_id) as tx:
        # The password was checked outside this transaction; it must still be the one that was checked.
        same = (User.id == found.user_id, User.active, User.password_hash == found.password_hash)
        changed = await tx.execute(update(User).where(*same).values(last_login_at=now).returning(User.id))
        if changed.one_or_none() is None:
            raise WrongCredentials
        opened = await open_session(tx, found.actor.org_id, found.user_id, origin, now)
        await record_audit(tx, found.actor, "login.succeeded", ("user", found.user_id), now, payload={"ip": origin.ip})
        return opened


async def log_out(database: Database, token: str, now: datetime) -> None:
    """End the session a browser's token stands for, if it stands for one."""
    async with entered_by_session(database, token_hash(token)) as entered:
        if entered is None:
            return
        tx, _, session_id = entered
        live = await find_live_session(tx, session_id, now)
        if live is not None:
            await revoke_session(tx, live.reader.actor, session_id, now)
