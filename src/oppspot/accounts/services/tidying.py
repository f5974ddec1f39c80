"""Removes what nobody needs any more: sessions and links long over."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete

from oppspot.accounts.models import CredentialToken, Session
from oppspot.core.db import Database, Transaction
from oppspot.core.organisations import visit_all

KEPT: Final = timedelta(days=30)


async def tidy(database: Database, now: datetime) -> int:
    """Remove sessions and links that ended more than 30 days ago, organisation by organisation; returns how many."""

    async def remove(tx: Transaction, org_id: UUID) -> int:
        gone = 0
        for model in (Session, CredentialToken):
            done = await tx.execute(delete(model).where(model.org_id == org_id, model.expires_at < now - KEPT))
            gone += done.rowcount  # type: ignore[attr-defined]
        return gone

    return await visit_all(database, remove)
