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


_BY_SCORE = text(
    # LEAST passes over NULL: without the CASE a lead with no score would count among the best.
    "SELECT CASE WHEN score_overall IS NOT NULL THEN least(floor(score_overall / 10), 9)::int END AS place, count(*) "
    "FROM leads WHERE org_id = :org_id GROUP BY 1",
)


async def count_by_score(tx: Transaction, org_id: UUID) -> dict[int | None, int]:
    """Return how many leads score 0-9 (place 0), 10-19 (1) … 90-100 (9); None counts those without a score."""
    return {row[0]: row[1] for row in await tx.execute(_BY_SCORE, {"org_id": org_id})}
