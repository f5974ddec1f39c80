"""Runs that assess all leads of an organisation anew, and their chunks."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from oppspot.migrations import security

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "rescorings",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_rescorings_org_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_rescorings")),
    )
    op.create_index(op.f("ix_rescorings_org_id_started_at"), "rescorings", ["org_id", "started_at"])
    op.create_index(
        "ix_rescorings_running",
        "rescorings",
        ["org_id"],
        postgresql_where=sa.text("finished_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_table(
        "rescoring_chunks",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("rescoring_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Uuid(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_rescoring_chunks_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "rescoring_id"],
            ["rescorings.org_id", "rescorings.id"],
            name=op.f("fk_rescoring_chunks_org_id_rescoring_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "rescoring_id", "number", name=op.f("pk_rescoring_chunks")),
    )
    for table in ("rescorings", "rescoring_chunks"):
        security.protect(table)
