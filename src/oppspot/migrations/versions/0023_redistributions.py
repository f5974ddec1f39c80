"""Redistributions: plans that were shown, carried out, taken back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.migrations import security

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the table."""
    json = postgresql.JSONB(astext_type=sa.Text())
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "redistributions",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("plan", json, nullable=False),
        sa.Column("planned_at", moment, nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("applied_at", moment, nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=True),
        sa.Column("made", json, nullable=False),
        sa.Column("returns_at", moment, nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undoing", json, nullable=True),
        sa.CheckConstraint("status IN ('proposed','applied','undone')", name=op.f("ck_redistributions_status")),
        sa.CheckConstraint(
            "cause IN ('hand','left','imbalance','absence')",
            name=op.f("ck_redistributions_cause"),
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (applied_at IS NULL)",
            name=op.f("ck_redistributions_applied_at"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_redistributions_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "team_id"],
            ["teams.org_id", "teams.id"],
            name=op.f("fk_redistributions_org_id_team_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_redistributions")),
    )
    op.create_index(
        "uq_redistributions_proposed",
        "redistributions",
        ["org_id", "plan_hash"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.create_index(op.f("ix_redistributions_org_id_applied_at"), "redistributions", ["org_id", "applied_at"])
    op.create_index(
        "ix_redistributions_returns_at",
        "redistributions",
        ["org_id", "returns_at"],
        postgresql_where=sa.text("status = 'applied' AND returns_at IS NOT NULL"),
    )
    security.protect("redistributions")
