"""Kill -9 of the workers in the middle of a rescoring: what is done is done once, the rest is taken up by others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest
from bench.arena import Organisation, folder, found, with_database
from bench.samples import intakes
from tests.proofs.conftest import LEADS, WAIT_SECONDS, Books

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.rescoring import CHUNK, STILL_AFTER, resume_rescorings, start_rescoring
from oppspot.corridor.types import Cause
from oppspot.scoring.defaults import default_document

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]
# At least a dozen chunks, however small the proof.
MANY = max(LEADS, 12 * CHUNK)
_WEIGHTS = {"financial": 0.1, "technology": 0.2, "industry": 0.3, "growth": 0.2, "engagement": 0.2}
_DONE = "SELECT count(*) FROM rescoring_chunks WHERE {org} AND done_at IS NOT NULL"
_FINISHED = "SELECT count(*) FROM rescorings WHERE {org} AND finished_at IS NOT NULL"
_NEW_SCORES = "SELECT count(*) FROM score_history WHERE {org} AND cause = 'config'"
_TWICE = (
    "SELECT count(*) FROM (SELECT FROM score_history WHERE {org} AND cause = 'config' "
    "GROUP BY lead_id HAVING count(*) > 1) AS x"
)


async def _fill(database: Database, organisation: Organisation) -> None:
    for first in range(0, MANY, 1_000):
        async with database.transaction(organisation.org_id) as tx:
            batch = intakes(min(1_000, MANY - first), first=first)
            await take_in(tx, organisation.system, batch, utc_now(), Cause("import", is_quiet=True))


async def _publish(database: Database, organisation: Organisation) -> None:
    """Weigh otherwise, so that every score changes."""
    now = utc_now()
    async with database.transaction(organisation.org_id) as tx:
        document = default_document() | {"weights": _WEIGHTS}
        await publish_config(tx, organisation.system, "scoring", document, now)
        await start_rescoring(tx, organisation.org_id, "config", now)


@contextmanager
def _workers(dsn: str, place: Path, number: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run real workers; those that still run are ended."""
    settings = os.environ | {"OPPSPOT_DATABASE_URL": dsn, "OPPSPOT_DATA_DIR": str(place)}
    command = [sys.executable, "-m", "oppspot", "worker"]
    with (place / "log").open("ab") as log:
        started = [subprocess.Popen(command, env=settings, stdout=log, stderr=log) for _ in range(number)]
        try:
            yield started
        finally:
            for process in started:
                process.kill()
                process.wait(30)


def _wait(books: Books, query: str, number: int) -> None:
    deadline = monotonic() + WAIT_SECONDS
    while books.number(query) < number:
        assert monotonic() < deadline, f"only {books.number(query)} of {number}: {query}"
        sleep(0.02)


def test_kill_of_the_workers_leaves_every_lead_assessed_anew_once(dsn: str) -> None:
    organisation = with_database(dsn, lambda database: found(database, 8))
    books = Books(dsn, organisation.org_id)
    with_database(dsn, lambda database: _fill(database, organisation))
    with folder("workers") as place:
        with _workers(dsn, place, 2):
            with_database(dsn, lambda database: _publish(database, organisation))
            _wait(books, _DONE, 2)
        done = books.number(_DONE)
        assert 2 <= done < MANY // CHUNK, "the kill came in the middle of the run"
        assert books.number(_NEW_SCORES) == done * CHUNK, "a chunk is done whole or not at all"
        later = utc_now() + 2 * STILL_AFTER
        assert with_database(dsn, lambda database: resume_rescorings(database, organisation.org_id, later)) == 1
        with _workers(dsn, place, 2):
            _wait(books, _FINISHED, 1)
    assert (books.number(_NEW_SCORES), books.number(_TWICE)) == (MANY, 0)
