"""The lead timeline: named events (`noun.past_tense`), written in the transaction that caused them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import PARTITIONED, AppendOnly, Base, Transaction
from oppspot.core.ids import new_id


class TimelineEvent(AppendOnly, Base):
    """One thing that happened to a lead; the same names in webhooks, workflows and docs."""

    __tablename__ = "timeline_events"
    __table_args__ = (Index(None, "org_id", "lead_id", "at"), Index(None, "org_id", "at"), PARTITIONED)

    lead_id: Mapped[UUID | None]
    name: Mapped[str]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event about to be recorded."""

    name: str
    lead_id: UUID | None = None
    payload: dict[str, Any] = field(default_factory=dict)
    # Made beforehand, an event stands before what its cause brought about in the same moment.
    id: UUID | None = None


async def record_events(tx: Transaction, actor: Actor, happenings: Sequence[Happening], now: datetime) -> None:
    """Write events to the timeline, in one statement."""
    await insert_rows(
        tx,
        TimelineEvent,
        [
            {
                "org_id": actor.org_id,
                "id": item.id or new_id(),
                "lead_id": item.lead_id,
                "name": item.name,
                "at": now,
                "actor_kind": actor.kind,
                "actor_id": actor.id,
                "actor_name": actor.name,
                "payload": item.payload,
            }
            for item in happenings
        ],
    )
