"""Routing for machines, at the paths of the plan."""

from fastapi import APIRouter

from oppspot.routing.api import (
    assignments,
    clocks,
    configuration,
    decisions,
    exclusions,
    ledgers,
    linting,
    redistributing,
    rules,
    simulating,
    tasks,
    territories,
)

router = APIRouter(tags=["routing"])
PARTS = (
    rules,
    linting,
    exclusions,
    territories,
    configuration,
    assignments,
    redistributing,
    clocks,
    tasks,
    decisions,
    ledgers,
    simulating,
)
for part in PARTS:
    router.include_router(part.router)
router.include_router(ledgers.forecasts)
