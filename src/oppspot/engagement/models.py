"""The table of engagement events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import PARTITIONED, AppendOnly, Base


class EngagementRecord(AppendOnly, Base):
    """One thing a lead did, as told by a source."""

    __tablename__ = "engagement_events"
    __table_args__ = (Index(None, "org_id", "lead_id", "occurred_at"), PARTITIONED)

    lead_id: Mapped[UUID]
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    quantity: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
