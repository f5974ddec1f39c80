"""Evidence from text for people."""

from fastapi import APIRouter

from oppspot.texts.pages import adding, review

router = APIRouter(include_in_schema=False)
for part in (adding, review):
    router.include_router(part.router)
