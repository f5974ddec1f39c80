"""Tables of claims and assessments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import PARTITIONED, AppendOnly, Base


class ClaimRecord(AppendOnly, Base):
    """One dated statement about a lead; never changed, only followed by a newer one."""

    __tablename__ = "claims"
    __table_args__ = (Index(None, "org_id", "lead_id", "key"), PARTITIONED)

    lead_id: Mapped[UUID]
    key: Mapped[str]
    # None withdraws what was said before.
    value: Mapped[Any] = mapped_column(JSONB, nullable=True)
    source: Mapped[str]
    grade: Mapped[str]
    confidence: Mapped[Decimal]
    evidence: Mapped[dict[str, Any] | None]
    observed_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    author: Mapped[str | None]
    recorded_at: Mapped[datetime]


class AssessmentRecord(AppendOnly, Base):
    """What a framework said of a lead from a moment on; written only when it changed."""

    __tablename__ = "assessments"
    __table_args__ = (Index(None, "org_id", "lead_id", "framework", "at"), PARTITIONED)

    lead_id: Mapped[UUID]
    framework: Mapped[str]
    framework_hash: Mapped[str]
    at: Mapped[datetime]
    cause: Mapped[str]
    status: Mapped[str]
    overall_score: Mapped[Decimal | None]
    coverage: Mapped[Decimal]
    confidence: Mapped[Decimal]
    next_review_on: Mapped[date | None]
    # Elements, contributions, next actions, as the page shows them.
    terms: Mapped[dict[str, Any]]
