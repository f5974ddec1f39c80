"""From a secret or an address into the organisation it belongs to: opens a numbered door and steps through."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, text

from oppspot.core.db import Database, Transaction


def _through(door: str, found: str) -> TextClause:
    # Finding and entering in one statement: every page and every uncached key pays for it.
    enter = "set_config('oppspot.org_id', CAST(org_id AS text), true)"
    return text(f"SELECT {enter}, org_id, {found} FROM {door}")  # noqa: S608 — constants of ours


_BY_SESSION: Final = _through("door_find_session(:key)", "session_id")
_BY_API_KEY: Final = _through("door_find_api_key(:key)", "key_id")
_BY_LOGIN: Final = _through("door_find_login(:key)", "user_id")
_BY_LINK: Final = _through("door_find_credential_token(:key)", "token_id")


Entering = AbstractAsyncContextManager[tuple[Transaction, UUID, UUID] | None]


@asynccontextmanager
async def _entered(
    database: Database, door: TextClause, key: str | bytes
) -> AsyncIterator[tuple[Transaction, UUID, UUID] | None]:
    async with database.outside() as tx:
        row = (await tx.execute(door, {"key": key})).one_or_none()
        yield (tx, row[1], row[2]) if row else None


def entered_by_session(database: Database, token_hash: bytes) -> Entering:
    """Yield a transaction in the organisation of a browser session, its id and the session's; None if unknown."""
    return _entered(database, _BY_SESSION, token_hash)


def entered_by_api_key(database: Database, prefix: str) -> Entering:
    """Yield a transaction in the organisation of an API key, its id and the key's; None if unknown."""
    return _entered(database, _BY_API_KEY, prefix)


def entered_by_login(database: Database, email: str) -> Entering:
    """Yield a transaction in the organisation of an address, its id and the user's; None if unknown."""
    return _entered(database, _BY_LOGIN, email)


def entered_by_link(database: Database, token_hash: bytes) -> Entering:
    """Yield a transaction in the organisation of a one-time link, its id and the link's; None if unknown."""
    return _entered(database, _BY_LINK, token_hash)
