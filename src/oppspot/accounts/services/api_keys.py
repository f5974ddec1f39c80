"""Making and revoking the keys machines use."""

import secrets
import string
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from oppspot.accounts import rules
from oppspot.accounts.errors import BeyondOwnPermissions
from oppspot.accounts.models import ApiKey
from oppspot.accounts.permissions import PERMISSIONS
from oppspot.accounts.types import NewApiKey
from oppspot.core import live
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.audit import record_audit
from oppspot.core.crypto import new_token, token_hash
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound, invalid
from oppspot.core.ids import new_id

# Processes that remember verified keys listen to this topic.
TOPIC = "api_keys"
_LETTERS = string.ascii_lowercase + string.digits


async def create_api_key(
    tx: Transaction,
    actor: Actor,
    name: str,
    scopes: Collection[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> NewApiKey:
    """Make a key that may do what `scopes` say; its token is in the answer and nowhere else.

    Raises Invalid for an unknown scope or an end in the past, BeyondOwnPermissions for more than the maker may do.
    """
    _check(actor, frozenset(scopes), expires_at, now)
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(rules.KEY_PREFIX_LENGTH))
    secret = new_token()
    key = ApiKey(
        org_id=actor.org_id,
        id=new_id(),
        name=name,
        prefix=prefix,
        secret_hash=token_hash(secret),
        scopes=sorted(set(scopes)),
        created_by=actor.name,
        created_at=now,
        expires_at=expires_at,
    )
    tx.add(key)
    await tx.flush()
    payload = {"name": name, "scopes": key.scopes, "expires_at": expires_at}
    await record_audit(tx, actor, "api_key.created", ("api_key", key.id), now, payload=payload)
    return NewApiKey(key.id, f"opp_{prefix}_{secret}")


def _check(actor: Actor, scopes: frozenset[str], expires_at: datetime | None, now: datetime) -> None:
    unknown = scopes - PERMISSIONS.keys()
    if unknown or not scopes:
        wrong = f"{', '.join(sorted(unknown))} is not a scope" if unknown else "names no scope"
        raise invalid("scopes", wrong, f"some of {', '.join(PERMISSIONS)}")
    if expires_at is not None and expires_at <= now:
        raise invalid("expires_at", "is in the past", "a time to come, or none")
    if actor.kind is not ActorKind.SYSTEM and not rules.may_grant(actor.permissions, scopes):
        raise BeyondOwnPermissions


async def revoke_api_key(tx: Transaction, actor: Actor, key_id: UUID, now: datetime) -> None:
    """Stop a key for good; raises NotFound when there is none or it is stopped already."""
    statement = update(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)).values(revoked_at=now)
    revoked = (await tx.execute(statement.returning(ApiKey.name))).one_or_none()
    if revoked is None:
        raise NotFound
    await live.announce(tx, actor.org_id, [TOPIC])
    await record_audit(tx, actor, "api_key.revoked", ("api_key", key_id), now, payload={"name": revoked.name})
