"""Tables of documents about leads, and of what was proposed from them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, Tenant


def _lead_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org_id", "lead_id"], ["leads.org_id", "leads.id"], ondelete="CASCADE")


class Document(Tenant, Base):
    """A text about a lead, as plain text; quotes and offsets refer to `content`, which never changes."""

    __tablename__ = "documents"
    __table_args__ = (
        _lead_key(),
        CheckConstraint("kind IN ('notes','email','transcript')", name="kind"),
        CheckConstraint("state IN ('waiting','ready','failed')", name="state"),
        Index(None, "org_id", "lead_id", "added_at"),
    )

    lead_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    content: Mapped[str]
    # When it was written or said, as far as is known; claims from it are as old as this.
    received_at: Mapped[datetime]
    added_at: Mapped[datetime]
    author: Mapped[str]
    state: Mapped[str]
    extractor: Mapped[str]
    # Why the extractor could not answer, as a sentence.
    error: Mapped[str | None]
    # What was found out while reading, and what an extractor offered that could not be kept; sentences.
    notes: Mapped[list[Any]] = mapped_column(default=list)
    # Since when it is in its state; one that waits too long is taken up again.
    moved_at: Mapped[datetime]


class ProposalRecord(Tenant, Base):
    """A claim that a document may support, and what somebody made of it."""

    __tablename__ = "proposals"
    __table_args__ = (
        _lead_key(),
        ForeignKeyConstraint(["org_id", "document_id"], ["documents.org_id", "documents.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('proposed','accepted','edited','rejected')", name="state"),
        CheckConstraint('0 <= "start" AND "start" < "end"', name="offsets"),
        CheckConstraint('length(quote) = "end" - "start"', name="quote"),
        CheckConstraint("(state IN ('accepted','edited')) = (claim_id IS NOT NULL)", name="claim"),
        Index(None, "org_id", "document_id", "start"),
        Index(None, "org_id", "lead_id"),
    )

    document_id: Mapped[UUID]
    lead_id: Mapped[UUID]
    key: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)
    quote: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    confidence: Mapped[Decimal]
    extractor: Mapped[str]
    state: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    # The claim it became. No foreign key: claims have none to anything.
    claim_id: Mapped[UUID | None]
