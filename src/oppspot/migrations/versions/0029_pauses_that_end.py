"""The pause of a lead's clocks may end by itself."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("sla_clocks", sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True))
