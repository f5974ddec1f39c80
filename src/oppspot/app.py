"""The composition root: one ASGI application made of every feature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from oppspot import probes, web
from oppspot.accounts import api as accounts_api
from oppspot.accounts import live_channel
from oppspot.accounts import pages as accounts_pages
from oppspot.calendars import api as calendars_api
from oppspot.calendars import pages as calendars_pages
from oppspot.core.db import Database
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.corridor import api as corridor_api
from oppspot.corridor.batching import LEADS_PER_BATCH, IntakeBatcher
from oppspot.leads import api as leads_api
from oppspot.leads import pages as leads_pages
from oppspot.leads.imports.receiving import BODY_LIMITS
from oppspot.qualification import api as qualification_api
from oppspot.qualification import pages as qualification_pages
from oppspot.routing import api as routing_api
from oppspot.routing import pages as routing_pages
from oppspot.scoring import pages as scoring_pages
from oppspot.settings import Settings
from oppspot.texts import api as texts_api
from oppspot.texts import pages as texts_pages
from oppspot.texts.pages.adding import BODY_LIMITS as TEXT_LIMITS

ROUTERS = (
    probes.router,
    accounts_api.router,
    accounts_pages.router,
    live_channel.router,
    corridor_api.router,
    leads_api.router,
    routing_api.router,
    calendars_api.router,
    qualification_api.router,
    texts_api.router,
    leads_pages.router,
    qualification_pages.router,
    texts_pages.router,
    routing_pages.router,
    calendars_pages.router,
    scoring_pages.router,
)


def create_app(settings: Settings, dsn: str, *, leads_per_batch: int = LEADS_PER_BATCH) -> FastAPI:
    """Return the application for one database; resources open and close with its lifespan."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database, live = Database(dsn), LiveHub(dsn)
        app.state.runtime = Runtime(settings=settings, database=database, live=live)
        app.state.intake = IntakeBatcher(database, leads_per_batch=leads_per_batch)
        async with live.running():
            yield
        await app.state.intake.close()
        for counter in (getattr(app.state, name, None) for name in ("throttle", "request_limit")):
            if counter is not None:
                await counter.close()
        await database.close()

    app = FastAPI(
        title="oppSpot Qualification",
        version="0.1.0",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the framework's own pages load their scripts from another site
        redoc_url=None,
    )
    web.setup(app, settings, body_limits={**BODY_LIMITS, **TEXT_LIMITS})
    for router in ROUTERS:
        app.include_router(router)
    return app
