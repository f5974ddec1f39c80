"""Owns the server of a folder and commits numbers without end: `writer.py FOLDER` prints each one once it is kept."""

import sys
from itertools import count
from pathlib import Path

import psycopg

from oppspot.core import embedded_postgres

server = embedded_postgres.start(Path(sys.argv[1]))
with psycopg.connect(server.dsn, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (number bigint)")
    row = connection.execute("SELECT coalesce(max(number), 0) FROM kept").fetchone()
    assert row is not None
    for number in count(row[0] + 1):
        connection.execute("INSERT INTO kept VALUES (%s)", [number])
        print(number, flush=True)  # noqa: T201
