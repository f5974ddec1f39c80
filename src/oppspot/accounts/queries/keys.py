"""API keys as they are listed: never with their secret."""

from uuid import UUID

from sqlalchemy import select

from oppspot.accounts.models import ApiKey
from oppspot.accounts.queries.cursors import read_id
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.pagination import Page, encode_cursor


async def list_api_keys(tx: Transaction, *, limit: int = 100, cursor: str | None = None) -> Page[ApiKey]:
    """Return a page of keys, newest first, revoked ones included."""
    statement = select(ApiKey).order_by(ApiKey.id.desc())
    if cursor:
        statement = statement.where(ApiKey.id < read_id(cursor))
    found = (await tx.scalars(statement.limit(limit + 1))).all()
    shown = found[:limit]
    return Page(shown, encode_cursor([str(shown[-1].id)]) if len(found) > limit else None)


async def get_api_key(tx: Transaction, key_id: UUID) -> ApiKey:
    """Return a key; raises NotFound."""
    key = (await tx.scalars(select(ApiKey).where(ApiKey.id == key_id))).one_or_none()
    if key is None:
        raise NotFound
    return key
