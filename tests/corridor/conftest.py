"""What the corridor's tests share: rules that send every lead to the cast's team, and ways to take leads in."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.casting import Cast

from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.corridor.checking import check_intake
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake, LeadResult
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TakeIn = Callable[..., Awaitable[list[LeadResult]]]


def a_rule(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "id": "all",
        "name": "Everything to North",
        "assignment_target": {"type": "team", "id": str(cast.team_id)},
        "sla_hours": 4,
    } | changes


async def publish_rules(database: Database, cast: Cast, rules: list[dict[str, Any]]) -> None:
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.manager.actor, "routing", {"rules": rules}, NOW)


def an_intake(document: dict[str, Any], now: datetime = NOW) -> Intake:
    lead = validate_lead(document, {})
    assert isinstance(lead, LeadInput), lead
    intake = check_intake(lead, "test", now)
    assert isinstance(intake, Intake), intake
    return intake


@pytest.fixture
async def take(database: Database, cast: Cast) -> TakeIn:
    """Take in raw leads, routed by one rule to the team North."""
    await publish_rules(database, cast, [a_rule(cast)])

    async def carried(*documents: dict[str, Any], now: datetime = NOW) -> list[LeadResult]:
        async with database.transaction(cast.org_id) as tx:
            intakes = [an_intake(document, now) for document in documents]
            return await take_in(tx, cast.system, intakes, now, Cause("test"))

    return carried
