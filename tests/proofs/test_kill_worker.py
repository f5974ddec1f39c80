"""Kill -9 of a worker in the middle of a job: another does it, and what waited behind its lock, by itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from uuid import UUID

import psycopg
import pytest
from bench.arena import Organisation, folder, found, private_postgres, with_database

from oppspot.core.actor import system_actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.services.simulating import begin_simulation

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]
# A heartbeat that stopped is noticed after 30 seconds, looked for every minute.
SOON_SECONDS = 120


@contextmanager
def _worker(dsn: str, data_dir: Path) -> Iterator["subprocess.Popen[bytes]"]:
    given = os.environ | {"OPPSPOT_DATABASE_URL": dsn, "OPPSPOT_DATA_DIR": str(data_dir)}
    with (data_dir / "worker.log").open("ab") as log:
        running = subprocess.Popen([sys.executable, "-m", "oppspot", "worker"], env=given, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


async def _two_simulations(database: Database) -> tuple[Organisation, list[UUID]]:
    organisation = await found(database, 2)
    actor = system_actor(organisation.org_id)
    async with database.transaction(organisation.org_id) as tx:
        document, _ = await get_rules(tx, organisation.org_id)
        ids = [await begin_simulation(tx, actor, document, 1, f"Try {number}", utc_now()) for number in range(2)]
    return organisation, ids


def _states(dsn: str, organisation: Organisation) -> list[str]:
    with psycopg.connect(dsn) as connection:
        query = "SELECT state FROM simulations WHERE org_id = %s ORDER BY begun_at, id"
        return [row[0] for row in connection.execute(query, [organisation.org_id])]


def _wait_for(dsn: str, organisation: Organisation, states: list[str]) -> None:
    deadline = monotonic() + SOON_SECONDS
    while (seen := _states(dsn, organisation)) != states:
        assert monotonic() < deadline, seen
        sleep(0.1)


@pytest.fixture
def dsn() -> Iterator[str]:
    """A database of its own: what other proofs left to be done reads the past too, and would keep the worker busy."""
    with private_postgres() as address:
        yield address


def test_what_a_killed_worker_left_is_done_by_another_and_nothing_waits_behind_it_for_ever(dsn: str) -> None:
    organisation, _ = with_database(dsn, _two_simulations)
    with folder("workers") as data_dir:
        with psycopg.connect(dsn) as history, _worker(dsn, data_dir) as first:
            history.execute("LOCK TABLE routing_decisions")  # whoever reads the past stands still
            _wait_for(dsn, organisation, ["running", "waiting"])
            first.kill()
            first.wait()
            assert _states(dsn, organisation) == ["running", "waiting"]
        with _worker(dsn, data_dir):
            _wait_for(dsn, organisation, ["done", "done"])
    with psycopg.connect(dsn) as connection:
        query = "SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE task_name = %s ORDER BY id"
        assert connection.execute(query, ["routing:simulate"]).fetchall() == [("succeeded", 2), ("succeeded", 1)]
