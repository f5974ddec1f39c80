"""Qualification for machines, at the paths of the plan."""

from fastapi import APIRouter

from oppspot.qualification.api import (
    assessments,
    bant,
    claims,
    committees,
    decisions,
    framework_selection,
    framework_versions,
    frameworks,
    meddic,
)

router = APIRouter(prefix="/api/qualification", tags=["qualification"])
for part in (
    assessments,
    bant,
    claims,
    committees,
    decisions,
    frameworks,
    framework_versions,
    framework_selection,
    meddic,
):
    router.include_router(part.router)
