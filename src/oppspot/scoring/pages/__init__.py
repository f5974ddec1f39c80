"""Scores for people."""

from fastapi import APIRouter

from oppspot.scoring.pages import model, scores

router = APIRouter(include_in_schema=False)
for part in (model, scores):
    router.include_router(part.router)
