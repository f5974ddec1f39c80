"""A person's notices, newest first."""

from uuid import UUID

from sqlalchemy import select

from oppspot.accounts.models import Notification
from oppspot.accounts.queries.cursors import read_id
from oppspot.core.db import Transaction
from oppspot.core.pagination import Page, encode_cursor


async def list_notices(
    tx: Transaction, user_id: UUID, *, unread_only: bool = False, limit: int = 50, cursor: str | None = None
) -> Page[Notification]:
    """Return a page of notices. Identifiers are time-ordered, so they are the order."""
    statement = select(Notification).where(Notification.user_id == user_id)
    if unread_only:
        statement = statement.where(Notification.read_at.is_(None))
    if cursor:
        statement = statement.where(Notification.id < read_id(cursor))
    found = (await tx.scalars(statement.order_by(Notification.id.desc()).limit(limit + 1))).all()
    shown = found[:limit]
    return Page(shown, encode_cursor([str(shown[-1].id)]) if len(found) > limit else None)
