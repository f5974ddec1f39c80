"""Qualification for people."""

from fastapi import APIRouter

from oppspot.qualification.pages import claim_history, committees, evidence, frameworks, rescoring, scorecard

router = APIRouter(include_in_schema=False)
for part in (scorecard, evidence, claim_history, committees, frameworks, rescoring):
    router.include_router(part.router)
