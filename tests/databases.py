"""Makes databases on the run's private server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

from oppspot import migrations

SERVER = "OPPSPOT_TEST_DATABASE_URL"


def _named(dsn: str, name: str) -> str:
    return make_url(dsn).set(database=name).render_as_string(hide_password=False)


@contextmanager
def fresh_database(worker_id: str, kind: str = "test") -> Iterator[str]:
    """Yield the address of a freshly migrated database, which is dropped afterwards."""
    server = os.environ[SERVER]
    name = f"oppspot_{kind}_{worker_id}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        migrations.upgrade(_named(server, name))
        yield _named(server, name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
