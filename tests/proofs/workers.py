"""Workers that take leads in side by side: processes of so many tasks, each with a connection of its own."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from uuid import UUID

from bench.samples import intakes

from oppspot.core.actor import system_actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake

PROCESSES, TASKS = 4, 16
# Batches of these sizes, in turn: single leads as an API brings them, and handfuls as imports do.
SIZES = (1, 3, 1, 10, 1, 25)


def take_in_by_many(dsn: str, org_id: UUID, leads: int) -> None:
    """Have 64 workers take in so many leads, and end when all are in."""
    share = leads // PROCESSES
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(_work, dsn, org_id, number * share, share) for number in range(PROCESSES)]
        for job in jobs:
            job.result()


def _work(dsn: str, org_id: UUID, first: int, count: int) -> None:
    asyncio.run(_take_in(dsn, org_id, intakes(count, first=first)))


async def _take_in(dsn: str, org_id: UUID, leads: list[Intake]) -> None:
    database, batches = Database(dsn, pool_size=TASKS), iter(_batches(leads))

    async def worker() -> None:
        for batch in batches:
            async with database.transaction(org_id) as tx:
                await take_in(tx, system_actor(org_id), batch, utc_now(), Cause("api"))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(TASKS):
                group.create_task(worker())
    finally:
        await database.close()


def _batches(leads: list[Intake]) -> list[list[Intake]]:
    batches, start = [], 0
    while start < len(leads):
        size = SIZES[len(batches) % len(SIZES)]
        batches.append(leads[start : start + size])
        start += size
    return batches
