"""Qualification for people."""

from fastapi import APIRouter

from oppspot.qualification.pages import bant, frameworks

router = APIRouter(include_in_schema=False)
for part in (bant, frameworks):
    router.include_router(part.router)
