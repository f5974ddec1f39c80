"""What a killed worker left: done again by another, given up when that is hopeless, and no lock stays behind."""

import subprocess
import sys
from typing import Any

import psycopg
import pytest
from procrastinate import App, Blueprint

from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.core.jobs import Job, create_job_app, enqueue
from oppspot.core.stalled_jobs import MOST_ATTEMPTS, remove_old, take_over

pytestmark = [pytest.mark.anyio, pytest.mark.db]
# A worker that begins a job and does not come to its end.
_HANGING = """
import asyncio, sys
from procrastinate import Blueprint
from oppspot.core.jobs import create_job_app

async def main():
    jobs, blueprint = create_job_app(sys.argv[1]), Blueprint()

    @blueprint.task(name="work")
    async def work(**_):
        print("begun", flush=True)
        await asyncio.sleep(600)

    jobs.add_tasks_from(blueprint, namespace=sys.argv[2])
    async with jobs.open_async():
        await jobs.run_worker_async(queues=[sys.argv[2]], install_signal_handlers=False)

asyncio.run(main())
"""
_DEAD_FOR_A_WHILE = "UPDATE jobs.procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'"


@pytest.fixture
def queue() -> str:
    return f"q{new_id().hex}"


def _ask(dsn: str, query: str, *given: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(query, given)  # type: ignore[arg-type]
        return found.fetchall() if found.description else []


def _state(dsn: str, queue: str) -> list[tuple[Any, ...]]:
    return _ask(
        dsn, "SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE queue_name = %s ORDER BY id", queue
    )


async def _enqueue(database: Database, queue: str, task: str = "work", **more: Any) -> None:
    async with database.transaction(new_id()) as tx:
        await enqueue(tx, [Job(f"{queue}:{task}", {"org_id": str(new_id())}, queue=queue, **more)])


def _begin_and_kill(dsn: str, queue: str) -> None:
    with subprocess.Popen([sys.executable, "-c", _HANGING, dsn, queue], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        worker.kill()


def _app(dsn: str, queue: str, done: list[str]) -> App:
    jobs, blueprint = create_job_app(dsn), Blueprint()

    @blueprint.task(name="work")
    async def work(org_id: str) -> None:
        done.append(org_id)

    @blueprint.task(name="fail")
    async def fail(org_id: str) -> None:
        raise ValueError(org_id)

    jobs.add_tasks_from(blueprint, namespace=queue)
    return jobs


async def test_a_job_whose_worker_was_killed_is_done_by_another_and_its_lock_blocks_nobody(
    database: Database, database_url: str, queue: str
) -> None:
    for _ in range(2):
        await _enqueue(database, queue, lock=queue)
    _begin_and_kill(database_url, queue)
    done = list[str]()
    async with _app(database_url, queue, done).open_async() as jobs:
        await take_over(jobs.job_manager)
        assert _state(database_url, queue) == [("doing", 0), ("todo", 0)]  # it may be alive: not yet
        await jobs.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False)
        assert not done
        _ask(database_url, _DEAD_FOR_A_WHILE)
        assert await take_over(jobs.job_manager) >= 1
        assert _state(database_url, queue) == [("todo", 1), ("todo", 0)]
        await jobs.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False)
    assert len(done) == 2
    assert [status for status, _ in _state(database_url, queue)] == ["succeeded", "succeeded"]


async def test_what_no_worker_survives_and_what_waits_anew_already_is_given_up(
    database: Database, database_url: str, queue: str
) -> None:
    await _enqueue(database, queue, queueing_lock=queue)
    _begin_and_kill(database_url, queue)
    await _enqueue(database, queue, queueing_lock=queue)
    _ask(database_url, _DEAD_FOR_A_WHILE)
    async with _app(database_url, queue, []).open_async() as jobs:
        await take_over(jobs.job_manager)
        assert [status for status, _ in _state(database_url, queue)] == ["failed", "todo"]
        _begin_and_kill(database_url, queue)
        tried = "UPDATE jobs.procrastinate_jobs SET attempts = %s WHERE queue_name = %s AND status = 'doing'"
        _ask(database_url, tried, MOST_ATTEMPTS - 1, queue)
        _ask(database_url, _DEAD_FOR_A_WHILE)
        await take_over(jobs.job_manager)
    assert [status for status, _ in _state(database_url, queue)] == ["failed", "failed"]


async def test_what_is_long_over_is_removed(database: Database, database_url: str, queue: str) -> None:
    age = (
        "UPDATE jobs.procrastinate_events SET at = at - %s * interval '1 day' WHERE job_id = "
        "(SELECT id FROM jobs.procrastinate_jobs WHERE queue_name = %s ORDER BY id DESC LIMIT 1)"
    )
    async with _app(database_url, queue, []).open_async() as jobs:
        for task, days in (("work", 8), ("fail", 8), ("work", 6), ("fail", 31)):
            await _enqueue(database, queue, task=task)
            await jobs.run_worker_async(queues=[queue], wait=False, install_signal_handlers=False)
            _ask(database_url, age, days, queue)
        assert [status for status, _ in _state(database_url, queue)] == ["succeeded", "failed", "succeeded", "failed"]
        await remove_old(jobs.job_manager)
    assert [status for status, _ in _state(database_url, queue)] == ["failed", "succeeded"]
