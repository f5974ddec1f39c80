"""The clock of routing: every minute, what ran out of time is marked."""

from procrastinate import Blueprint

from oppspot.core.clock import utc_now
from oppspot.core.runtime import Runtime
from oppspot.routing.services.clocks import mark_breaches


def tasks(runtime: Runtime) -> Blueprint:
    """Return routing's tasks for a worker."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="mark_breaches", queueing_lock="mark_breaches", pass_context=False)
    async def _breaches(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await mark_breaches(runtime.database, utc_now())

    return blueprint
