"""Tables of the rescorings of an organisation: all its leads assessed anew, chunk by chunk."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, OwnedByOrganisation, Tenant


class Rescoring(Tenant, Base):
    """One run over all leads, after a configuration was published or time passed; a later one takes its place."""

    __tablename__ = "rescorings"
    __table_args__ = (
        Index(None, "org_id", "started_at"),
        Index(
            "ix_rescorings_running",
            "org_id",
            postgresql_where=text("finished_at IS NULL AND superseded_at IS NULL"),
        ),
    )

    cause: Mapped[str]
    # How many leads there were; None until it is split into chunks.
    total: Mapped[int | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]


class RescoringChunk(OwnedByOrganisation, Base):
    """The leads after one identifier up to another; done in the transaction that assessed them, so once."""

    __tablename__ = "rescoring_chunks"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "rescoring_id"], ["rescorings.org_id", "rescorings.id"], ondelete="CASCADE"),
    )

    rescoring_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    after: Mapped[UUID]
    until: Mapped[UUID]
    size: Mapped[int]
    done_at: Mapped[datetime | None]
