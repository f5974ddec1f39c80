"""Accounts for machines: /api/me, users, teams, api-keys, audit."""

from fastapi import APIRouter

from oppspot.accounts.api import api_keys, audit, me, teams, users

router = APIRouter(prefix="/api")
for part in (me, users, teams, api_keys, audit):
    router.include_router(part.router)
