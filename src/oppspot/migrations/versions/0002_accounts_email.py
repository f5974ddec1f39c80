"""E-mail copies of notices: whether they are wanted, whether they were sent, why not."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Notices written before this have been seen in the application; nobody wants them by e-mail now."""
    op.add_column("users", sa.Column("email_notices", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("notifications", sa.Column("email_state", sa.Text(), server_default="skipped", nullable=False))
    op.add_column("notifications", sa.Column("email_error", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_notifications_email_state"),
        "notifications",
        "email_state IN ('pending', 'sent', 'failed', 'skipped')",
    )
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["org_id", "user_id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_notifications_to_email",
        "notifications",
        ["org_id"],
        postgresql_where=sa.text("email_state = 'pending'"),
    )
