"""Which ledger an assignment's turn was taken in; calibrations of ledgers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oppspot.migrations import security

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Decisions of one batch share their table: it is in the record of the one that `stretch_in` names.
_FILL_POOLS = """
    UPDATE assignments AS a
    SET pool = coalesce(d.record -> 'stretch', c.record -> 'stretch') ->> 'pool'
    FROM routing_decisions AS d
    LEFT JOIN routing_decisions AS c ON c.org_id = d.org_id AND c.id = CAST(d.record ->> 'stretch_in' AS uuid)
    WHERE d.org_id = a.org_id AND d.id = a.decision_id AND d.rep_id = a.rep_id
      AND coalesce(d.record -> 'stretch', c.record -> 'stretch') ->> 'pool' LIKE 'team:%'
"""


def upgrade() -> None:
    """Add the column, fill it from the decisions there are, and add the table."""
    op.add_column("assignments", sa.Column("pool", sa.Text(), nullable=True))
    op.execute(sa.text(_FILL_POOLS))
    op.create_index(
        "ix_assignments_of_pool",
        "assignments",
        ["org_id", "pool", "assigned_at"],
        postgresql_where=sa.text("pool IS NOT NULL"),
    )
    op.create_table(
        "ledger_calibrations",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('even', 'catch_up', 'level', 'undo')", name=op.f("ck_ledger_calibrations_kind")),
        sa.CheckConstraint("(kind = 'undo') = (undoes_id IS NOT NULL)", name=op.f("ck_ledger_calibrations_undoes_id")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_ledger_calibrations_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_ledger_calibrations_org_id_rep_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_ledger_calibrations")),
    )
    op.create_index(op.f("ix_ledger_calibrations_org_id_pool_at"), "ledger_calibrations", ["org_id", "pool", "at"])
    op.create_index(
        "uq_ledger_calibrations_undoes_id",
        "ledger_calibrations",
        ["org_id", "undoes_id"],
        unique=True,
        postgresql_where=sa.text("undoes_id IS NOT NULL"),
    )
    # Entries are added, never changed or taken out.
    security.protect("ledger_calibrations", privileges="SELECT, INSERT")
