"""Qualification for people."""

from fastapi import APIRouter

from oppspot.qualification.pages import bant, frameworks, rescoring

router = APIRouter(include_in_schema=False)
for part in (bant, frameworks, rescoring):
    router.include_router(part.router)
