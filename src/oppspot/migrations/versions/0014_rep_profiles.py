"""Reps: levels of skills, limits per period, ramps, and whose holidays are theirs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
# What was typed on the page, `pumps, german`, was kept as one name until now.
_NAMES = "FROM unnest({column}) AS kept(typed), regexp_split_to_table(typed, '\\s*,\\s*') AS name WHERE name <> ''"
# A skill without a level was one somebody has: the middle level.
_LEVELS = (
    "UPDATE rep_profiles SET skill_levels = "  # noqa: S608 — the columns are ours
    f"(SELECT coalesce(jsonb_object_agg(name, 3), '{{}}') {_NAMES.format(column='skills')}), "
    f"territories = ARRAY(SELECT DISTINCT name {_NAMES.format(column='territories')})"
)


def upgrade() -> None:
    """Add the columns; skills named so far get level 3, and several in one name are several."""
    op.add_column("rep_profiles", sa.Column("limits", _JSON, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("rep_profiles", sa.Column("ramp_from", sa.Date(), nullable=True))
    op.add_column("rep_profiles", sa.Column("country", sa.Text(), nullable=True))
    op.add_column("rep_profiles", sa.Column("subdivision", sa.Text(), nullable=True))
    op.add_column("rep_profiles", sa.Column("skill_levels", _JSON, nullable=True))
    op.execute(sa.text(_LEVELS))
    op.alter_column("rep_profiles", "skill_levels", nullable=False)
    op.drop_column("rep_profiles", "skills")
    op.alter_column("rep_profiles", "skill_levels", new_column_name="skills")
