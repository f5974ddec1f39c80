"""Decides which PostgreSQL this installation uses: the configured one, else the private one in the data folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from oppspot.core import embedded_postgres
from oppspot.core.startup_errors import CannotStart
from oppspot.settings import ENV_PREFIX, Settings

MINIMUM_VERSION = 15
CONNECT_SECONDS = 10


class DatabaseUnusable(CannotStart):
    """The configured database does not answer, or is too old."""


@contextmanager
def reachable(settings: Settings, *, wait_for_others: bool = True, report: Callable[[str], None]) -> Iterator[str]:
    """Yield the address of a database that answers; see `embedded_postgres.running` for the two options."""
    if settings.database_url is not None:
        check_external(settings.database_url)
        yield settings.database_url
        return
    with embedded_postgres.running(settings.data_dir, wait_for_others=wait_for_others, report=report) as dsn:
        yield dsn


def check_external(dsn: str) -> None:
    """Connect once, so that a wrong address is reported as that and not as a trace from deep inside."""
    try:
        with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise DatabaseUnusable(f"The database of {ENV_PREFIX}DATABASE_URL does not answer: {error}") from None
    if version < MINIMUM_VERSION:
        raise DatabaseUnusable(f"oppSpot needs PostgreSQL {MINIMUM_VERSION} or newer; this one is {version}.")
