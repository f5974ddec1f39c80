"""The table of redistributions: plans that were shown, carried out, taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, Tenant

_PROPOSED = text("status = 'proposed'")
_COMES_BACK = text("status = 'applied' AND returns_at IS NOT NULL")


class Redistribution(Tenant, Base):
    """A plan, from when it was shown until it was undone; one that was not applied is forgotten after a day."""

    __tablename__ = "redistributions"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"], ondelete="CASCADE"),
        CheckConstraint("status IN ('proposed','applied','undone')", name="status"),
        CheckConstraint("cause IN ('hand','left','imbalance','absence')", name="cause"),
        CheckConstraint("(status = 'proposed') = (applied_at IS NULL)", name="applied_at"),
        Index("uq_redistributions_proposed", "org_id", "plan_hash", unique=True, postgresql_where=_PROPOSED),
        Index(None, "org_id", "applied_at"),
        Index("ix_redistributions_returns_at", "org_id", "returns_at", postgresql_where=_COMES_BACK),
    )

    status: Mapped[str]
    cause: Mapped[str]
    plan_hash: Mapped[str]
    # The team that was evened out, if it was one.
    team_id: Mapped[UUID | None]
    # What was asked in words of its time, such as "Team North".
    title: Mapped[str]
    plan: Mapped[dict[str, Any]]
    planned_at: Mapped[datetime]
    planned_by: Mapped[str]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str | None]
    # Each lead that can still come back, with the assignment that was made: {"lead id": "assignment id"}.
    made: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # When what is untouched comes back by itself, if it does.
    returns_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    # What undoing did: {"returned": 3, "kept": {"why": 2}}.
    undoing: Mapped[dict[str, Any] | None]
