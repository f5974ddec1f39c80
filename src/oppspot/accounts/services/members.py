"""What changes about people who are already here: name, role, whether they may come in at all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from oppspot.accounts.errors import LastOwner
from oppspot.accounts.models import User
from oppspot.accounts.permissions import Role
from oppspot.accounts.queries.people import get_user
from oppspot.accounts.services.links import withdraw_links
from oppspot.accounts.services.sessions import revoke_sessions_of
from oppspot.accounts.services.users import require_grant
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict
from oppspot.core.jobs import enqueue
from oppspot.corridor.errands import retry_unrouted
from oppspot.routing.redistribution.errands import give_away_leads_of


async def rename_user(tx: Transaction, actor: Actor, user_id: UUID, name: str, now: datetime) -> None:
    """Change what somebody is called."""
    user = await get_user(tx, user_id, lock=True)
    if user_id != actor.user_id:
        require_grant(actor, user.role)
    if user.name == name:
        return
    payload = {"from": user.name, "to": name}
    user.name = name
    await record_audit(tx, actor, "user.renamed", ("user", user_id), now, payload=payload)


async def change_role(tx: Transaction, actor: Actor, user_id: UUID, role: Role, now: datetime) -> None:
    """Give somebody another role; it holds from their next request on.

    The open leads of somebody who only looks on from then on go to colleagues soon after.
    Raises LastOwner, and BeyondOwnPermissions when the old or the new role may do more than the actor may.
    """
    owners = await _lock_owners(tx)
    user = await get_user(tx, user_id, lock=True)
    require_grant(actor, user.role)
    require_grant(actor, role)
    if user.role == role:
        return
    _keep_an_owner(owners, user)
    payload = {"from": user.role, "to": role.value}
    user.role = role.value
    if role is Role.VIEWER:
        await enqueue(tx, [give_away_leads_of(actor.org_id, user_id)])
    elif payload["from"] == Role.VIEWER:
        await enqueue(tx, [retry_unrouted(actor.org_id)])
    await record_audit(tx, actor, "user.role_changed", ("user", user_id), now, payload=payload)


async def deactivate_user(tx: Transaction, actor: Actor, user_id: UUID, now: datetime) -> None:
    """Shut somebody out at once: sessions end, links stop working, routing passes them over.

    Their open leads go to colleagues soon after.
    """
    owners = await _lock_owners(tx)
    user = await get_user(tx, user_id, lock=True)
    require_grant(actor, user.role)
    if user_id == actor.user_id:
        raise Conflict("You cannot deactivate yourself. Ask another owner or manager.")
    if not user.active:
        return
    _keep_an_owner(owners, user)
    user.active = False
    count = await revoke_sessions_of(tx, user_id, now)
    await withdraw_links(tx, user_id, now)
    await enqueue(tx, [give_away_leads_of(actor.org_id, user_id)])
    await record_audit(tx, actor, "user.deactivated", ("user", user_id), now, payload={"sessions_revoked": count})


async def reactivate_user(tx: Transaction, actor: Actor, user_id: UUID, now: datetime) -> None:
    """Let somebody in again, with the role and the password they had."""
    user = await get_user(tx, user_id, lock=True)
    require_grant(actor, user.role)
    if user.active:
        return
    user.active = True
    await enqueue(tx, [retry_unrouted(actor.org_id)])
    await record_audit(tx, actor, "user.reactivated", ("user", user_id), now)


async def _lock_owners(tx: Transaction) -> frozenset[UUID]:
    """Return the active owners, locked: two owners demoting each other at once must not both succeed."""
    owners = select(User.id).where(User.role == Role.OWNER.value, User.active).order_by(User.id)
    return frozenset((await tx.scalars(owners.with_for_update(key_share=True))).all())


def _keep_an_owner(owners: frozenset[UUID], user: User) -> None:
    if owners == {user.id}:
        raise LastOwner
