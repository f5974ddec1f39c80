"""Short ways to let time pass for leads: an organisation with rules and a policy, and what became of its leads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import ROUTING
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake
from oppspot.leads.types import LeadInput
from oppspot.routing.documents import RoutingDocument


def to_team(cast: Cast, hours: float = 1, **rule: Any) -> dict[str, Any]:
    """Return a rule by which everything goes to the team North."""
    target = {"type": "team", "id": str(cast.team_id)}
    return {"id": "r1", "name": "All to North", "assignment_target": target, "sla_hours": hours, **rule}


def to_queue(hours: float = 1) -> dict[str, Any]:
    target = {"type": "queue", "id": "Triage"}
    return {"id": "r1", "name": "All to Triage", "assignment_target": target, "sla_hours": hours}


async def publish(
    database: Database,
    cast: Cast,
    now: datetime,
    *rules: Mapping[str, Any],
    exclusions: Sequence[Mapping[str, Any]] = (),
    **sla: Any,
) -> RoutingDocument:
    """Make these rules, and this policy of clocks, live."""
    document = RoutingDocument.model_validate({"rules": rules, "exclusions": exclusions, "policies": {"sla": sla}})
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.owner.actor, ROUTING, document.model_dump(mode="json"), now)
    return document


async def arrive(
    database: Database, cast: Cast, now: datetime, number: int = 1, title: str | None = None
) -> list[UUID]:
    """Let leads come in; returns which."""
    inputs = [
        Intake(LeadInput(email=f"{new_id().hex}@x.example", first_name="Ada", title=title)) for _ in range(number)
    ]
    async with database.transaction(cast.org_id) as tx:
        return [result.id for result in await take_in(tx, cast.system, inputs, now, Cause("api"))]


async def rows(database: Database, cast: Cast, query: str, **given: object) -> list[tuple[Any, ...]]:
    async with database.transaction(cast.org_id) as tx:
        result = await tx.execute(text(query), given)
        return [tuple(row) for row in result] if result.returns_rows else []  # type: ignore[attr-defined]


async def owners(database: Database, cast: Cast, lead_id: UUID) -> list[tuple[UUID, str]]:
    """Return who has had a lead, in order, and how each had it end."""
    query = "SELECT rep_id, status FROM assignments WHERE lead_id = :lead ORDER BY assigned_at, id"
    return [(row[0], row[1]) for row in await rows(database, cast, query, lead=lead_id)]


async def events(database: Database, cast: Cast, lead_id: UUID, prefix: str = "sla.") -> list[str]:
    """Return what happened to a lead, in order."""
    query = "SELECT name FROM timeline_events WHERE lead_id = :lead AND name LIKE :prefix ORDER BY at, id"
    return [row[0] for row in await rows(database, cast, query, lead=lead_id, prefix=f"{prefix}%")]
