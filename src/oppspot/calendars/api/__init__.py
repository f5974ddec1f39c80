"""Calendars for machines: /api/calendars."""

from fastapi import APIRouter

from oppspot.calendars.api import absences, closing_days, hours, people

router = APIRouter(prefix="/api/calendars", tags=["calendars"])
for part in (hours, closing_days, absences, people):
    router.include_router(part.router)
