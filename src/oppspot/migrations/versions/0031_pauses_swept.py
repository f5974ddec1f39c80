"""The sweep ends pauses: those that have an end already get it as their next step, and no job waits for it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NEXT_STEPS = (
    "UPDATE sla_clocks SET next_step_at = paused_until, next_action = NULL "
    "WHERE paused_until IS NOT NULL AND paused_at IS NOT NULL AND met_at IS NULL AND stopped_at IS NULL"
)


def upgrade() -> None:
    """Give pauses their next step."""
    op.execute(sa.text(_NEXT_STEPS))
