"""Keeps the decisions of leads that stay whole when leads go whose decisions held a table of candidates for them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, text

from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.routing.models import RoutingDecisionRecord
from oppspot.routing.records import hand_over

# Decisions that share a table are of one batch, so of one moment: that is what the index finds them by.
_HEIRS: Final = text(
    """
    SELECT d.*, c.id AS carrier_id, c.record -> 'stretch' AS stretch
    FROM routing_decisions AS c
    JOIN routing_decisions AS d ON d.org_id = c.org_id AND d.at = c.at AND d.record ->> 'stretch_in' = c.id::text
    WHERE c.org_id = :org_id AND c.lead_id = ANY(CAST(:ids AS uuid[])) AND c.record ? 'stretch'
      AND d.lead_id <> ALL(CAST(:ids AS uuid[]))
    """,
)


async def hand_over_tables(tx: Transaction, org_id: UUID, lead_ids: Sequence[str]) -> None:
    """Give the tables that decisions of these leads carry to decisions of other leads that need them.

    Decisions are appended and never changed: those that inherit are written anew, under the same identifiers.
    """
    heirs: dict[UUID, list[Any]] = defaultdict(list)
    for row in await tx.execute(_HEIRS, {"org_id": org_id, "ids": lead_ids}):
        heirs[row.carrier_id].append(row)
    rewritten = [row for rows in heirs.values() for row in _rewritten(rows)]
    if not rewritten:
        return
    ids = [row["id"] for row in rewritten]
    await tx.execute(
        delete(RoutingDecisionRecord)
        .where(RoutingDecisionRecord.org_id == org_id, RoutingDecisionRecord.id.in_(ids))
        .execution_options(synchronize_session=False),
    )
    await insert_rows(tx, RoutingDecisionRecord, rewritten)


_COLUMNS: Final = tuple(RoutingDecisionRecord.__table__.c.keys())


def _rewritten(rows: Sequence[Any]) -> list[dict[str, Any]]:
    records = hand_over(rows[0].stretch, {row.id: row.record for row in rows})
    return [{name: getattr(row, name) for name in _COLUMNS} | {"record": records[row.id]} for row in rows]
