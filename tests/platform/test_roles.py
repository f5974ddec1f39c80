"""The roles belong to the server: databases migrated beside each other wait for them, however long it takes."""

import threading

import psycopg
import pytest

from oppspot.migrations.security import CREATE_ROLES

pytestmark = pytest.mark.db


def test_a_neighbour_that_holds_the_roles_is_waited_for_and_tables_are_not(database_url: str) -> None:
    with psycopg.connect(database_url) as neighbour, psycopg.connect(database_url) as ours:
        neighbour.execute(CREATE_ROLES)
        ours.execute("SET LOCAL lock_timeout = '20ms'")
        done = threading.Timer(0.3, neighbour.commit)
        done.start()
        ours.execute(CREATE_ROLES)
        assert ours.execute("SHOW lock_timeout").fetchone() == ("20ms",)
        done.join()
