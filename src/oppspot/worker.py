"""The worker: runs the jobs and sweeps of every feature; any number may run, on any machine."""

from collections.abc import Callable, Mapping
from typing import Final

from procrastinate import Blueprint

from oppspot.accounts import jobs as accounts
from oppspot.core import stalled_jobs
from oppspot.core.db import Database
from oppspot.core.garbage import collect_seldom
from oppspot.core.jobs import create_job_app
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.corridor import jobs as corridor
from oppspot.leads.imports import jobs as imports
from oppspot.routing import jobs as routing
from oppspot.settings import Settings
from oppspot.texts import jobs as texts

# Feature: its tasks, which are called `feature:task`.
TASKS: Final[Mapping[str, Callable[[Runtime], Blueprint]]] = {
    "accounts": accounts.tasks,
    "corridor": corridor.tasks,
    "imports": imports.tasks,
    "routing": routing.tasks,
    "texts": texts.tasks,
}
CONCURRENCY: Final = 4


async def run_worker(settings: Settings, dsn: str) -> None:
    """Work until cancelled; a job that was running is finished first, or taken over by another worker."""
    runtime = Runtime(settings=settings, database=Database(dsn, pool_size=CONCURRENCY), live=LiveHub(dsn))
    jobs = create_job_app(dsn)
    for feature, tasks in TASKS.items():
        jobs.add_tasks_from(tasks(runtime), namespace=feature)
    jobs.add_tasks_from(stalled_jobs.tasks(jobs.job_manager), namespace="jobs")
    collect_seldom()
    try:
        async with jobs.open_async():
            await jobs.run_worker_async(concurrency=CONCURRENCY, install_signal_handlers=False)
    finally:
        await runtime.database.close()
