"""Qualification for people."""

from fastapi import APIRouter

from oppspot.qualification.pages import (
    builder,
    choosing,
    claim_history,
    committees,
    evidence,
    framework_publishing,
    framework_text,
    framework_versions,
    frameworks,
    history,
    overriding,
    rescoring,
    scorecard,
    selection,
    selection_rules,
    selection_versions,
)

router = APIRouter(include_in_schema=False)
for part in (
    scorecard,
    evidence,
    history,
    overriding,
    choosing,
    claim_history,
    committees,
    frameworks,
    framework_versions,
    builder,
    framework_text,
    framework_publishing,
    rescoring,
    selection,
    selection_rules,
    selection_versions,
):
    router.include_router(part.router)
