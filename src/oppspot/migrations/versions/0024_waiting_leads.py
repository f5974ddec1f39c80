"""An index of the leads that wait for somebody, by the reason why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "ix_leads_waiting",
        "leads",
        ["org_id", "outcome", "created_at", "id"],
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
