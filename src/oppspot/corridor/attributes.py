"""The custom fields that an organisation's leads may carry, for checking what comes in."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from oppspot.conditions.types import FieldType
from oppspot.core.db import Database
from oppspot.leads.types import AttributeDeclaration

_DECLARED = text("SELECT key, type, choices FROM attribute_definitions WHERE org_id = :org_id AND archived_at IS NULL")


async def declarations_of(database: Database, org_id: UUID) -> Mapping[str, AttributeDeclaration]:
    """Return the declared custom fields by key."""
    async with database.transaction(org_id) as tx:
        rows = await tx.execute(_DECLARED, {"org_id": org_id})
        return {row.key: AttributeDeclaration(row.key, FieldType(row.type), tuple(row.choices or ())) for row in rows}
