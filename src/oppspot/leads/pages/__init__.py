"""Leads and companies for people."""

from fastapi import APIRouter

from oppspot.leads.pages import attributes, bulk, companies, editing, exports, imports, lead, listing, notes, views

router = APIRouter(include_in_schema=False)
for part in (listing, exports, bulk, views, editing, lead, notes, companies, imports, attributes):
    router.include_router(part.router)
