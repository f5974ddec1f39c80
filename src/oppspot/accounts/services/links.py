"""One-time links: made, looked up by their token, and spent exactly once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from oppspot.accounts import rules
from oppspot.accounts.entering import entered_by_link
from oppspot.accounts.errors import LinkSpent
from oppspot.accounts.models import CredentialToken, Organisation, User
from oppspot.accounts.types import Purpose
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.crypto import new_token, token_hash
from oppspot.core.db import Database, Transaction
from oppspot.core.ids import new_id


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made; `token` is not kept."""

    id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whom a link that still works belongs to."""

    user_id: UUID
    actor: Actor
    email: str
    organisation_name: str


async def make_link(tx: Transaction, org_id: UUID, user_id: UUID, purpose: Purpose, now: datetime) -> NewLink:
    """Make a link for somebody; earlier ones keep working until one of them is used."""
    made = NewLink(new_id(), new_token(), now + rules.LINK_LIFE[purpose])
    tx.add(
        CredentialToken(
            org_id=org_id,
            id=made.id,
            user_id=user_id,
            purpose=purpose.value,
            token_hash=token_hash(made.token),
            created_at=now,
            expires_at=made.expires_at,
        ),
    )
    await tx.flush()
    return made


@asynccontextmanager
async def following(
    database: Database, token: str, purpose: Purpose, now: datetime
) -> AsyncIterator[tuple[Transaction, LinkHolder]]:
    """Enter the organisation of a link that still works; raises LinkSpent for any other."""
    async with entered_by_link(database, token_hash(token)) as entered:
        holder = await _find_holder(entered[0], entered[2], purpose, now) if entered else None
        if entered is None or holder is None:
            raise LinkSpent
        yield entered[0], holder


async def _find_holder(tx: Transaction, link_id: UUID, purpose: Purpose, now: datetime) -> LinkHolder | None:
    row = (
        await tx.execute(
            select(User.org_id, User.id, User.name, User.email, User.role, Organisation.name.label("organisation"))
            .join(CredentialToken, (CredentialToken.org_id == User.org_id) & (CredentialToken.user_id == User.id))
            .join(Organisation, Organisation.id == User.org_id)
            .where(CredentialToken.id == link_id, CredentialToken.purpose == purpose.value, User.active)
            .where(CredentialToken.used_at.is_(None), CredentialToken.expires_at > now),
        )
    ).one_or_none()
    if row is None:
        return None
    actor = Actor(row.org_id, ActorKind.USER, row.id, row.name, rules.permissions_of(row.role), role=row.role)
    return LinkHolder(row.id, actor, row.email, row.organisation)


async def spend_links(tx: Transaction, user_id: UUID, token: str, now: datetime) -> None:
    """Use a link, and with it every other link of the person; raises LinkSpent when somebody was faster."""
    unused = update(CredentialToken).where(CredentialToken.user_id == user_id, CredentialToken.used_at.is_(None))
    spent = await tx.scalars(unused.values(used_at=now).returning(CredentialToken.token_hash))
    if token_hash(token) not in {bytes(found) for found in spent}:
        raise LinkSpent


async def withdraw_links(tx: Transaction, user_id: UUID, now: datetime) -> None:
    """Make every link of a person useless."""
    unused = update(CredentialToken).where(CredentialToken.user_id == user_id, CredentialToken.used_at.is_(None))
    await tx.execute(unused.values(used_at=now))
