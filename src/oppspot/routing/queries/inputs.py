"""Reads what routing decides on: people as they are now, and the fairness ledger."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.types import FairnessLedger, Rep

# Everybody who is, or was, somebody's rep: the closed accounts too, so that their credit is settled.
_REPS = text(
    """
    SELECT u.id, u.name, u.active, p.weight, p.max_open, p.available, p.skills, p.territories,
           coalesce(l.open_count, 0) AS open_count,
           (SELECT array_agg(m.team_id) FROM team_members AS m WHERE m.org_id = u.org_id AND m.user_id = u.id) AS teams
    FROM rep_profiles AS p
    JOIN users AS u ON u.org_id = p.org_id AND u.id = p.user_id
    LEFT JOIN rep_loads AS l ON l.org_id = p.org_id AND l.rep_id = p.user_id
    WHERE p.org_id = :org_id
    ORDER BY u.id
    """,
)


async def list_reps(tx: Transaction, org_id: UUID) -> list[Rep]:
    """Return every rep with their teams, limits and open leads, in the order of their ids."""
    return [
        Rep(
            id=row.id,
            name=row.name,
            team_ids=frozenset(row.teams or ()),
            weight=row.weight,
            max_open=row.max_open,
            open_count=row.open_count,
            available=row.available,
            active=row.active,
            skills=frozenset(row.skills),
            territories=frozenset(row.territories),
        )
        for row in await tx.execute(_REPS, {"org_id": org_id})
    ]


_LEDGERS = text(
    "SELECT pool, rep_id, credit FROM fairness_credits WHERE org_id = :org_id AND pool = ANY(CAST(:pools AS text[]))",
)


async def load_ledgers(tx: Transaction, org_id: UUID, pools: Sequence[str]) -> dict[str, FairnessLedger]:
    """Return the carried credits of pools, by pool; a pool never used is absent."""
    owed: dict[str, dict[UUID, int]] = defaultdict(dict)
    if pools:
        for row in await tx.execute(_LEDGERS, {"org_id": org_id, "pools": list(pools)}):
            owed[row.pool][row.rep_id] = row.credit
    return {pool: FairnessLedger(pool, amounts) for pool, amounts in owed.items()}


_NAMES = text(
    "SELECT id::text AS id, name FROM teams WHERE org_id = :org_id "
    "UNION ALL SELECT id::text, name FROM users WHERE org_id = :org_id",
)


async def target_names(tx: Transaction, org_id: UUID) -> dict[str, str]:
    """Return the names of teams and people by id as text, for sentences."""
    return {row.id: row.name for row in await tx.execute(_NAMES, {"org_id": org_id})}
