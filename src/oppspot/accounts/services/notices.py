"""Reading notices, and whether they also come by e-mail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from oppspot.accounts.models import Notification, User
from oppspot.core import live
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound


async def mark_read(tx: Transaction, actor: Actor, notification_id: UUID, now: datetime) -> str:
    """Note that one of the actor's own notices was read; returns the path it leads to, or nothing. Raises NotFound."""
    own = (Notification.id == notification_id, Notification.user_id == actor.user_id)
    url = (await tx.execute(select(Notification.url).where(*own))).scalar_one_or_none()
    if url is None:
        raise NotFound
    unread = update(Notification).where(*own, Notification.read_at.is_(None))
    await tx.execute(unread.values(read_at=now))
    await live.announce(tx, actor.org_id, [f"user:{actor.user_id}"])
    return url


async def mark_all_read(tx: Transaction, actor: Actor, now: datetime) -> None:
    """Note that all of the actor's notices were read."""
    own = (Notification.user_id == actor.user_id, Notification.read_at.is_(None))
    await tx.execute(update(Notification).where(*own).values(read_at=now))
    await live.announce(tx, actor.org_id, [f"user:{actor.user_id}"])


async def choose_emails(tx: Transaction, actor: Actor, wanted: bool, now: datetime) -> None:
    """Choose whether one's own notices also come by e-mail."""
    other = update(User).where(User.id == actor.user_id, User.email_notices.is_not(wanted))
    if (await tx.execute(other.values(email_notices=wanted).returning(User.id))).one_or_none():
        subject = ("user", actor.id)
        await record_audit(tx, actor, "user.email_notices_changed", subject, now, payload={"wanted": wanted})
