"""Jobs: enqueued in the caller's transaction, so that work exists exactly when its cause does.

Job tables live in the schema `jobs`. The application role may only call one door, `jobs.enqueue`;
workers fetch as `oppspot_jobs`, which sees no tenant table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from oppspot.core import json
from oppspot.core.db import JOBS_ROLE, Transaction


@dataclass(frozen=True, slots=True)
class Job:
    """A job to enqueue. `args` hold identifiers only, always with `org_id` as text.

    Of several jobs with the same `queueing_lock` only one waits at a time; jobs with the
    same `lock` run one after another.
    """

    task: str
    args: dict[str, Any] = field(default_factory=dict)
    queue: str = "default"
    lock: str | None = None
    queueing_lock: str | None = None
    at: datetime | None = None


_ENQUEUE = text("SELECT jobs.enqueue(CAST(:jobs AS jsonb))")


async def enqueue(tx: Transaction, jobs: Sequence[Job]) -> None:
    """Enqueue jobs inside the caller's transaction; a duplicate queueing lock is quietly merged."""
    if jobs:
        await tx.execute(_ENQUEUE, {"jobs": json.dumps(list(jobs))})


def create_job_app(dsn: str) -> App:
    """Return the job application that workers run; features add their tasks as blueprints."""
    connector = PsycopgConnector(
        conninfo=dsn,
        kwargs={"options": f"-c role={JOBS_ROLE} -c search_path=jobs -c timezone=UTC"},
        min_size=1,
        max_size=6,
    )
    return App(connector=connector)
