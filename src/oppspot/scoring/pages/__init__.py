"""Scores for people."""

from fastapi import APIRouter

from oppspot.scoring.pages import model, scores, versions

router = APIRouter(include_in_schema=False)
for part in (model, scores, versions):
    router.include_router(part.router)
