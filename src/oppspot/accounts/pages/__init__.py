"""Accounts for people: logging in, one's own account, the team, keys, notices, the audit log, settings."""

from fastapi import APIRouter

from oppspot.accounts.pages import (
    account,
    api_keys,
    audit,
    invitations,
    logins,
    notices,
    pauses,
    people,
    resets,
    settings,
    teams,
)

router = APIRouter(include_in_schema=False)
for part in (logins, invitations, resets, account, people, pauses, teams, notices, audit, settings, api_keys):
    router.include_router(part.router)
