"""An index by which the sources of leads are listed and filtered."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_leads_by_source", "leads", ["org_id", "source"])
