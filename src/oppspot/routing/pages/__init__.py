"""Routing for people."""

from fastapi import APIRouter

from oppspot.routing.pages import dashboard, decisions, desk, rules

router = APIRouter(include_in_schema=False)
for part in (dashboard, rules, decisions, desk):
    router.include_router(part.router)
