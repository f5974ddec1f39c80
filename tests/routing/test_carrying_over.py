"""Clocks that ran before there were rows for them run on; what was overdue already climbs no ladder."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.routing.timed import arrive, events, owners, publish, rows, to_queue, to_team

from oppspot.core.db import Database
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUNNING = (
    "SELECT lead_id, kind, assignment_id, started_at, due_at, next_step_at FROM sla_clocks "
    "WHERE kind = 'first_touch' AND met_at IS NULL AND stopped_at IS NULL ORDER BY lead_id"
)


async def carry_over(database: Database, cast: Cast) -> None:
    migration = importlib.import_module("oppspot.migrations.versions.0018_sla_clocks")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("DELETE FROM sla_clocks"))
        await tx.execute(text(migration._CARRY_OVER))


async def test_what_runs_runs_on(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    accepted, *_open = await arrive(database, cast, NOW, 3)
    await publish(database, cast, NOW, to_queue())
    await arrive(database, cast, NOW, 2)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.manager.actor, accepted, NOW)
    before = await rows(database, cast, RUNNING)
    assert len(before) == 4
    await carry_over(database, cast)
    assert await rows(database, cast, RUNNING) == before


async def test_what_was_told_already_is_not_told_again(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast), ladder=[{"at_percent": 9000, "action": "remind"}])
    [lead] = await arrive(database, cast, NOW)
    await sweep_clocks(database, NOW + 2 * HOUR)
    before = await owners(database, cast, lead), await events(database, cast, lead)
    await carry_over(database, cast)
    await sweep_clocks(database, NOW + 999 * HOUR)
    assert (await owners(database, cast, lead), await events(database, cast, lead)) == before
