"""Until when a rep is paused, and why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add two columns; who is paused now is so until somebody says otherwise."""
    op.add_column("rep_profiles", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rep_profiles", sa.Column("pause_reason", sa.Text(), nullable=False, server_default=""))
