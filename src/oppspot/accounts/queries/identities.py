"""Who a session or a key stands for; the two reads every request may pay for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from oppspot.accounts import rules
from oppspot.accounts.currencies import DEFAULT
from oppspot.accounts.models import ApiKey, Notification, Organisation, RepProfile, Session, User
from oppspot.accounts.types import Reader
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.db import Transaction


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session in force and its reader."""

    reader: Reader
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class LiveKey:
    """A key in force."""

    actor: Actor
    secret_hash: bytes
    expires_at: datetime | None
    last_used_at: datetime | None


_UNREAD = (
    select(func.count())
    .where(Notification.org_id == User.org_id, Notification.user_id == User.id, Notification.read_at.is_(None))
    .correlate(User)
    .scalar_subquery()
)
_SESSION = (
    select(
        Session.id.label("session_id"),
        Session.created_at,
        Session.last_seen_at,
        User.org_id,
        User.id,
        User.name,
        User.email,
        User.role,
        Organisation.name.label("organisation_name"),
        func.coalesce(RepProfile.time_zone, Organisation.time_zone).label("time_zone"),
        func.coalesce(Organisation.settings["currency"].astext, DEFAULT).label("currency"),
        _UNREAD.label("unread"),
    )
    .join(User, (User.org_id == Session.org_id) & (User.id == Session.user_id))
    .join(Organisation, Organisation.id == Session.org_id)
    .outerjoin(RepProfile, (RepProfile.org_id == User.org_id) & (RepProfile.user_id == User.id))
)


async def find_live_session(tx: Transaction, session_id: UUID, now: datetime) -> LiveSession | None:
    """Return a session that is neither revoked nor over and whose user is active."""
    in_force = (Session.id == session_id, Session.revoked_at.is_(None), Session.expires_at > now, User.active)
    row = (await tx.execute(_SESSION.where(*in_force))).one_or_none()
    return LiveSession(_reader(row), row.created_at, row.last_seen_at) if row else None


def _reader(row: Any) -> Reader:
    actor = Actor(
        org_id=row.org_id,
        kind=ActorKind.USER,
        id=row.id,
        name=row.name,
        permissions=rules.permissions_of(row.role),
        role=row.role,
        session_id=row.session_id,
    )
    return Reader(actor, row.id, row.email, row.organisation_name, row.time_zone, row.unread, row.currency)


async def find_live_key(tx: Transaction, key_id: UUID, now: datetime) -> LiveKey | None:
    """Return a key that is neither revoked nor over."""
    key = (await tx.scalars(select(ApiKey).where(ApiKey.id == key_id))).one_or_none()
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return None
    actor = Actor(
        org_id=key.org_id,
        kind=ActorKind.API_KEY,
        id=key.id,
        name=key.name,
        permissions=frozenset(key.scopes),
    )
    return LiveKey(actor, bytes(key.secret_hash), key.expires_at, key.last_used_at)
