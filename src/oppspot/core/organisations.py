"""The list of organisations, for sweeps that visit each in turn."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Database


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """An organisation's identifier and short name."""

    id: UUID
    slug: str


async def list_organisations(database: Database) -> list[OrganisationName]:
    """Return all organisations, through door 5."""
    async with database.outside() as tx:
        rows = await tx.execute(text("SELECT org_id, slug FROM door_list_organisations()"))
        return [OrganisationName(row.org_id, row.slug) for row in rows]
