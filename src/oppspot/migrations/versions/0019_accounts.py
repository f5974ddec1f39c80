"""Leads that make their company an account are found by an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_leads_of_accounts",
        "leads",
        ["org_id", "company_id"],
        postgresql_where=sa.text("stage IN ('opportunity', 'customer')"),
    )
