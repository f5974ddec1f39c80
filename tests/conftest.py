"""One private PostgreSQL for the whole run, one database per worker, one organisation per test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from oppspot import migrations
from oppspot.core import embedded_postgres
from oppspot.core.db import Database

SERVER = "OPPSPOT_TEST_DATABASE_URL"
_ROOT = Path(__file__).parent.parent
_server: embedded_postgres.Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the workers start: they find it in the environment."""
    global _server  # noqa: PLW0603
    if hasattr(config, "workerinput") or SERVER in os.environ:
        return
    _server = embedded_postgres.start(_ROOT / ".oppspot" / "tests", durable=False)
    os.environ[SERVER] = _server.dsn


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None and not hasattr(config, "workerinput"):
        _server.stop()


def _named(dsn: str, name: str) -> str:
    return make_url(dsn).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def database_url(worker_id: str) -> Iterator[str]:
    """A freshly migrated database of this worker's own."""
    server = os.environ[SERVER]
    name = f"oppspot_test_{worker_id}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        migrations.upgrade(_named(server, name))
        yield _named(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections as the restricted role."""
    opened = Database(database_url, pool_size=5)
    yield opened
    await opened.close()
