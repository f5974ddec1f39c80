"""Qualification for machines, at the paths of the plan."""

from fastapi import APIRouter

from oppspot.qualification.api import bant, claims

router = APIRouter(prefix="/api/qualification", tags=["qualification"])
for part in (bant, claims):
    router.include_router(part.router)
