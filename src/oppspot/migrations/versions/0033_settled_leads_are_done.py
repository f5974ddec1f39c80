"""Whoever has a lead that is settled is done with it: what an edit had left open is completed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_COMPLETE = (
    "UPDATE assignments AS a SET status = 'completed', completed_at = now(), ended_at = now() FROM leads AS l "
    "WHERE l.org_id = a.org_id AND l.id = a.lead_id AND l.status NOT IN ('new', 'working') "
    "AND a.status IN ('assigned', 'accepted', 'working')"
)


def upgrade() -> None:
    """Complete them; the database counts loads by itself."""
    op.execute(sa.text(_COMPLETE))
