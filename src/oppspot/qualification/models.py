"""Tables of claims and assessments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import PARTITIONED, AppendOnly, Base


class ClaimRecord(AppendOnly, Base):
    """One dated statement about a lead, or about a company and so about all its leads; never changed."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("num_nonnulls(lead_id, company_id) = 1", name="one_subject"),
        Index(None, "org_id", "lead_id", "key"),
        Index("ix_claims_of_company", "org_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        PARTITIONED,
    )

    lead_id: Mapped[UUID | None]
    company_id: Mapped[UUID | None]
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
    # By element: {"score", "coverage", "values": what counted, by claim key}.
    terms: Mapped[dict[str, Any]]
    # What the company's record said then, as claims: with the claims up to `at`, it gives the same assessment again.
    on_record: Mapped[list[Any]] = mapped_column(default=list)
    actor_id: Mapped[UUID | None]


class OverrideRecord(AppendOnly, Base):
    """What a person decided against a framework, with reason and expiry; all null takes an earlier one back."""

    __tablename__ = "overrides"
    __table_args__ = (Index(None, "org_id", "lead_id", "framework", "made_at"), PARTITIONED)

    lead_id: Mapped[UUID]
    framework: Mapped[str]
    status: Mapped[str | None]
    overall_score: Mapped[int | None]
    # What the machine said at the time.
    machine_status: Mapped[str | None]
    machine_score: Mapped[int | None]
    reason: Mapped[str]
    author: Mapped[str]
    author_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
