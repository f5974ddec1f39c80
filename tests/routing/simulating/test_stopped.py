"""A simulation that was stopped, or whose workers died, comes to an end that its page tells."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.queries.simulations import get_simulation
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.services.simulating import (
    MOST_ATTEMPTS,
    STANDING_STILL,
    begin_simulation,
    resume_simulations,
    run_simulation,
)
from oppspot.routing.simulating.models import Simulation

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = utc_now()


async def begun(database: Database, cast: Cast) -> UUID:
    async with database.transaction(cast.org_id) as tx:
        document, _ = await get_rules(tx, cast.org_id)
        return await begin_simulation(tx, cast.manager.actor, document, 1, "A try", NOW)


async def found(database: Database, cast: Cast, simulation_id: UUID) -> Simulation:
    async with database.transaction(cast.org_id) as tx:
        return await get_simulation(tx, cast.org_id, simulation_id)


async def put(database: Database, cast: Cast, simulation_id: UUID, **values: Any) -> None:
    changes = ", ".join(f"{name} = :{name}" for name in values)
    async with database.transaction(cast.org_id) as tx:
        statement = f"UPDATE simulations SET {changes} WHERE id = :id"
        await tx.execute(text(statement), {"id": simulation_id, **values})


_JOBS = "jobs.procrastinate_jobs WHERE status = 'todo' AND args ->> 'simulation_id' = %s"


def waiting_jobs(dsn: str, simulation_id: UUID) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(f"SELECT lock FROM {_JOBS}", [str(simulation_id)]).fetchall()


def fetch_jobs(dsn: str, simulation_id: UUID) -> None:
    with psycopg.connect(dsn, options="-c search_path=jobs") as connection:
        connection.execute(f"DELETE FROM {_JOBS}", [str(simulation_id)])


_WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM routing_decisions%'"


async def test_one_that_is_stopped_in_the_middle_says_so(database: Database, cast: Cast, database_url: str) -> None:
    simulation_id = await begun(database, cast)
    async with await psycopg.AsyncConnection.connect(database_url) as history:
        await history.execute("LOCK TABLE routing_decisions")
        running = asyncio.create_task(run_simulation(database, cast.org_id, simulation_id, NOW))
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watcher:
            while not (await watcher.execute(_WAITING)).rowcount:  # noqa: ASYNC110 — the server tells by being asked
                await asyncio.sleep(0.01)
        assert (await found(database, cast, simulation_id)).state == "running"
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    assert running.cancelled()
    stopped = await found(database, cast, simulation_id)
    assert (stopped.state, stopped.finished_at) == ("failed", NOW)
    assert stopped.problem == "It was stopped before it was finished."


async def test_one_whose_worker_died_is_begun_again_once(database: Database, cast: Cast, database_url: str) -> None:
    simulation_id = await begun(database, cast)
    await put(database, cast, simulation_id, state="running", begun_at=NOW - STANDING_STILL)
    fetch_jobs(database_url, simulation_id)
    await resume_simulations(database, NOW)
    assert waiting_jobs(database_url, simulation_id) == []
    for _ in range(2):
        assert await resume_simulations(database, NOW + timedelta(seconds=1)) >= 1
    assert waiting_jobs(database_url, simulation_id) == [(f"simulate:{cast.org_id}",)]
    await run_simulation(database, cast.org_id, simulation_id, NOW)
    assert (await found(database, cast, simulation_id)).state == "done"
    fetch_jobs(database_url, simulation_id)
    await resume_simulations(database, NOW + timedelta(days=1))
    assert waiting_jobs(database_url, simulation_id) == []


async def test_one_that_no_worker_survives_is_given_up(database: Database, cast: Cast) -> None:
    simulation_id = await begun(database, cast)
    await put(database, cast, simulation_id, state="running", attempts=MOST_ATTEMPTS - 1)
    await run_simulation(database, cast.org_id, simulation_id, NOW)
    assert (await found(database, cast, simulation_id)).state == "done"
    await put(database, cast, simulation_id, state="running", attempts=MOST_ATTEMPTS, finished_at=None)
    await run_simulation(database, cast.org_id, simulation_id, NOW)
    given_up = await found(database, cast, simulation_id)
    assert (given_up.state, given_up.finished_at) == ("failed", NOW)
    assert given_up.problem == f"It was begun {MOST_ATTEMPTS} times, and never came to its end."
