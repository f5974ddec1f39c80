"""Stored decisions, read back so that they can be explained and taken again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oppspot.core.config_versions import ConfigVersion
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import compile_routing
from oppspot.routing.models import RoutingDecisionRecord
from oppspot.routing.records import differences, read_decision, replay
from oppspot.routing.types import RoutingDecision


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision's row, and the decision it holds."""

    row: RoutingDecisionRecord
    decision: RoutingDecision
    stretch: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision taken again, and what came out differently (nothing, when all is well)."""

    decision: RoutingDecision
    differences: tuple[str, ...]


async def get_decision(tx: Transaction, org_id: UUID, decision_id: UUID) -> StoredDecision:
    """Return one decision; raises NotFound."""
    row = await tx.get(RoutingDecisionRecord, (org_id, decision_id))
    if row is None:
        raise NotFound("There is no such decision.")
    stretch = await _stretch(tx, row)
    return StoredDecision(row, read_decision(row.record, stretch), stretch)


async def _stretch(tx: Transaction, row: RoutingDecisionRecord) -> dict[str, Any] | None:
    """Return the table of candidates a decision shares with another of its batch."""
    carrier = row.record.get("stretch_in")
    if carrier is None:
        return None
    held = await tx.get_one(RoutingDecisionRecord, (row.org_id, UUID(carrier)))
    found: dict[str, Any] = held.record["stretch"]
    return found


async def replay_decision(tx: Transaction, org_id: UUID, decision_id: UUID) -> Replay:
    """Take a stored decision again under the configuration of its time; raises NotFound."""
    stored = await get_decision(tx, org_id, decision_id)
    document = await tx.scalar(
        select(ConfigVersion.document).where(
            ConfigVersion.org_id == org_id,
            ConfigVersion.kind == "routing",
            ConfigVersion.version == stored.row.config_version,
        ),
    )
    config = await compile_routing(tx, org_id, document, stored.row.config_hash)
    again = replay(stored.row.record, config, stored.stretch)
    return Replay(again, differences(stored.decision, again))


async def list_decisions(tx: Transaction, org_id: UUID, *, limit: int = 30) -> list[RoutingDecisionRecord]:
    """Return the newest decisions of an organisation."""
    rows = await tx.scalars(
        select(RoutingDecisionRecord)
        .where(RoutingDecisionRecord.org_id == org_id)
        .order_by(RoutingDecisionRecord.at.desc(), RoutingDecisionRecord.id.desc())
        .limit(limit),
    )
    return list(rows)
