"""The composition root: one ASGI application made of every feature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from oppspot import web
from oppspot.core.db import Database
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.settings import Settings


def create_app(settings: Settings, dsn: str) -> FastAPI:
    """Return the application for one database; resources open and close with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database, live = Database(dsn), LiveHub(dsn)
        app.state.runtime = Runtime(settings=settings, database=database, live=live)
        async with live.running():
            yield
        await database.close()

    app = FastAPI(title="oppSpot Qualification", version="0.1.0", lifespan=lifespan, docs_url="/api/docs")
    web.setup(app, settings)
    return app
