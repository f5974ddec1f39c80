"""Forgotten and changed passwords."""

from datetime import datetime

from sqlalchemy import select, update

from oppspot.accounts.entering import entered_by_login
from oppspot.accounts.errors import WrongPassword
from oppspot.accounts.link_job import link_job
from oppspot.accounts.models import User
from oppspot.accounts.passwords import hash_password, password_matches
from oppspot.accounts.services.links import following, spend_links
from oppspot.accounts.services.sessions import revoke_sessions_of
from oppspot.accounts.types import Purpose
from oppspot.core import jobs
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Database
from oppspot.core.errors import Conflict
from oppspot.core.ids import new_id


async def request_password_reset(database: Database, email: str) -> None:
    """Have a link mailed to an address if it has an account; nothing, not even the time taken, tells whether it has.

    An address without an account gets a job all the same, for a person who does not exist.
    """
    async with entered_by_login(database, email) as entered:
        org_id, user_id = entered[1:] if entered else (new_id(), new_id())
    async with database.outside() as tx:
        await jobs.enqueue(tx, [link_job(org_id, user_id, Purpose.PASSWORD_RESET)])


async def reset_password(database: Database, token: str, password: str, now: datetime) -> None:
    """Set a new password by a mailed link and log out every browser; raises LinkSpent when the link is no good."""
    async with following(database, token, Purpose.PASSWORD_RESET, now):
        pass
    hashed = await hash_password(password)
    async with following(database, token, Purpose.PASSWORD_RESET, now) as (tx, holder):
        await spend_links(tx, holder.user_id, token, now)
        await tx.execute(update(User).where(User.id == holder.user_id).values(password_hash=hashed))
        count = await revoke_sessions_of(tx, holder.user_id, now)
        subject = ("user", holder.user_id)
        await record_audit(tx, holder.actor, "password.reset", subject, now, payload={"sessions_revoked": count})


async def change_password(database: Database, actor: Actor, current: str, password: str, now: datetime) -> int:
    """Change one's own password and log out one's other browsers; returns how many. Raises WrongPassword."""
    async with database.transaction(actor.org_id) as tx:
        stored = await tx.scalar(select(User.password_hash).where(User.id == actor.user_id))
    if not await password_matches(current, stored):
        raise WrongPassword
    hashed = await hash_password(password)
    async with database.transaction(actor.org_id) as tx:
        own = update(User).where(User.id == actor.user_id, User.password_hash == stored)
        if (await tx.execute(own.values(password_hash=hashed).returning(User.id))).one_or_none() is None:
            raise Conflict("The password was changed elsewhere just now.")
        spare = [actor.session_id] if actor.session_id else []
        count = await revoke_sessions_of(tx, actor.id, now, spare=spare) if actor.id else 0
        subject = ("user", actor.id)
        await record_audit(tx, actor, "password.changed", subject, now, payload={"sessions_revoked": count})
    return count
