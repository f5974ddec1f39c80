"""Who and what a configuration can name."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.checking import Directory
from oppspot.routing.coverage import Cover


@dataclass(frozen=True, slots=True)
class Targets:
    """Teams and reps, each with id and name, by name."""

    teams: tuple[tuple[UUID, str], ...]
    reps: tuple[tuple[UUID, str], ...]


_TEAMS = text("SELECT id, name FROM teams WHERE org_id = :org_id ORDER BY name")
_REPS = text(
    "SELECT u.id, u.name FROM users AS u JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.can_work ORDER BY u.name",
)


async def list_targets(tx: Transaction, org_id: UUID) -> Targets:
    """Return everybody a rule can name."""
    key = {"org_id": org_id}
    teams = tuple((row.id, row.name) for row in await tx.execute(_TEAMS, key))
    return Targets(teams, tuple((row.id, row.name) for row in await tx.execute(_REPS, key)))


# Skills are a list of names, or names with levels; as JSON both are read the same.
_EVERYBODY = text(
    """
    SELECT id::text AS id, name, 'team' AS kind, NULL::jsonb AS skills FROM teams WHERE org_id = :org_id
    UNION ALL
    SELECT u.id::text, u.name,
           CASE WHEN NOT u.active THEN 'closed' WHEN NOT u.can_work THEN 'viewer'
                WHEN p.user_id IS NULL THEN 'person' ELSE 'rep' END,
           to_jsonb(p.skills)
    FROM users AS u LEFT JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id
    WHERE u.org_id = :org_id
    ORDER BY 2, 1
    """,
)


async def load_directory(tx: Transaction, org_id: UUID) -> Directory:
    """Return whom and what a configuration can name, by name."""
    rows = (await tx.execute(_EVERYBODY, {"org_id": org_id})).all()

    def of(*kinds: str) -> dict[str, str]:
        return {row.id: row.name for row in rows if row.kind in kinds}

    skills = frozenset(skill for row in rows if row.kind == "rep" for skill in _names(row.skills))
    everything = {row.id: row.name for row in rows}
    return Directory(of("team"), of("rep"), of("rep", "person"), everything, frozenset(of("viewer")), skills)


def _names(skills: Any) -> list[str]:
    return list(skills or ())


_COVER = text(
    "SELECT u.id, u.name, p.territories FROM users AS u "
    "JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.can_work ORDER BY u.name, u.id",
)


async def list_cover(tx: Transaction, org_id: UUID) -> list[Cover]:
    """Return who covers what, by name."""
    rows = await tx.execute(_COVER, {"org_id": org_id})
    return [Cover(row.id, row.name, tuple(row.territories)) for row in rows]
