"""All leads assessed anew after a publication, against COPY of the very rows that came out.

The rows are those of the leads, and what was added to score history, assessments and timeline. COPY runs as the tables'
owner, with indexes on, into a copy of the database as it was before; leads go into a table like theirs.
"""

import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from bench.arena import Organisation, copy_of, folder, found, private_postgres, with_database
from bench.samples import intakes
from rich.table import Table

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.rescoring import rescore_chunk, split_rescoring, start_rescoring
from oppspot.corridor.types import Cause
from oppspot.scoring.defaults import default_document

REPS: Final = 20
_HISTORY: Final = ("score_history", "assessments", "timeline_events")
_WEIGHTS: Final = {"financial": 0.1, "technology": 0.2, "industry": 0.3, "growth": 0.2, "engagement": 0.2}


def run(leads: int = 100_000) -> dict[str, Any]:
    """Measure leads a second of both, and their ratio."""
    with private_postgres() as dsn, folder("copy") as place:
        organisation = with_database(dsn, lambda database: found(database, REPS))
        with_database(dsn, lambda database: _fill(database, organisation, leads))
        with copy_of(dsn, "before") as before:
            moment, seconds = with_database(dsn, lambda database: _rescore(database, organisation))
            written = _dump(dsn, place, moment)
            copying = leads / _load(before, place)
    return {
        "bench": "rescore",
        "leads": leads,
        "history_rows": written,
        "leads_per_second": round(leads / seconds),
        "copy_leads_per_second": round(copying),
        "ratio_to_copy": round(leads / seconds / copying, 2),
    }


async def _fill(database: Database, organisation: Organisation, leads: int) -> None:
    for start in range(0, leads, 1_000):
        chunk = intakes(min(1_000, leads - start), first=start)
        async with database.transaction(organisation.org_id) as tx:
            await take_in(tx, organisation.system, chunk, utc_now(), Cause("import", is_quiet=True))


async def _rescore(database: Database, organisation: Organisation) -> tuple[datetime, float]:
    """Publish other weights and do what workers do, one chunk after another; returns when, and the seconds."""
    org_id, now = organisation.org_id, utc_now()
    async with database.transaction(org_id) as tx:
        document = default_document() | {"weights": _WEIGHTS}
        await publish_config(tx, organisation.system, "scoring", document, now)
        run_id = await start_rescoring(tx, org_id, "config", now)
    began = time.perf_counter()
    for number in range(await split_rescoring(database, org_id, run_id)):
        await rescore_chunk(database, org_id, run_id, number, now)
    return now, time.perf_counter() - began


def _dump(dsn: str, place: Path, moment: datetime) -> int:
    """Write what came out to files; returns how many rows of history."""
    queries = {table: f"SELECT * FROM {table} WHERE at = '{moment.isoformat()}'" for table in _HISTORY}  # noqa: S608
    queries["leads"] = "SELECT * FROM leads"
    with psycopg.connect(dsn) as connection:
        for table, query in queries.items():
            with (
                (place / table).open("wb") as file,
                connection.cursor() as cursor,
                cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy,
            ):
                for block in copy:
                    file.write(block)
        counts = [connection.execute(f"SELECT count(*) FROM ({queries[table]}) AS x").fetchone() for table in _HISTORY]  # noqa: S608
    return sum(row[0] for row in counts if row)


def _load(dsn: str, place: Path) -> float:
    """Copy the files into the tables; returns the seconds it took."""
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE leads_again (LIKE leads INCLUDING ALL)")
        connection.commit()
        began = time.perf_counter()
        for table in (*_HISTORY, "leads"):
            into = "leads_again" if table == "leads" else table
            with (
                (place / table).open("rb") as file,
                connection.cursor().copy(f"COPY {into} FROM STDIN (FORMAT binary)") as copy,
            ):
                while block := file.read(1 << 20):
                    copy.write(block)
        connection.commit()
        return time.perf_counter() - began


def as_table(measured: dict[str, Any]) -> Table:
    table = Table(title=f"{measured['leads']:,} leads assessed anew, {measured['history_rows']:,} rows of history")
    for heading in ("leads/s", "COPY leads/s", "of COPY"):
        table.add_column(heading, justify="right")
    names = ("leads_per_second", "copy_leads_per_second", "ratio_to_copy")
    table.add_row(*(f"{measured[name]:,}" for name in names))
    return table
