"""Idempotency keys: the same POST sent twice is carried out once and answered alike."""

import hashlib
import json as json_text
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, OwnedByOrganisation, Transaction


class IdempotencyKey(OwnedByOrganisation, Base):
    """What was answered to a keyed request; written in the transaction that did the work."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int]
    # JSON as text, for JSONB keeps no order of fields and the answer should be the same in every letter.
    body: Mapped[str]
    created_at: Mapped[datetime]


def request_hash(path: str, body: Any) -> str:
    """Return what tells two requests with the same key apart.

    `body` is whatever JSON came, sound or not: numbers of any size and half surrogate pairs, too, which orjson refuses.
    """
    text = json_text.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(path.encode() + b"\0" + text.encode()).hexdigest()


async def find_answers(tx: Transaction, org_id: UUID, keys: Sequence[str]) -> dict[str, IdempotencyKey]:
    """Return the stored answers among keys."""
    if not keys:
        return {}
    found = await tx.scalars(
        select(IdempotencyKey).where(IdempotencyKey.org_id == org_id, IdempotencyKey.key.in_(list(keys))),
    )
    return {row.key: row for row in found}
