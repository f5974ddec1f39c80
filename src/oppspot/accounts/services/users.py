"""Adding people to an organisation, changing their role, and taking them out."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from oppspot.accounts import rules
from oppspot.accounts.errors import AddressTaken, BeyondOwnPermissions
from oppspot.accounts.models import RepProfile, User
from oppspot.accounts.types import NewUser
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.audit import record_audit
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id


def require_grant(actor: Actor, role: str) -> None:
    """Refuse to let somebody give or take a role that may do more than they may themselves."""
    if actor.kind is not ActorKind.SYSTEM and not rules.may_grant(actor.permissions, rules.permissions_of(role)):
        raise BeyondOwnPermissions


async def create_user(
    tx: Transaction, actor: Actor, person: NewUser, now: datetime, *, password_hash: str | None = None
) -> User:
    """Add a person, with the profile routing reads; without a password hash they cannot log in yet.

    Raises AddressTaken, also when the account is in another organisation: an address logs in to exactly one.
    """
    require_grant(actor, person.role)
    user = User(
        org_id=actor.org_id,
        id=new_id(),
        email=person.email.lower(),
        name=person.name,
        role=person.role.value,
        password_hash=password_hash,
        active=True,
        created_at=now,
    )
    await _insert(tx, user)
    tx.add(RepProfile(org_id=actor.org_id, user_id=user.id, time_zone=person.time_zone))
    await tx.flush()
    payload = {"email": user.email, "role": user.role}
    await record_audit(tx, actor, "user.created", ("user", user.id), now, payload=payload)
    return user


async def _insert(tx: Transaction, user: User) -> None:
    names = ("org_id", "id", "email", "name", "role", "password_hash", "active", "created_at")
    row = insert(User).values({name: getattr(user, name) for name in names})
    inserted = await tx.execute(row.on_conflict_do_nothing(index_elements=["email"]).returning(User.id))
    if inserted.one_or_none() is None:
        raise AddressTaken
