"""Who and what a rule can send leads to."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction


@dataclass(frozen=True, slots=True)
class Targets:
    """Teams and reps, each with id and name, by name."""

    teams: tuple[tuple[UUID, str], ...]
    reps: tuple[tuple[UUID, str], ...]


_TEAMS = text("SELECT id, name FROM teams WHERE org_id = :org_id ORDER BY name")
_REPS = text(
    "SELECT u.id, u.name FROM users AS u JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.active ORDER BY u.name",
)


async def list_targets(tx: Transaction, org_id: UUID) -> Targets:
    """Return everybody a rule can name."""
    key = {"org_id": org_id}
    teams = tuple((row.id, row.name) for row in await tx.execute(_TEAMS, key))
    return Targets(teams, tuple((row.id, row.name) for row in await tx.execute(_REPS, key)))
