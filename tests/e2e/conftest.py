"""What the tests in a browser share: an organisation with one of everything, and pages of it opened by its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page
from tests.browser import Look, Pages, serving
from tests.casting import Clients, Member, an_organisation, prepared, session_cookie
from tests.contracts.worlds import World, a_lively_world
from tests.databases import fresh_database

from oppspot.app import create_app
from oppspot.core.db import Database
from oppspot.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """Opens pages of the site as somebody."""

    address: str
    pages: Pages
    database_url: str

    def open(self, path: str, member: Member | None = None, look: Look = Look.LIGHT, **options: Any) -> Page:
        page = self.pages.new(look, **options)
        if member is not None:
            page.context.add_cookies([session_cookie(self.database_url, member, self.address)])  # type: ignore[list-item]
        page.goto(self.address + path)
        return page


@pytest.fixture(scope="session")
def stage_url(worker_id: str) -> Iterator[str]:
    """A database that no other test uses: some let days pass for every organisation, and plans are forgotten."""
    with fresh_database(worker_id, "stage") as url:
        yield url


@pytest.fixture(scope="session")
def stage(stage_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on that database, behind a real port."""
    settings = Settings(environment="test", data_dir=tmp_path_factory.mktemp("stage"))
    with serving(create_app(settings, stage_url)) as address:
        yield address


@pytest.fixture(scope="session")
def lively(stage_url: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """An organisation in which there is something to see on every page."""
    settings = Settings(environment="test", data_dir=tmp_path_factory.mktemp("lively"))

    async def made(database: Database) -> World:
        app: FastAPI = create_app(settings, stage_url)
        cast = await an_organisation(database, "Kestrel Instruments")
        async with app.router.lifespan_context(app):
            clients = Clients(app, database)
            try:
                return await a_lively_world(cast, clients, database)
            finally:
                await clients.close()

    return prepared(stage_url, made)


@pytest.fixture
def site(lively: World, stage: str, stage_url: str, pages: Pages) -> Site:  # noqa: ARG001 — in this order
    return Site(stage, pages, stage_url)
