"""Lists of decisions: which team a lead was sent to, and an index for each way to narrow them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_FILL_TEAMS = """
    UPDATE routing_decisions SET team_id = CAST(record -> 'target' ->> 'id' AS uuid)
    WHERE record -> 'target' ->> 'kind' = 'team'
"""
_TABLE = "routing_decisions"


def upgrade() -> None:
    """Add the column, fill it from what each decision recorded, and index what is asked for."""
    op.add_column(_TABLE, sa.Column("team_id", sa.Uuid(), nullable=True))
    op.execute(sa.text(_FILL_TEAMS))
    op.create_index("ix_routing_decisions_recent", _TABLE, ["org_id", "at", "id"])
    op.drop_index("ix_routing_decisions_org_id_at", _TABLE)
    for name in ("rep", "team", "rule"):
        op.create_index(f"ix_routing_decisions_of_{name}", _TABLE, ["org_id", f"{name}_id", "at", "id"])
    op.create_index(
        "ix_routing_decisions_unusual",
        _TABLE,
        ["org_id", "outcome", "at", "id"],
        postgresql_where=sa.text("outcome <> 'assigned'"),
    )
