"""Stored decisions, read back so that they can be explained and taken again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from oppspot.core.config_versions import ConfigVersion
from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.corridor.configuration import compile_routing
from oppspot.routing.documents import RuleDocument
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
class Neighbours:
    """The decisions about the same lead just before and just after one, if any."""

    before: UUID | None
    after: UUID | None


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
    document = await find_document(tx, org_id, stored.row.config_version)
    config = await compile_routing(tx, org_id, document, stored.row.config_hash)
    again = replay(stored.row.record, config, stored.stretch)
    return Replay(again, differences(stored.decision, again))


async def find_document(tx: Transaction, org_id: UUID, version: int) -> dict[str, Any] | None:
    """Return the configuration of a version; None for 0, which is what ships."""
    found: dict[str, Any] | None = await tx.scalar(
        select(ConfigVersion.document).where(
            ConfigVersion.org_id == org_id,
            ConfigVersion.kind == "routing",
            ConfigVersion.version == version,
        ),
    )
    return found


def rule_of(document: Mapping[str, Any] | None, rule_id: str | None) -> RuleDocument | None:
    """Return the rule that decided as it was written in the version that decided; None where none did."""
    written = next((rule for rule in (document or {}).get("rules", ()) if rule["id"] == rule_id), None)
    return RuleDocument.model_validate(written) if written else None


_NEIGHBOURS = text(
    """
    SELECT (SELECT id FROM routing_decisions WHERE org_id = :org_id AND lead_id = :lead_id AND (at, id) < (:at, :id)
            ORDER BY at DESC, id DESC LIMIT 1),
           (SELECT id FROM routing_decisions WHERE org_id = :org_id AND lead_id = :lead_id AND (at, id) > (:at, :id)
            ORDER BY at, id LIMIT 1)
    """,
)


async def find_neighbours(tx: Transaction, row: RoutingDecisionRecord) -> Neighbours:
    """Return the decisions about the same lead just before and just after one."""
    here = {"org_id": row.org_id, "lead_id": row.lead_id, "at": row.at, "id": row.id}
    return Neighbours(*(await tx.execute(_NEIGHBOURS, here)).one())
