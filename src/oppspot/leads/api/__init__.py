"""Leads and companies for machines; taking leads in is corridor/api.py's."""

from fastapi import APIRouter

from oppspot.leads.api import attributes, companies, imports, leads, notes

router = APIRouter(prefix="/api")
for part in (leads, notes, companies, imports, attributes):
    router.include_router(part.router)
