"""Small reads and writes of a lead's own row, for commands that change who has it without deciding anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from oppspot.core.bulk import update_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.leads.models import Lead


async def get_score(tx: Transaction, org_id: UUID, lead_id: UUID) -> Decimal | None:
    """Return a lead's overall score (None: unknown); raises NotFound when there is no such lead."""
    rows = await tx.execute(select(Lead.score_overall).where(Lead.org_id == org_id, Lead.id == lead_id))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such lead.")
    score: Decimal | None = found[0]
    return score


async def set_columns(tx: Transaction, org_id: UUID, lead_id: UUID, now: datetime, **changes: Any) -> None:
    """Set columns of one lead."""
    await tx.execute(
        update(Lead)
        .where(Lead.org_id == org_id, Lead.id == lead_id)
        .values(**changes, updated_at=now)
        .execution_options(synchronize_session=False),
    )


async def set_columns_of_many(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of leads in one statement; all rows hold `org_id`, `id` and the same columns."""
    await update_rows(tx, Lead, rows)
