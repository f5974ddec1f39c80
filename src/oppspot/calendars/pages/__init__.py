"""Calendars for people."""

from fastapi import APIRouter

from oppspot.calendars.pages import absences, closing_days, hours, overview, people

router = APIRouter(include_in_schema=False)
for part in (overview, hours, closing_days, people, absences):
    router.include_router(part.router)
