"""Values of accounts: one-time links, log-in attempts, what a page knows of its reader."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from oppspot.accounts.permissions import Role
from oppspot.core.actor import Actor


class Purpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 — a name, not a password


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person about to be added."""

    email: str
    name: str
    role: Role
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a log-in comes from, as shown in the list of sessions."""

    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is looking at a page, and what its frame shows them."""

    actor: Actor
    user_id: UUID
    email: str
    organisation_name: str
    time_zone: str
    unread_notifications: int
    currency: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened; `token` is known to nobody but the browser it is given to."""

    id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key just made; `token` is shown once and cannot be read again."""

    id: UUID
    token: str
