"""Simulations count how often they were begun, so that one that no worker survives is given up."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("simulations", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("simulations", "attempts", server_default=None)
