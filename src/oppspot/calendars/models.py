"""Tables of working hours, closing days and absences; a person's own hours stand in their profile (accounts)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, Tenant


class WorkCalendar(Tenant, Base):
    """When the organisation works, or one of its teams; what is not said here, the organisation says."""

    __tablename__ = "calendars"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"], ondelete="CASCADE"),
        CheckConstraint("subdivision IS NULL OR country IS NOT NULL", name="subdivision"),
        Index("uq_calendars_team", "org_id", "team_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    # None: the whole organisation's.
    team_id: Mapped[UUID | None]
    # {"mon": [["09:00", "17:30"]], …}; {} says nothing.
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # None: each person's own clock.
    time_zone: Mapped[str | None]
    country: Mapped[str | None]
    subdivision: Mapped[str | None]


class ClosingDay(Tenant, Base):
    """A day on which the whole organisation is closed, or, where `works`, is not although it is a holiday."""

    __tablename__ = "closing_days"
    __table_args__ = (Index("uq_closing_days_day", "org_id", "day", unique=True),)

    day: Mapped[date]
    name: Mapped[str]
    works: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class PersonalAbsence(Tenant, Base):
    """A time off of one person, from `starts_at` until, but not including, `ends_at`."""

    __tablename__ = "absences"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "rep_id"], ["users.org_id", "users.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["org_id", "cover_id"], ["users.org_id", "users.id"]),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("cover_id <> rep_id", name="cover_id"),
        Index(None, "org_id", "rep_id", "ends_at"),
        Index(None, "org_id", "ends_at"),
        Index("uq_absences_source", "org_id", "rep_id", "source", unique=True),
    )

    rep_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # Whole days on the clock of `time_zone`: then shown as days.
    all_day: Mapped[bool]
    time_zone: Mapped[str]
    # For the person and for managers only.
    reason: Mapped[str] = mapped_column(default="", server_default="")
    # The colleague who covers meanwhile.
    cover_id: Mapped[UUID | None]
    # What names it in the file it came from, so that the file can come again.
    source: Mapped[str | None]
    created_at: Mapped[datetime]
