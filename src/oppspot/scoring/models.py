"""The table of score history."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from oppspot.core.db import PARTITIONED, AppendOnly, Base


class ScoreRecord(AppendOnly, Base):
    """A lead's score from a moment on, with its cause and its terms; written only when it changed."""

    __tablename__ = "score_history"
    __table_args__ = (Index(None, "org_id", "lead_id", "at"), PARTITIONED)

    lead_id: Mapped[UUID]
    at: Mapped[datetime]
    cause: Mapped[str]
    overall: Mapped[Decimal | None]
    fit: Mapped[Decimal | None]
    engagement: Mapped[Decimal | None]
    coverage: Mapped[Decimal]
    band: Mapped[str | None]
    grade: Mapped[str | None]
    model_hash: Mapped[str]
    # Factors and contributions, as the page shows them.
    terms: Mapped[dict[str, Any]]
