"""Moves an import from one state to the next, and tells the pages that show it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from oppspot.core.db import Database, Transaction
from oppspot.core.errors import Conflict, ProblemError
from oppspot.core.live import announce
from oppspot.leads.importing.readers import UnreadableTable
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.types import AT_WORK, ImportProgress, ImportStatus
from oppspot.leads.models import Import


async def lock_import(
    tx: Transaction, org_id: UUID, import_id: UUID, allowed: Collection[ImportStatus], doing: str
) -> Import:
    """Return an import that others cannot change meanwhile; raises Conflict unless its status is allowed."""
    found = await get_import(tx, org_id, import_id, for_update=True)
    if found.status not in allowed:
        raise Conflict(f"This import cannot be {doing}: it is {found.status}.")
    return found


async def save_import(tx: Transaction, found: Import, now: datetime) -> None:
    """Write an import's changed state, and tell open pages when it is committed."""
    found.moved_at = now
    await tx.flush()
    await announce(tx, found.org_id, [f"import:{found.id}", "imports"])


async def fail_import(
    database: Database, org_id: UUID, import_id: UUID, reason: str, back_to: ImportStatus, now: datetime
) -> None:
    """Say why the work on an import stopped."""
    async with database.transaction(org_id) as tx:
        found = await get_import(tx, org_id, import_id, for_update=True)
        if found.status in AT_WORK:
            found.status, found.error = back_to, reason[:2000]
            await save_import(tx, found, now)


def reason_of(error: Exception) -> str:
    """Return why the work stopped, in words for the person who imports; the log has the rest."""
    if isinstance(error, (UnreadableTable, ProblemError)):
        return str(error)
    happened = "The database refused the rows" if isinstance(error, DBAPIError) else "Something unforeseen happened"
    return f"{happened}. Nothing of the rows at hand was written; the rest stands."


def progress_of(found: Import) -> ImportProgress:
    """Return how far an import has come."""
    status = ImportStatus(found.status)
    return ImportProgress(status, found.processed_rows, found.total_rows, dict(found.counts), found.error)


async def standing_still(tx: Transaction, org_id: UUID, before: datetime) -> list[tuple[UUID, ImportStatus]]:
    """Return the imports whose work has not moved since `before`: their workers are gone."""
    statement = select(Import.id, Import.status).where(
        Import.org_id == org_id, Import.status.in_(AT_WORK), Import.moved_at < before
    )
    return [(row.id, ImportStatus(row.status)) for row in await tx.execute(statement)]
