"""Reads the last turns of a pool: who got each lead, whose turn it was, and what it did to everybody's credit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.fairness import LEAD
from oppspot.routing.stretches import FailedTest

_TURNS = text(
    """
    SELECT a.assigned_at AS at, a.lead_id, a.rep_id, a.reason, d.id AS decision_id,
           coalesce(d.record ->> 'stretch_in', CAST(d.id AS text)) AS carrier,
           CAST(d.record ->> 'turn' AS integer) AS turn
    FROM assignments AS a
    LEFT JOIN routing_decisions AS d ON d.org_id = a.org_id AND d.id = a.decision_id
    WHERE a.org_id = :org_id AND a.pool = :pool
    ORDER BY a.assigned_at DESC, a.id DESC
    LIMIT :limit
    """,
)
_TABLES = text(
    "SELECT CAST(id AS text) AS id, record -> 'stretch' AS stretch FROM routing_decisions "
    "WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[]))",
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one turn did to a member: their credit before it, by how much it changed; the test they failed, if any."""

    before: int
    change: int
    failed: FailedTest | None


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """One lead of a pool: who got it, and whose turn it was (None when that is not known any more)."""

    at: datetime
    lead_id: UUID
    decision_id: UUID | None
    rep_id: UUID
    reason: str
    turn_of: UUID | None
    effects: Mapping[UUID, Effect]

    @property
    def was_preferred(self) -> bool:
        """Whether somebody got it whose turn it was not."""
        return self.turn_of is not None and self.turn_of != self.rep_id


async def list_turns(tx: Transaction, org_id: UUID, key: str, limit: int = 20) -> list[TurnTaken]:
    """Return the newest turns of a pool, the newest first, in two statements."""
    rows = (await tx.execute(_TURNS, {"org_id": org_id, "pool": key, "limit": limit})).all()
    carriers = sorted({row.carrier for row in rows if row.carrier})
    found = await tx.execute(_TABLES, {"org_id": org_id, "ids": carriers})
    tables = {row.id: row.stretch for row in found if row.stretch}
    return [_turn(row, tables.get(row.carrier)) for row in rows]


def _turn(row: Any, table: dict[str, Any] | None) -> TurnTaken:
    taken = table["turns"][row.turn] if table else None
    return TurnTaken(
        at=row.at,
        lead_id=row.lead_id,
        decision_id=row.decision_id,
        rep_id=row.rep_id,
        reason=row.reason,
        turn_of=UUID(table["reps"][taken[1]]["id"]) if table and taken else None,
        effects=effects_of(table, row.turn) if table else {},
    )


def effects_of(table: dict[str, Any], turn: int) -> dict[UUID, Effect]:
    """Return what a turn of a recorded stretch did to each member."""
    masks, turns = table["masks"], table["turns"]
    earlier, taken = Counter(mask for mask, *_ in turns[:turn]), Counter(turn_of for _, turn_of, *_ in turns[:turn])
    mask, turn_of, *_ = turns[turn]
    return {
        UUID(rep["id"]): Effect(
            before=table["credits"][place]
            + sum(count * masks[each]["shares"][place] for each, count in earlier.items())
            - taken[place] * LEAD,
            change=masks[mask]["shares"][place] - LEAD * (place == turn_of),
            failed=FailedTest(failed) if (failed := masks[mask]["failed"][place]) else None,
        )
        for place, rep in enumerate(table["reps"])
    }
