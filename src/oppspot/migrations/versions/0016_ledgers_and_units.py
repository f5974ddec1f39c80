"""Who is ahead of their turns; what assignments weigh and are worth; what came of the leads that reps completed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from oppspot.migrations import security

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_OPEN = "status IN ('assigned', 'accepted', 'working')"
_CHANGES = f"""
    SELECT org_id, rep_id, sum(leads) AS leads, sum(units) AS units FROM (
        SELECT org_id, rep_id, 1 AS leads, units FROM new_rows WHERE {_OPEN}
        UNION ALL
        SELECT org_id, rep_id, -1, -units FROM old_rows WHERE {_OPEN}
    ) AS changes GROUP BY org_id, rep_id
"""  # noqa: S608 — the condition is a constant of ours
# rep_loads follows assignments, whoever writes them: leads, and the units they count towards limits.
_COUNT_LOADS = f"""
    CREATE OR REPLACE FUNCTION count_rep_loads() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO rep_loads AS loads (org_id, rep_id, open_count, open_units)
            SELECT org_id, rep_id, count(*), sum(units) FROM new_rows
            WHERE {_OPEN} GROUP BY org_id, rep_id ORDER BY org_id, rep_id
            ON CONFLICT (org_id, rep_id) DO UPDATE SET
                open_count = loads.open_count + excluded.open_count,
                open_units = loads.open_units + excluded.open_units;
        ELSIF TG_OP = 'DELETE' THEN
            UPDATE rep_loads AS loads
            SET open_count = loads.open_count - gone.leads, open_units = loads.open_units - gone.units
            FROM (SELECT org_id, rep_id, count(*) AS leads, sum(units) AS units FROM old_rows
                  WHERE {_OPEN} GROUP BY org_id, rep_id) AS gone
            WHERE loads.org_id = gone.org_id AND loads.rep_id = gone.rep_id;
        ELSE
            -- First a row for whoever had none: one proposed with a negative count would fail its check.
            INSERT INTO rep_loads (org_id, rep_id, open_count, open_units)
            SELECT org_id, rep_id, 0, 0 FROM ({_CHANGES}) AS net ORDER BY org_id, rep_id
            ON CONFLICT (org_id, rep_id) DO NOTHING;
            UPDATE rep_loads AS loads
            SET open_count = loads.open_count + net.leads, open_units = loads.open_units + net.units
            FROM ({_CHANGES}) AS net
            WHERE loads.org_id = net.org_id AND loads.rep_id = net.rep_id AND (net.leads <> 0 OR net.units <> 0);
        END IF;
        RETURN NULL;
    END $$;
"""  # noqa: S608 — the condition is a constant of ours


def upgrade() -> None:
    """Add the columns, the index, the table, and let the trigger count units."""
    op.add_column("fairness_credits", sa.Column("ahead", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("assignments", sa.Column("units", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("assignments", sa.Column("value", sa.Numeric(), nullable=True))
    op.create_index("ix_assignments_given", "assignments", ["org_id", "rep_id", "assigned_at"])
    op.add_column("rep_loads", sa.Column("open_units", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE rep_loads SET open_units = open_count")
    op.create_check_constraint(op.f("ck_rep_loads_open_units"), "rep_loads", "open_units >= 0")
    op.execute(sa.text(_COUNT_LOADS))
    op.create_table(
        "rep_outcomes",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("wins", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisations.id"], name=op.f("fk_rep_outcomes_org_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_rep_outcomes_org_id_rep_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "rep_id", "priority", name=op.f("pk_rep_outcomes")),
    )
    security.protect("rep_outcomes")
