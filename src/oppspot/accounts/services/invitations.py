"""Inviting people by a link, and what happens when they follow it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from oppspot.accounts.errors import LinkSpent
from oppspot.accounts.link_job import link_job
from oppspot.accounts.models import User
from oppspot.accounts.passwords import hash_password
from oppspot.accounts.queries.people import get_user
from oppspot.accounts.services.links import following, make_link, spend_links
from oppspot.accounts.services.sessions import open_session
from oppspot.accounts.services.users import create_user, require_grant
from oppspot.accounts.types import NewSession, NewUser, Origin, Purpose
from oppspot.core import jobs
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Database, Transaction
from oppspot.core.errors import Conflict
from oppspot.corridor.errands import retry_unrouted


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation just made. The inviter is shown the token; the e-mail carries one of its own."""

    user_id: UUID
    token: str
    expires_at: datetime


async def invite_user(tx: Transaction, actor: Actor, person: NewUser, now: datetime) -> Invitation:
    """Add somebody who will choose a password later; an e-mail with a link is on its way when this commits."""
    user = await create_user(tx, actor, person, now)
    return await _invite(tx, actor, user, now)


async def renew_invitation(tx: Transaction, actor: Actor, user_id: UUID, now: datetime) -> Invitation:
    """Invite somebody again who has not accepted yet; raises Conflict when they have."""
    user = await get_user(tx, user_id)
    require_grant(actor, user.role)
    if user.password_hash is not None or not user.active:
        raise Conflict("Only somebody who has not accepted yet can be invited again.")
    return await _invite(tx, actor, user, now)


async def _invite(tx: Transaction, actor: Actor, user: User, now: datetime) -> Invitation:
    link = await make_link(tx, actor.org_id, user.id, Purpose.INVITATION, now)
    await jobs.enqueue(tx, [link_job(actor.org_id, user.id, Purpose.INVITATION, asked_by=actor.user_id)])
    await record_audit(tx, actor, "user.invited", ("user", user.id), now, payload={"email": user.email})
    return Invitation(user.id, link.token, link.expires_at)


async def accept_invitation(
    database: Database, token: str, name: str, password: str, origin: Origin, now: datetime
) -> NewSession:
    """Set the name and password of an invited person and log them in; raises LinkSpent when the link is no good."""
    # Hashed before the transaction, which should not wait for it; whoever has no link gets nothing hashed.
    async with following(database, token, Purpose.INVITATION, now):
        pass
    hashed = await hash_password(password)
    async with following(database, token, Purpose.INVITATION, now) as (tx, holder):
        await spend_links(tx, holder.user_id, token, now)
        fresh = update(User).where(User.id == holder.user_id, User.password_hash.is_(None))
        changed = fresh.values(password_hash=hashed, name=name, last_login_at=now).returning(User.id)
        if (await tx.execute(changed)).one_or_none() is None:
            raise LinkSpent
        await jobs.enqueue(tx, [retry_unrouted(holder.actor.org_id)])
        await record_audit(tx, holder.actor, "invitation.accepted", ("user", holder.user_id), now)
        return await open_session(tx, holder.actor.org_id, holder.user_id, origin, now)
