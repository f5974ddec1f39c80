"""Queues: whether a lead's time ran out while it lay in one, and the indexes by which queues are read and swept."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_LIES_IN_QUEUE = "outcome = 'queued' AND status IN ('new', 'working')"
# Door 6, which now sees leads whose time ran out in a queue as well.
_DOOR = f"""
    CREATE OR REPLACE FUNCTION door_list_organisations_due(moment timestamptz) RETURNS TABLE (org_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT org_id FROM assignments WHERE status = 'assigned' AND sla_breached_at IS NULL AND sla_due_at <= moment
        UNION SELECT org_id FROM leads
            WHERE {_LIES_IN_QUEUE} AND queue_breached_at IS NULL AND sla_due_at <= moment
        UNION SELECT org_id FROM leads WHERE next_check_at <= moment
    $$;
"""  # noqa: S608 — the condition is a constant of ours


def upgrade() -> None:
    """Add the column, the indexes, and open the door wider."""
    op.add_column("leads", sa.Column("queue_breached_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_leads_in_queues",
        "leads",
        ["org_id", "sla_due_at", sa.text("score_overall DESC NULLS LAST"), "id"],
        postgresql_where=sa.text(_LIES_IN_QUEUE),
    )
    op.create_index(
        "ix_leads_queue_due",
        "leads",
        ["sla_due_at"],
        postgresql_where=sa.text(f"{_LIES_IN_QUEUE} AND queue_breached_at IS NULL"),
    )
    op.execute(sa.text(_DOOR))
