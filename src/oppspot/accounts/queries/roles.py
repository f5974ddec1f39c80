"""Who is there, by what their role lets them be: whoever answers for leads, and whoever can have any."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.permissions import Role
from oppspot.core.db import Transaction

MANAGING: Final = (Role.OWNER, Role.MANAGER)


class Joined(NamedTuple):
    """Somebody who has accepted their invitation and is still here."""

    id: UUID
    role: str
    name: str


_JOINED: Final = text(
    "SELECT id, role, name FROM users WHERE org_id = :org_id AND can_work AND password_hash IS NOT NULL "
    "AND role = ANY(CAST(:roles AS text[])) ORDER BY created_at, id",
)


async def list_joined(tx: Transaction, org_id: UUID, roles: Sequence[Role] = tuple(Role)) -> list[Joined]:
    """Return who has joined and can work leads, whoever has been there longest first."""
    return [Joined(*row) for row in await tx.execute(_JOINED, {"org_id": org_id, "roles": list(roles)})]


async def find_managers(tx: Transaction, org_id: UUID) -> tuple[UUID, ...]:
    """Return the owners and managers: whom notices about everybody's leads go to."""
    return tuple(person.id for person in await list_joined(tx, org_id, MANAGING))


_CAN_WORK: Final = text("SELECT FROM users WHERE org_id = :org_id AND id = :id AND can_work")


async def can_work(tx: Transaction, org_id: UUID, user_id: UUID) -> bool:
    """Return whether somebody can be given work, or a company: an active person who is no viewer."""
    return (await tx.execute(_CAN_WORK, {"org_id": org_id, "id": user_id})).first() is not None
