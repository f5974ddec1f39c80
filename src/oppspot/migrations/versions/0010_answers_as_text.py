"""Answers to keyed requests keep the order of their fields: JSON as text."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Change the column's type; what was kept stays."""
    op.execute(sa.text("ALTER TABLE idempotency_keys ALTER COLUMN body TYPE text USING body::text"))
