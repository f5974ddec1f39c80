"""The audit log: who changed or read what, hash-chained per organisation so that a change shows."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, select, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.db import PARTITIONED, Base, OwnedByOrganisation, Transaction

_GENESIS: Final = b"\x00" * 32


class AuditEntry(Base):
    """One entry of an organisation's chain: `hash` covers the entry and the hash before it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index(None, "org_id", "at"), PARTITIONED)

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    payload: Mapped[dict[str, Any]]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(OwnedByOrganisation, Base):
    """The end of an organisation's chain; its row lock orders the writers."""

    __tablename__ = "audit_heads"

    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


def entry_hash(entry: AuditEntry) -> bytes:
    """Return SHA-256 over the previous hash and the canonical JSON of everything the entry says."""
    body = {
        "org_id": entry.org_id,
        "seq": entry.seq,
        "at": entry.at,
        "actor": [entry.actor_kind, entry.actor_id, entry.actor_name],
        "action": entry.action,
        "subject": [entry.subject_kind, entry.subject_id],
        "payload": entry.payload,
    }
    return hashlib.sha256(entry.prev_hash + json.canonical(body)).digest()


_TAKE_HEAD = text(
    "INSERT INTO audit_heads (org_id, seq, hash) VALUES (:org_id, 0, :genesis) "
    "ON CONFLICT (org_id) DO UPDATE SET seq = audit_heads.seq RETURNING seq, hash",
)
_MOVE_HEAD = text("UPDATE audit_heads SET seq = :seq, hash = :hash WHERE org_id = :org_id")


async def record_audit(
    tx: Transaction,
    actor: Actor,
    action: str,
    subject: tuple[str, object],
    now: datetime,
    *,
    payload: dict[str, Any] | None = None,
) -> None:
    """Append one entry, e.g. action `user.invited`, subject `("user", id)`."""
    head = (await tx.execute(_TAKE_HEAD, {"org_id": actor.org_id, "genesis": _GENESIS})).one()
    entry = AuditEntry(
        org_id=actor.org_id,
        seq=head.seq + 1,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        # Through JSON and back, so that what is hashed is what will be read again.
        payload=json.loads(json.dumps(payload or {})),
        prev_hash=bytes(head.hash),
    )
    entry.hash = entry_hash(entry)
    tx.add(entry)
    await tx.flush()
    await tx.execute(_MOVE_HEAD, {"org_id": actor.org_id, "seq": entry.seq, "hash": entry.hash})


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of one chain found; `broken_at` is the first entry that does not hold, None if all do."""

    entries: int
    broken_at: int | None
    reason: str | None = None


async def verify_chain(tx: Transaction, org_id: UUID) -> ChainReport:
    """Walk an organisation's chain from the start and say where it breaks, if it does."""
    previous, seq = _GENESIS, 0
    rows = await tx.stream_scalars(select(AuditEntry).where(AuditEntry.org_id == org_id).order_by(AuditEntry.seq))
    async for entry in rows:
        if entry.seq != seq + 1:
            return ChainReport(seq, seq + 1, "an entry is missing")
        if bytes(entry.prev_hash) != previous or bytes(entry.hash) != entry_hash(entry):
            return ChainReport(seq, entry.seq, "the entry does not match its hash")
        previous, seq = bytes(entry.hash), entry.seq
    head = await tx.get(AuditHead, org_id)
    if (head.seq if head else 0) != seq:
        return ChainReport(seq, seq + 1, "entries at the end are missing")
    if seq == 0:
        return ChainReport(0, 1, "the whole chain is missing: founding the organisation is its first entry")
    return ChainReport(seq, None)
