"""A person's browsers that are logged in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from oppspot.accounts.models import Session
from oppspot.core.db import Transaction


async def list_sessions(tx: Transaction, user_id: UUID, now: datetime) -> list[Session]:
    """Return the sessions in force, last used first."""
    in_force = (Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > now)
    return list((await tx.scalars(select(Session).where(*in_force).order_by(Session.last_seen_at.desc()))).all())
