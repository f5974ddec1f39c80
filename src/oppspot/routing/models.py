"""Tables of decisions, assignments, clocks, tasks and the fairness ledger."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import PARTITIONED, AppendOnly, Base, OwnedByOrganisation, Tenant

# Statuses in which a lead is somebody's work; at most one such row per lead.
OPEN_STATUSES = ("assigned", "accepted", "working")
_OPEN = text("status IN ('assigned', 'accepted', 'working')")


class RoutingDecisionRecord(AppendOnly, Base):
    """One decision with its inputs and every candidate, so that it can be explained and replayed."""

    __tablename__ = "routing_decisions"
    __table_args__ = (
        Index(None, "org_id", "lead_id", "at"),
        # The list of decisions, whole and by each filter; those of one batch have the same moment.
        Index("ix_routing_decisions_recent", "org_id", "at", "id"),
        Index("ix_routing_decisions_of_rep", "org_id", "rep_id", "at", "id"),
        Index("ix_routing_decisions_of_team", "org_id", "team_id", "at", "id"),
        Index("ix_routing_decisions_of_rule", "org_id", "rule_id", "at", "id"),
        Index(
            "ix_routing_decisions_unusual",
            "org_id",
            "outcome",
            "at",
            "id",
            postgresql_where=text("outcome <> 'assigned'"),
        ),
        PARTITIONED,
    )

    lead_id: Mapped[UUID]
    at: Mapped[datetime]
    outcome: Mapped[str]
    rep_id: Mapped[UUID | None]
    # The team it was sent to, whoever of it got it, if anybody.
    team_id: Mapped[UUID | None]
    queue: Mapped[str | None]
    rule_id: Mapped[str | None]
    rule_name: Mapped[str | None]
    reason: Mapped[str]
    config_version: Mapped[int]
    config_hash: Mapped[str]
    next_check_at: Mapped[datetime | None]
    # Inputs, candidates, tie-break: what replay needs.
    record: Mapped[dict[str, Any]]


class Assignment(Tenant, Base):
    """A lead in somebody's hands, from the moment it was given until it ended."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "lead_id"], ["leads.org_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"]),
        CheckConstraint(
            "status IN ('assigned','accepted','working','completed','reassigned','rejected','withdrawn')",
            name="status",
        ),
        CheckConstraint("priority IN ('urgent','high','medium','low')", name="priority"),
        Index("uq_assignments_open", "org_id", "lead_id", unique=True, postgresql_where=_OPEN),
        Index("ix_assignments_of_rep", "org_id", "rep_id", "sla_due_at", postgresql_where=_OPEN),
        Index(None, "org_id", "lead_id", "assigned_at"),
        Index("ix_assignments_given", "org_id", "rep_id", "assigned_at"),
        # Whatever was given, or ended, in some time: limits by value, forecasts, outcomes, simulations.
        Index("ix_assignments_recent", "org_id", "assigned_at"),
        Index("ix_assignments_ended", "org_id", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
        Index("ix_assignments_of_pool", "org_id", "pool", "assigned_at", postgresql_where=text("pool IS NOT NULL")),
    )

    lead_id: Mapped[UUID]
    rep_id: Mapped[UUID]
    status: Mapped[str]
    reason: Mapped[str]
    priority: Mapped[str]
    # What it counts towards its rep's limit, and the value of the lead, as they were when it was given.
    units: Mapped[int] = mapped_column(default=1, server_default="1")
    value: Mapped[Decimal | None]
    rule_id: Mapped[str | None]
    rule_name: Mapped[str | None]
    decision_id: Mapped[UUID | None]
    # The ledger in which a turn was taken for it; None where it was given otherwise.
    pool: Mapped[str | None]
    sla_due_at: Mapped[datetime | None]
    sla_breached_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str]
    accepted_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class FairnessCredit(OwnedByOrganisation, Base):
    """A rep's carried credit in one pool; exact, in the unit that routing/fairness.py states."""

    __tablename__ = "fairness_credits"
    __table_args__ = (ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),)

    pool: Mapped[str] = mapped_column(primary_key=True)
    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    credit: Mapped[int] = mapped_column(BigInteger)
    # By how many leads they are ahead of their turns, because somebody preferred them.
    ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    given: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]


class LedgerCalibration(Tenant, Base):
    """Turns moved by hand in one pool: a fact that is kept; undone by the opposite entry."""

    __tablename__ = "ledger_calibrations"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('even', 'catch_up', 'level', 'undo')", name="kind"),
        CheckConstraint("(kind = 'undo') = (undoes_id IS NOT NULL)", name="undoes_id"),
        Index(None, "org_id", "pool", "at"),
        Index(
            "uq_ledger_calibrations_undoes_id",
            "org_id",
            "undoes_id",
            unique=True,
            postgresql_where=text("undoes_id IS NOT NULL"),
        ),
    )

    pool: Mapped[str]
    rep_id: Mapped[UUID]
    kind: Mapped[str]
    # By rep, in the unit of credits; sums to 0.
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str]
    undoes_id: Mapped[UUID | None]
    made_by: Mapped[str]
    made_by_id: Mapped[UUID | None]
    at: Mapped[datetime]


class RepLoad(OwnedByOrganisation, Base):
    """How many leads a rep has open, and the units they count; kept true by a trigger, whoever writes assignments."""

    __tablename__ = "rep_loads"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),
        CheckConstraint("open_count >= 0", name="open_count"),
        CheckConstraint("open_units >= 0", name="open_units"),
    )

    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    open_count: Mapped[int]
    open_units: Mapped[int] = mapped_column(default=0, server_default="0")


class RepOutcomes(OwnedByOrganisation, Base):
    """What became of the leads a rep completed lately, by their priority; counted anew by a job."""

    __tablename__ = "rep_outcomes"
    __table_args__ = (ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),)

    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    priority: Mapped[str] = mapped_column(primary_key=True)
    trials: Mapped[int]
    wins: Mapped[int]
    value: Mapped[float]
    counted_at: Mapped[datetime]


# A clock that still runs, or is paused: neither met nor stopped.
CLOCK_RUNS = "met_at IS NULL AND stopped_at IS NULL"


class SlaClock(Tenant, Base):
    """One clock of a lead; at most one of a kind runs at a time. Spans are of time that counts (docs/sla.md)."""

    __tablename__ = "sla_clocks"
    __table_args__ = (
        # It goes with its lead; so does the assignment it names, which therefore needs no key of its own.
        ForeignKeyConstraint(["org_id", "lead_id"], ["leads.org_id", "leads.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('assign','first_touch','qualify')", name="kind"),
        Index("uq_sla_clocks_running", "org_id", "lead_id", "kind", unique=True, postgresql_where=text(CLOCK_RUNS)),
        # Across organisations: what the sweep asks every minute.
        Index("ix_sla_clocks_next_step", "next_step_at", "org_id", postgresql_where=text("next_step_at IS NOT NULL")),
        Index(None, "org_id", "lead_id", "started_at"),
        Index(None, "org_id", "kind", "started_at"),
    )

    lead_id: Mapped[UUID]
    kind: Mapped[str]
    # Whoever has the lead by it has it against this clock; None while the lead lies in a queue or waits.
    assignment_id: Mapped[UUID | None]
    rule_id: Mapped[str | None]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    allowed_seconds: Mapped[int]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    # When the pause ends by itself, if it does.
    paused_until: Mapped[datetime | None]
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    met_at: Mapped[datetime | None]
    # What met it: a kind of touch, "assigned", "completed", …
    met_by: Mapped[str | None]
    # When it ended unmet: the lead went to somebody else, or its business was over.
    stopped_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    # How far up the ladder it has come.
    climbed_seconds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # When it does something next, and what; None for the action when only its time runs out.
    next_step_at: Mapped[datetime | None]
    next_action: Mapped[str | None]
    repeat_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]


class LeadTask(Tenant, Base):
    """Something somebody is to do about a lead; one that came with an assignment ends with it."""

    __tablename__ = "tasks"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "lead_id"], ["leads.org_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"]),
        Index("ix_tasks_open", "org_id", "rep_id", "due_at", postgresql_where=text("done_at IS NULL")),
        Index(None, "org_id", "lead_id", "created_at"),
    )

    lead_id: Mapped[UUID]
    rep_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    title: Mapped[str]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
