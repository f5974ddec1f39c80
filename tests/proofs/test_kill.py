"""Kill -9 in the middle of a load: what was acknowledged is there, once; what was not can be sent again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bench.arena import Organisation, folder, found, with_database
from bench.load import Plan, Seen, finish, send, start
from bench.samples import documents
from bench.serving import ServerProcess, server
from tests.proofs.conftest import LEADS, Books

from oppspot.core import embedded_postgres

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]
CLIENTS = 32
REPS = 8


def _acknowledged(seen: Seen) -> set[str]:
    return {body["id"] for _, status, _, body in seen.answers if status in {200, 201}}


def _prove_nothing_is_lost(books: Books, organisation: Organisation, seen: Seen, after: ServerProcess) -> None:
    """Check what the kill left behind, then send everything again: leads that were in are known, the others are new."""
    acknowledged = _acknowledged(seen)
    assert 0 < len(acknowledged) < LEADS, "the kill came in the middle of the load"
    assert acknowledged <= books.ids("SELECT id FROM leads WHERE {org}")
    again = send(Plan([after.port], organisation.token, CLIENTS, documents(LEADS)))
    assert {status for _, status, _, _ in again.answers} == {200, 201}
    assert len(again.answers) == LEADS
    assert acknowledged <= _acknowledged(again)
    assert books.leads() == LEADS
    assert books.assigned_twice() == 0
    assert books.without_outcome() == 0
    assert books.loads_that_lie() == 0


def test_kill_of_the_server_loses_no_acknowledged_lead_and_assigns_none_twice(dsn: str) -> None:
    organisation = with_database(dsn, lambda database: found(database, REPS))
    books = Books(dsn, organisation.org_id)
    with folder("killed") as data_dir:
        running = ServerProcess(dsn, data_dir)
        load = start(Plan([running.port], organisation.token, CLIENTS, documents(LEADS)))
        books.wait_for_leads(LEADS // 3)
        running.kill()
        seen = finish(load)
    with server(dsn) as after:
        _prove_nothing_is_lost(books, organisation, seen, after)


@contextmanager
def _owner(place: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.proofs.owner", str(place)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def test_kill_of_the_process_that_owns_postgres_loses_no_acknowledged_lead() -> None:
    with folder("owned") as place:
        with _owner(place) as (owner, dsn), server(dsn) as running:
            organisation = with_database(dsn, lambda database: found(database, REPS))
            load = start(Plan([running.port], organisation.token, CLIENTS, documents(LEADS)))
            Books(dsn, organisation.org_id).wait_for_leads(LEADS // 3)
            owner.kill()
            seen = finish(load)
        with embedded_postgres.running(place, durable=True) as recovered, server(recovered) as after:
            _prove_nothing_is_lost(Books(recovered, organisation.org_id), organisation, seen, after)
