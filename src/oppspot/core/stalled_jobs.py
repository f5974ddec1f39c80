"""Jobs whose worker died in the middle: done again by another; and jobs that are long over: removed."""

from typing import Final

import structlog
from procrastinate import Blueprint
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from oppspot.core.clock import utc_now

# Three heartbeats of a worker.
STALLED_AFTER_SECONDS: Final = 30
# A job that its workers did not survive so often would take down the next one, too.
MOST_ATTEMPTS: Final = 10
# Failed jobs are kept as long as somebody may want to look at them.
_KEPT_HOURS: Final = 7 * 24
_FAILED_KEPT_HOURS: Final = 30 * 24
log = structlog.get_logger(__name__)


async def take_over(jobs: JobManager) -> int:
    """Have jobs done again whose worker gave no sign of life for 30 seconds; returns how many that is.

    Jobs are written so that doing one again does no harm. One that another of its kind waits for already, or that has
    been tried ten times, is ended as failed instead: neither it nor its lock stands in the way of others.
    """
    taken = 0
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        assert job.id is not None  # noqa: S101 — it was read from the table
        tries = job.attempts + 1
        if tries < MOST_ATTEMPTS:
            if await _is_tried_again(jobs, job.id):
                taken += 1
                continue
            log.info("job_left_to_its_successor", job=job.task_name, job_id=job.id)
        else:
            log.error("job_given_up", job=job.task_name, job_id=job.id, attempts=tries)
        await jobs.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=False)
    return taken


async def _is_tried_again(jobs: JobManager, job_id: int) -> bool:
    try:
        await jobs.retry_job_by_id_async(job_id, retry_at=utc_now())
    except UniqueViolation:
        return False
    return True


async def remove_old(jobs: JobManager) -> None:
    """Remove jobs that were done a week ago, or failed a month ago."""
    await jobs.delete_old_jobs(nb_hours=_KEPT_HOURS)
    await jobs.delete_old_jobs(
        nb_hours=_FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


def tasks(jobs: JobManager) -> Blueprint:
    """Return the tasks, to be added under the namespace `jobs`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="take_over", queueing_lock="jobs:take_over", pass_context=False)
    async def _take_over(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await take_over(jobs)

    @blueprint.periodic(cron="7 4 * * *")
    @blueprint.task(name="remove_old", queueing_lock="jobs:remove_old", pass_context=False)
    async def _remove_old(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await remove_old(jobs)

    return blueprint
