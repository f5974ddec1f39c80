"""The table of simulations."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, Tenant


class Simulation(Tenant, Base):
    """Rules tried on what has happened; `result` and `moved` are what `simulating.report` says of it."""

    __tablename__ = "simulations"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index(None, "org_id", "begun_at"),
    )

    title: Mapped[str]
    weeks: Mapped[int]
    document: Mapped[dict[str, Any]]
    # People's limits that are tried with it, by `simulating.limits`.
    limits: Mapped[list[Any]] = mapped_column(default=list)
    # The version the document was made from.
    base_version: Mapped[int]
    state: Mapped[str]
    # Of how many stored decisions how many have been taken again.
    done: Mapped[int] = mapped_column(default=0)
    # How often a worker has begun it.
    attempts: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    # Every lead that would have fared otherwise: read only by who asks for them.
    moved: Mapped[list[Any] | None] = mapped_column(deferred=True, deferred_raiseload=True)
    problem: Mapped[str | None]
    begun_by: Mapped[str]
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
