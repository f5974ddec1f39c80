"""Who is doing something, and what they may do; every service takes one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, an API key or the product itself, acting inside exactly one organisation.

    `id` is the user's or key's identifier, None for the product itself.
    """

    org_id: UUID
    kind: ActorKind
    id: UUID | None
    name: str
    permissions: frozenset[str]
    role: str | None = None
    session_id: UUID | None = None

    def can(self, permission: str) -> bool:
        """Answer whether this actor holds a permission; the product itself holds all."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    @property
    def user_id(self) -> UUID | None:
        """The user behind the actor, if it is one."""
        return self.id if self.kind is ActorKind.USER else None


SYSTEM_NAME: Final = "oppSpot"


def system_actor(org_id: UUID) -> Actor:
    """Return the product itself, acting for one organisation (sweeps, jobs, seeding)."""
    return Actor(org_id=org_id, kind=ActorKind.SYSTEM, id=None, name=SYSTEM_NAME, permissions=frozenset())
