"""The clocks of leads, and the tasks that follow up on them; clocks that run already are carried over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from oppspot.migrations import security

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_RUNS = "met_at IS NULL AND stopped_at IS NULL"
# Door 6, which now asks the clocks alone: they know when anything is due.
_DOOR = """
    CREATE OR REPLACE FUNCTION door_list_organisations_due(moment timestamptz) RETURNS TABLE (org_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
        SELECT DISTINCT org_id FROM sla_clocks WHERE next_step_at < moment
    $$;
"""
# What was overdue before there were ladders has been told already; it climbs none now.
_CARRY_OVER = """
    INSERT INTO sla_clocks (org_id, id, lead_id, kind, assignment_id, rule_id, started_at, due_at, allowed_seconds,
                            breached_at, climbed_seconds, next_step_at)
    SELECT c.org_id, gen_random_uuid(), c.lead_id, 'first_touch', c.assignment_id, c.rule_id, c.started_at, c.due_at,
           c.allowed, c.breached_at, CASE WHEN c.breached_at IS NULL THEN 0 ELSE 2147483647 END,
           CASE WHEN c.breached_at IS NULL THEN c.started_at + (c.due_at - c.started_at) / 2 END
    FROM (
        SELECT r.*, greatest(1, ceil(extract(epoch FROM r.due_at - r.started_at)))::integer AS allowed FROM (
            SELECT org_id, lead_id, id AS assignment_id, rule_id, assigned_at AS started_at, sla_due_at AS due_at,
                   sla_breached_at AS breached_at
            FROM assignments WHERE status = 'assigned' AND sla_due_at IS NOT NULL
            UNION ALL
            SELECT org_id, id, NULL, NULL, least(updated_at, sla_due_at), sla_due_at, queue_breached_at
            FROM leads WHERE outcome = 'queued' AND status IN ('new', 'working') AND sla_due_at IS NOT NULL
        ) AS r
    ) AS c
"""


def upgrade() -> None:
    """Add the tables, carry over, open the door on them, and drop the indexes nothing asks any more."""
    _create_clocks()
    _create_tasks()
    for table in ("sla_clocks", "tasks"):
        security.protect(table)
    op.execute(sa.text(_CARRY_OVER))
    op.execute(sa.text(_DOOR))
    op.drop_index("ix_assignments_sla_due", "assignments")
    op.drop_index("ix_leads_queue_due", "leads")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_clocks() -> None:
    op.create_table(
        "sla_clocks",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("rule_id", sa.Text(), nullable=True),
        _moment("started_at", nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("allowed_seconds", sa.Integer(), nullable=False),
        _moment("paused_at"),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("met_at"),
        sa.Column("met_by", sa.Text(), nullable=True),
        _moment("stopped_at"),
        _moment("breached_at"),
        sa.Column("climbed_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("next_step_at"),
        sa.Column("next_action", sa.Text(), nullable=True),
        _moment("repeat_at"),
        _moment("acknowledged_at"),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('assign','first_touch','qualify')", name=op.f("ck_sla_clocks_kind")),
        *_keys("sla_clocks"),
    )
    op.create_index(
        "uq_sla_clocks_running",
        "sla_clocks",
        ["org_id", "lead_id", "kind"],
        unique=True,
        postgresql_where=sa.text(_RUNS),
    )
    op.create_index(
        "ix_sla_clocks_next_step",
        "sla_clocks",
        ["next_step_at", "org_id"],
        postgresql_where=sa.text("next_step_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_sla_clocks_org_id_lead_id_started_at"), "sla_clocks", ["org_id", "lead_id", "started_at"])
    op.create_index(op.f("ix_sla_clocks_org_id_kind_started_at"), "sla_clocks", ["org_id", "kind", "started_at"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        _moment("due_at"),
        _moment("created_at", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        _moment("done_at"),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "rep_id"], ["users.org_id", "users.id"], name=op.f("fk_tasks_org_id_rep_id")
        ),
        *_keys("tasks"),
    )
    op.create_index(
        "ix_tasks_open", "tasks", ["org_id", "rep_id", "due_at"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_index(op.f("ix_tasks_org_id_lead_id_created_at"), "tasks", ["org_id", "lead_id", "created_at"])


def _keys(table: str) -> Sequence[sa.Constraint]:
    return (
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], name=op.f(f"fk_{table}_org_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["org_id", "lead_id"],
            ["leads.org_id", "leads.id"],
            name=op.f(f"fk_{table}_org_id_lead_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f(f"pk_{table}")),
    )
