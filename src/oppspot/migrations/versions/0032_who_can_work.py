"""Who can be given work is written beside who is there, so that whatever gives leads asks the same."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the column; the database keeps it."""
    can_work = sa.Computed("active AND role <> 'viewer'", persisted=True)
    op.add_column("users", sa.Column("can_work", sa.Boolean(), can_work, nullable=False))
