"""Working hours of the organisation and its teams, closing days, absences."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.migrations import security

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "calendars",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.CheckConstraint("subdivision IS NULL OR country IS NOT NULL", name=op.f("ck_calendars_subdivision")),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_calendars_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["org_id", "team_id"],
            ["teams.org_id", "teams.id"],
            name=op.f("fk_calendars_org_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_calendars")),
    )
    op.create_index(
        "uq_calendars_team", "calendars", ["org_id", "team_id"], unique=True, postgresql_nulls_not_distinct=True
    )
    op.create_table(
        "closing_days",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("works", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_closing_days_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_closing_days")),
    )
    op.create_index("uq_closing_days_day", "closing_days", ["org_id", "day"], unique=True)
    _create_absences()
    for table in ("calendars", "closing_days", "absences"):
        security.protect(table)


def _create_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("cover_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absences_ends_at")),
        sa.CheckConstraint("cover_id <> rep_id", name=op.f("ck_absences_cover_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f("fk_absences_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_absences_org_id_rep_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "cover_id"], ["users.org_id", "users.id"], name=op.f("fk_absences_org_id_cover_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_org_id_rep_id_ends_at"), "absences", ["org_id", "rep_id", "ends_at"])
    op.create_index(op.f("ix_absences_org_id_ends_at"), "absences", ["org_id", "ends_at"])
    op.create_index("uq_absences_source", "absences", ["org_id", "rep_id", "source"], unique=True)
