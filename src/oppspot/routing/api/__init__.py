"""Routing for machines, at the paths of the plan."""

from fastapi import APIRouter

from oppspot.routing.api import assignments, decisions, rules

router = APIRouter(tags=["routing"])
for part in (rules, assignments, decisions):
    router.include_router(part.router)
