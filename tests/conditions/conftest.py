"""A table of rows in PostgreSQL, for putting compiled conditions to."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, make_url


@pytest.fixture(scope="session")
def connection() -> Iterator[Connection]:
    """One connection to the server of the run; what is made on it is temporary."""
    url = make_url(os.environ["OPPSPOT_TEST_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as opened:
        yield opened
    engine.dispose()
