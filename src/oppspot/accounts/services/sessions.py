"""Opening, keeping and revoking browser sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, update

from oppspot.accounts import rules
from oppspot.accounts.models import Session
from oppspot.accounts.types import NewSession, Origin
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.crypto import new_token, token_hash
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id

_LONGEST_USER_AGENT = 300


async def open_session(tx: Transaction, org_id: UUID, user_id: UUID, origin: Origin, now: datetime) -> NewSession:
    """Open a session for somebody whose password has just been checked."""
    opened = NewSession(new_id(), new_token())
    tx.add(
        Session(
            org_id=org_id,
            id=opened.id,
            user_id=user_id,
            token_hash=token_hash(opened.token),
            user_agent=origin.user_agent[:_LONGEST_USER_AGENT],
            ip=origin.ip,
            created_at=now,
            last_seen_at=now,
            expires_at=rules.session_ends_at(now, now),
        ),
    )
    await tx.flush()
    return opened


async def keep_session(tx: Transaction, session_id: UUID, created_at: datetime, now: datetime) -> None:
    """Note that a session is in use, which moves its end."""
    ends_at = rules.session_ends_at(created_at, now)
    await tx.execute(update(Session).where(Session.id == session_id).values(last_seen_at=now, expires_at=ends_at))


async def revoke_session(tx: Transaction, actor: Actor, session_id: UUID, now: datetime) -> None:
    """Log out one of the actor's own browsers; raises NotFound when it is not theirs or already out."""
    if not await _revoke(tx, now, Session.id == session_id, Session.user_id == actor.user_id):
        raise NotFound
    await record_audit(tx, actor, "session.revoked", ("session", session_id), now)


async def revoke_sessions_of(tx: Transaction, user_id: UUID, now: datetime, *, spare: Sequence[UUID] = ()) -> int:
    """Log out all of a person's browsers but the spared ones; returns how many."""
    return await _revoke(tx, now, Session.user_id == user_id, Session.id.not_in(spare))


async def _revoke(tx: Transaction, now: datetime, *which: Any) -> int:
    statement = update(Session).where(Session.revoked_at.is_(None), *which).values(revoked_at=now)
    return cast("CursorResult[Any]", await tx.execute(statement)).rowcount
