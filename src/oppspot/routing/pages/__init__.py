"""Routing for people."""

from fastapi import APIRouter

from oppspot.routing.pages import dashboard, decisions, desk, rules, versions

router = APIRouter(include_in_schema=False)
for part in (dashboard, rules, decisions, desk, versions):
    router.include_router(part.router)
