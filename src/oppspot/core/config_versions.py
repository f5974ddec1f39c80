"""Configuration as documents: every published version is immutable, hashed, and can come back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.db import Base, OwnedByOrganisation, Transaction
from oppspot.core.errors import Conflict, NotFound


class ConfigVersion(OwnedByOrganisation, Base):
    """One published document of one kind (`routing`, `scoring`, `framework:bant`, …)."""

    __tablename__ = "config_versions"

    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str]
    document: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class ConfigHead(OwnedByOrganisation, Base):
    """Which version of a kind is live."""

    __tablename__ = "config_heads"

    kind: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    hash: Mapped[str]


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """The live document of a kind."""

    kind: str
    version: int
    hash: str
    document: dict[str, Any]


def document_hash(document: dict[str, Any]) -> str:
    """Return the hash that names a document: SHA-256 of its canonical JSON, in hex."""
    return hashlib.sha256(json.canonical(document)).hexdigest()


# A hash names its document for ever, so entries never go stale and need no invalidation.
_DOCUMENTS: dict[tuple[UUID, str, str], dict[str, Any]] = {}
_DOCUMENTS_KEPT = 512


async def find_live_configs(tx: Transaction, org_id: UUID) -> dict[str, LiveConfig]:
    """Return the live document of every kind that has been published, by kind.

    One small read per call; documents come from memory once this process has seen them.
    """
    heads = (await tx.execute(select(ConfigHead).where(ConfigHead.org_id == org_id))).scalars().all()
    unseen = [head for head in heads if (org_id, head.kind, head.hash) not in _DOCUMENTS]
    for head in unseen:
        version = await tx.get_one(ConfigVersion, (org_id, head.kind, head.version))
        while len(_DOCUMENTS) >= _DOCUMENTS_KEPT:
            _DOCUMENTS.pop(next(iter(_DOCUMENTS)))
        _DOCUMENTS[org_id, head.kind, head.hash] = version.document
    return {
        head.kind: LiveConfig(head.kind, head.version, head.hash, _DOCUMENTS[org_id, head.kind, head.hash])
        for head in heads
    }


async def get_config_version(tx: Transaction, org_id: UUID, kind: str, version: int) -> ConfigVersion:
    """Return one published version; raises NotFound."""
    found = await tx.get(ConfigVersion, (org_id, kind, version))
    if found is None:
        raise NotFound(f"There is no version {version} of {kind}.")
    return found


async def list_config_versions(
    tx: Transaction, org_id: UUID, kind: str, *, limit: int = 20, before: int | None = None
) -> Sequence[ConfigVersion]:
    """Return published versions, the newest first; with `before`, those older than it."""
    statement = select(ConfigVersion).where(ConfigVersion.org_id == org_id, ConfigVersion.kind == kind)
    if before is not None:
        statement = statement.where(ConfigVersion.version < before)
    return (await tx.scalars(statement.order_by(ConfigVersion.version.desc()).limit(limit))).all()


async def publish_config(
    tx: Transaction,
    actor: Actor,
    kind: str,
    document: dict[str, Any],
    now: datetime,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> LiveConfig:
    """Publish a document as the next version of its kind and make it live.

    Publishing what is already live changes nothing. `expected_version` is the version the
    caller edited (0 for none); raises Conflict when somebody else has published since.
    """
    head = await tx.get(ConfigHead, (actor.org_id, kind), with_for_update=True)
    current = head.version if head else 0
    if expected_version is not None and expected_version != current:
        raise Conflict(f"Version {current} was published while you edited version {expected_version}. Reload first.")
    digest = document_hash(document)
    if head and head.hash == digest:
        return LiveConfig(kind, head.version, digest, document)
    version = current + 1
    tx.add(
        ConfigVersion(
            org_id=actor.org_id,
            kind=kind,
            version=version,
            hash=digest,
            document=document,
            note=note,
            published_at=now,
            published_by=actor.name,
        ),
    )
    if head:
        head.version, head.hash = version, digest
    else:
        tx.add(ConfigHead(org_id=actor.org_id, kind=kind, version=version, hash=digest))
    await tx.flush()
    await record_audit(tx, actor, "config.published", (kind, version), now, payload={"hash": digest, "note": note})
    return LiveConfig(kind, version, digest, document)
