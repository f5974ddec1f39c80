"""Removes what nobody needs any more: sessions and links long over."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, text

from oppspot.accounts.models import CredentialToken, Session
from oppspot.core.db import Database

KEPT: Final = timedelta(days=30)
_ORGANISATIONS = text("SELECT org_id FROM door_list_organisations()")


async def tidy(database: Database, now: datetime) -> None:
    """Remove sessions and links that ended more than 30 days ago, organisation by organisation."""
    async with database.outside() as tx:
        org_ids: list[UUID] = list((await tx.execute(_ORGANISATIONS)).scalars())
    for org_id in org_ids:
        async with database.transaction(org_id) as tx:
            await tx.execute(delete(Session).where(Session.expires_at < now - KEPT))
            await tx.execute(delete(CredentialToken).where(CredentialToken.expires_at < now - KEPT))
