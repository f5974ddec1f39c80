"""One private PostgreSQL for the whole run, one database per worker, one organisation per test."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from fastapi import FastAPI
from tests.browser import browser, pages  # noqa: F401 — fixtures, one browser for all tests of a worker
from tests.casting import Cast, Clients, an_organisation, clients_of
from tests.databases import SERVER, fresh_database

from oppspot.core import embedded_postgres
from oppspot.core.db import Database
from oppspot.settings import Settings

# How long an example takes says nothing on a busy machine. Explaining a failure traces every line of every example.
_PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]
hypothesis.settings.register_profile("unhurried", deadline=None, phases=_PHASES)
hypothesis.settings.load_profile("unhurried")

_server: embedded_postgres.Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers start: they find it in the environment."""
    global _server  # noqa: PLW0603
    if hasattr(config, "workerinput") or SERVER in os.environ:
        return
    # Each run has a server of its own, so that a run that ends does not take down another's.
    _server = embedded_postgres.start(Path(tempfile.mkdtemp(prefix="oppspot-tests-")), durable=False)
    os.environ[SERVER] = _server.dsn


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None and not hasattr(config, "workerinput"):
        _server.stop()
        shutil.rmtree(_server.layout.folder)


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> Iterator[str]:
    """A database of this worker's own."""
    with fresh_database(worker_id) as url:
        yield url


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections as the restricted role, shared by the tests of this worker."""
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    """The running application, shared by the tests of this worker."""
    from oppspot.app import create_app  # noqa: PLC0415 — tests without a page need not load them

    settings = Settings(environment="test", data_dir=tmp_path_factory.mktemp("data"))
    application = create_app(settings, database_url)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def cast(database: Database) -> Cast:
    """A new organisation with its people."""
    return await an_organisation(database)


@pytest.fixture
async def outsiders(database: Database) -> Cast:
    """Another organisation, which must see nothing of the first."""
    return await an_organisation(database, "Outsiders")


@pytest.fixture
async def clients(app: FastAPI, database: Database) -> AsyncIterator[Clients]:
    """HTTP clients: `clients.anonymous()`, `await clients.of(cast.rep)`, `await clients.with_key(cast, scopes)`."""
    async with clients_of(app, database) as opened:
        yield opened


@pytest.fixture(scope="session")
def live_site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application behind a real port, for browsers; see `casting.prepared` and `casting.session_cookie`."""
    from tests.browser import serving  # noqa: PLC0415

    from oppspot.app import create_app  # noqa: PLC0415

    settings = Settings(environment="test", data_dir=tmp_path_factory.mktemp("site"))
    with serving(create_app(settings, database_url)) as address:
        yield address
