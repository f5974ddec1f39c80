"""Scores for people."""

from fastapi import APIRouter

from oppspot.scoring.pages import scores

router = APIRouter(include_in_schema=False)
router.include_router(scores.router)
