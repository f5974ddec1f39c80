"""The leads a simulation would have moved lie beside its result, not in it: lists read the result."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOVE = """
    UPDATE simulations SET moved = result -> 'moved',
        result = result - 'moved' || jsonb_build_object('leads_moved', jsonb_array_length(result -> 'moved'))
    WHERE result IS NOT NULL
"""


def upgrade() -> None:
    """Add the column and move them there."""
    op.add_column("simulations", sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(sa.text(_MOVE))
