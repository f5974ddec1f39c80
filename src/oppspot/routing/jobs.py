"""The clock of routing: every minute, what ran out of time is marked and climbs its ladder."""

from uuid import UUID

from procrastinate import Blueprint

from oppspot.core.clock import utc_now
from oppspot.core.runtime import Runtime
from oppspot.routing.services.forgetting import forget_all_decisions
from oppspot.routing.services.outcomes import count_all_outcomes
from oppspot.routing.services.rebalancing import give_away, rebalance_all
from oppspot.routing.services.simulating import resume_simulations, run_simulation
from oppspot.routing.services.sweeping import sweep_clocks


def tasks(runtime: Runtime) -> Blueprint:
    """Return routing's tasks for a worker."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="sweep_clocks", queueing_lock="sweep_clocks", pass_context=False)
    async def _sweep(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await sweep_clocks(runtime.database, utc_now())

    @blueprint.periodic(cron="23 * * * *")
    @blueprint.task(name="count_outcomes", queueing_lock="count_outcomes", pass_context=False)
    async def _outcomes(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await count_all_outcomes(runtime.database, utc_now())

    @blueprint.periodic(cron="41 3 * * *")
    @blueprint.task(name="forget_decisions", queueing_lock="forget_decisions", pass_context=False)
    async def _forget(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await forget_all_decisions(runtime.database, utc_now())

    @blueprint.task(name="give_away")
    async def _give_away(org_id: str, user_id: str) -> None:
        async with runtime.database.transaction(UUID(org_id)) as tx:
            await give_away(tx, UUID(org_id), UUID(user_id), utc_now())

    @blueprint.periodic(cron="*/10 * * * *")
    @blueprint.task(name="rebalance", queueing_lock="rebalance", pass_context=False)
    async def _rebalance(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await rebalance_all(runtime.database, utc_now())

    @blueprint.task(name="simulate")
    async def _simulate(org_id: str, simulation_id: str) -> None:
        await run_simulation(runtime.database, UUID(org_id), UUID(simulation_id), utc_now())

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="resume_simulations", queueing_lock="resume_simulations", pass_context=False)
    async def _resume(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await resume_simulations(runtime.database, utc_now())

    return blueprint
