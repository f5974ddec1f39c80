"""Indexes of assignments by when they were given and by when they ended."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_assignments_recent", "assignments", ["org_id", "assigned_at"])
    op.create_index(
        "ix_assignments_ended",
        "assignments",
        ["org_id", "ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
