"""Reads redistributions: one, by hash, and those that were carried out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.routing.redistribution.models import Redistribution


async def get_redistribution(tx: Transaction, org_id: UUID, redistribution_id: UUID) -> Redistribution:
    """Return one, also one that was only planned; raises NotFound."""
    found = await tx.get(Redistribution, (org_id, redistribution_id))
    if found is None:
        raise NotFound("There is no such redistribution.")
    return found


async def find_plan(tx: Transaction, org_id: UUID, plan_hash: str) -> Redistribution | None:
    """Return a plan by its hash, locked: one that waits before one that was carried out."""
    found = await tx.scalars(
        select(Redistribution)
        .where(Redistribution.org_id == org_id, Redistribution.plan_hash == plan_hash)
        .order_by((Redistribution.status == "proposed").desc(), Redistribution.applied_at.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True),
    )
    return found.one_or_none()


@dataclass(frozen=True, slots=True)
class Past:
    """One that was carried out, without its plan."""

    id: UUID
    status: str
    cause: str
    title: str
    moved: int
    applied_at: datetime
    applied_by: str
    returns_at: datetime | None
    undone_at: datetime | None
    undone_by: str | None
    undoing: dict[str, Any] | None


_PAST: Final = text(
    """
    SELECT id, status, cause, title, jsonb_array_length(plan -> 'moves') AS moved, applied_at, applied_by, returns_at,
           undone_at, undone_by, undoing
    FROM redistributions WHERE org_id = :org_id AND applied_at IS NOT NULL ORDER BY applied_at DESC, id DESC LIMIT :most
    """,
)


async def list_past(tx: Transaction, org_id: UUID, most: int = 30) -> list[Past]:
    """Return those that were carried out, the newest first."""
    return [Past(*row) for row in await tx.execute(_PAST, {"org_id": org_id, "most": most})]
