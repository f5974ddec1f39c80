"""Imports: where a run stands, who started it, what a rehearsal says, and which rows are about a lead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns and the index."""
    op.add_column("imports", sa.Column("notes", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("imports", sa.Column("last_row", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("imports", "notes", server_default=None)
    op.alter_column("imports", "last_row", server_default=None)
    op.add_column("imports", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("imports", sa.Column("run_by", postgresql.JSONB(), nullable=True))
    op.add_column("import_rows", sa.Column("result", postgresql.JSONB(), nullable=True))
    op.create_index(
        "ix_import_rows_of_lead",
        "import_rows",
        ["org_id", "lead_id"],
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )
