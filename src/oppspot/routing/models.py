"""Tables of decisions, assignments and the fairness ledger."""

from datetime import datetime
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
        Index(None, "org_id", "at"),
        PARTITIONED,
    )

    lead_id: Mapped[UUID]
    at: Mapped[datetime]
    outcome: Mapped[str]
    rep_id: Mapped[UUID | None]
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
        Index(
            "ix_assignments_sla_due",
            "sla_due_at",
            postgresql_where=text("status = 'assigned' AND sla_breached_at IS NULL"),
        ),
        Index(None, "org_id", "lead_id", "assigned_at"),
    )

    lead_id: Mapped[UUID]
    rep_id: Mapped[UUID]
    status: Mapped[str]
    reason: Mapped[str]
    priority: Mapped[str]
    rule_id: Mapped[str | None]
    rule_name: Mapped[str | None]
    decision_id: Mapped[UUID | None]
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
    given: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]


class RepLoad(OwnedByOrganisation, Base):
    """How many leads a rep has open; kept true by a trigger on assignments, whoever writes them."""

    __tablename__ = "rep_loads"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),
        CheckConstraint("open_count >= 0", name="open_count"),
    )

    rep_id: Mapped[UUID] = mapped_column(primary_key=True)
    open_count: Mapped[int]
