"""Many leads through the corridor in chunks, against COPY of the very rows that came out, into the same tables.

COPY runs as the tables' owner (row-level security forbids it to the application), with indexes, foreign keys and
triggers on, in one transaction, into a second database that was equal to the first one before the import.
"""

import time
from pathlib import Path
from typing import Any

import psycopg
from bench.arena import Organisation, copy_of, folder, found, private_postgres, with_database
from bench.pgbench import LEAD_TABLES
from bench.samples import intakes
from rich.table import Table

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause
from oppspot.leads.imports.types import CHUNK_ROWS

REPS = 20


def run(rows: int = 100_000) -> dict[str, Any]:
    """Measure rows a second of both, and their ratio."""
    with private_postgres() as dsn, folder("copy") as place:
        organisation = with_database(dsn, lambda database: found(database, REPS))
        with copy_of(dsn, "copied") as copied:
            ours = rows / with_database(dsn, lambda database: _import(database, organisation, rows))
            dump(dsn, place)
            copying = rows / load(copied, place)
    return {
        "bench": "import",
        "rows": rows,
        "rows_per_chunk": CHUNK_ROWS,
        "rows_per_second": round(ours),
        "copy_rows_per_second": round(copying),
        "ratio_to_copy": round(ours / copying, 2),
    }


async def _import(database: Database, organisation: Organisation, rows: int) -> float:
    """Validate and take in leads chunk by chunk; returns the seconds it took."""
    began = time.perf_counter()
    for start in range(0, rows, CHUNK_ROWS):
        chunk = intakes(min(CHUNK_ROWS, rows - start), first=start)
        async with database.transaction(organisation.org_id) as tx:
            await take_in(tx, organisation.system, chunk, utc_now(), Cause("import"))
    return time.perf_counter() - began


def dump(dsn: str, place: Path) -> None:
    """Write the rows of the leads' tables to files."""
    with psycopg.connect(dsn) as connection:
        for table in LEAD_TABLES:
            query = f"COPY (SELECT * FROM {table}) TO STDOUT (FORMAT binary)"  # noqa: S608 — our own constants
            with (place / table).open("wb") as file, connection.cursor().copy(query) as copy:
                for block in copy:
                    file.write(block)


def load(dsn: str, place: Path) -> float:
    """Copy the files into the tables; returns the seconds it took."""
    began = time.perf_counter()
    with psycopg.connect(dsn) as connection:
        for table in LEAD_TABLES:
            into = f"COPY {table} FROM STDIN (FORMAT binary)"
            with (place / table).open("rb") as file, connection.cursor().copy(into) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
    return time.perf_counter() - began


def as_table(measured: dict[str, Any]) -> Table:
    table = Table(title=f"{measured['rows']:,} leads in chunks of {measured['rows_per_chunk']}")
    for heading in ("rows/s", "COPY rows/s", "of COPY"):
        table.add_column(heading, justify="right")
    cells = (measured[name] for name in ("rows_per_second", "copy_rows_per_second", "ratio_to_copy"))
    table.add_row(*(f"{cell:,}" for cell in cells))
    return table
