"""Door 7: the words of leads are searched by index, which row-level security alone would not let happen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from oppspot.core.db import APP_ROLE

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The operator @@ is not marked leakproof, so under row-level security it may only look at rows already let through:
# every lead of the organisation. The function looks at the index first and lets through the organisation's own.
_DOOR = f"""
    CREATE FUNCTION door_search_leads(query text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT id FROM leads
        WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', query) AND org_id = current_org()
    $$;
    REVOKE ALL ON FUNCTION door_search_leads(text) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION door_search_leads(text) TO {APP_ROLE};
"""  # noqa: S608 — the role's name is a constant of ours


def upgrade() -> None:
    """Open the door."""
    op.execute(sa.text(_DOOR))
