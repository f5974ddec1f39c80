"""Reads what became of leads that chance gave away, and what is believed of everybody."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.optimising import Ended
from oppspot.routing.people import Outcomes

_ENDED: Final = text(
    """
    SELECT d.rep_id, d.record -> 'decision' -> 'propensities' AS propensities,
           d.record -> 'decision' -> 'expected' AS expected, l.status IN ('qualified', 'converted') AS won
    FROM routing_decisions AS d
    JOIN assignments AS a ON a.org_id = d.org_id AND a.decision_id = d.id AND a.lead_id = d.lead_id
    JOIN leads AS l ON l.org_id = d.org_id AND l.id = d.lead_id
    WHERE d.org_id = :org_id AND d.at >= :since AND d.record -> 'decision' ? 'propensities'
      AND a.status = 'completed' AND a.rep_id = d.rep_id
    """,
)


async def list_ended(tx: Transaction, org_id: UUID, since: datetime) -> list[Ended]:
    """Return the leads given by chance since then that whoever got them has completed."""
    return [
        Ended(row.rep_id, _by_rep(row.propensities), _by_rep(row.expected), row.won)
        for row in await tx.execute(_ENDED, {"org_id": org_id, "since": since})
    ]


def _by_rep(document: dict[str, float]) -> dict[UUID, float]:
    return {UUID(rep): value for rep, value in document.items()}


_OUTCOMES: Final = text(
    """
    SELECT u.id, u.name, o.priority, coalesce(o.trials, 0) AS trials, coalesce(o.wins, 0) AS wins,
           coalesce(o.value, 0) AS value
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_outcomes AS o ON o.org_id = p.org_id AND o.rep_id = p.user_id
    WHERE p.org_id = :org_id AND u.can_work ORDER BY u.name, u.id
    """,
)


async def list_histories(tx: Transaction, org_id: UUID) -> dict[tuple[UUID, str], dict[str, Outcomes]]:
    """Return what became of everybody's leads in the last 180 days, by person (id, name) and priority."""
    found: dict[tuple[UUID, str], dict[str, Outcomes]] = defaultdict(dict)
    for row in await tx.execute(_OUTCOMES, {"org_id": org_id}):
        history = found[row.id, row.name]
        if row.priority:
            history[row.priority] = Outcomes(row.trials, row.wins, row.value)
    return dict(found)
