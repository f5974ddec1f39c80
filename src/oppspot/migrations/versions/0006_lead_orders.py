"""Indexes for two orders of the lead list: what changed last, and what is due, for leads that are not due too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the one, and let the other hold every lead."""
    op.create_index("ix_leads_updated", "leads", ["org_id", sa.text("updated_at DESC"), sa.text("id DESC")])
    op.drop_index("ix_leads_due", "leads")
    op.create_index("ix_leads_due", "leads", ["org_id", "sla_due_at", "id"])
