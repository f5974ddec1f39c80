"""How many leads stand where."""

from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction

_BY_VERDICT = text(
    "SELECT bant_status, count(*) FROM leads WHERE org_id = :org_id GROUP BY bant_status ORDER BY bant_status",
)


async def count_by_verdict(tx: Transaction, org_id: UUID) -> list[tuple[str, int]]:
    """Return each verdict with how many leads have it."""
    return [(row[0], row[1]) for row in await tx.execute(_BY_VERDICT, {"org_id": org_id}) if row[0]]
