"""Sixty-four clients at two servers at once: fair to one lead, never beyond capacity, no lead double."""

from collections import Counter

import pytest
from bench.arena import Organisation, found, with_database
from bench.load import Plan, Seen, send
from bench.samples import documents
from bench.serving import server
from tests.proofs.conftest import LEADS, Books

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600)]
CLIENTS = 64
FLOOD = LEADS * 2 // 5
PER_REP = "SELECT rep_id, count(*) FROM assignments WHERE {org} GROUP BY rep_id"


def _flood(dsn: str, organisation: Organisation, leads: list[dict[str, object]]) -> Seen:
    """Send leads to two servers, which have a batcher each and share only the database."""
    with server(dsn) as one, server(dsn) as other:
        seen = send(Plan([one.port, other.port], organisation.token, CLIENTS, leads))
    assert len(seen.answers) == len(leads)
    assert {status for _, status, _, _ in seen.answers} <= {200, 201}
    return seen


def test_every_rep_gets_the_exact_share_within_one_lead(dsn: str) -> None:
    reps = 7
    organisation = with_database(dsn, lambda database: found(database, reps))
    _flood(dsn, organisation, documents(FLOOD))
    books = Books(dsn, organisation.org_id)
    counts = books.counts(PER_REP)
    assert len(counts) == reps
    assert all(abs(count - FLOOD / reps) <= 1 for count in counts.values()), counts
    assert books.assigned_twice() == books.without_outcome() == books.loads_that_lie() == 0


def test_capacity_holds_and_every_lead_has_an_outcome(dsn: str) -> None:
    reps, capacity = 8, FLOOD // 10
    organisation = with_database(dsn, lambda database: found(database, reps, capacity=capacity))
    seen = _flood(dsn, organisation, documents(FLOOD))
    books = Books(dsn, organisation.org_id)
    assert set(books.counts(PER_REP).values()) == {capacity}
    stored = books.counts("SELECT outcome, count(*) FROM leads WHERE {org} GROUP BY outcome")
    assert stored == Counter(body["outcome"] for _, _, _, body in seen.answers)
    assert sum(stored.values()) == FLOOD
    assert stored["assigned"] == reps * capacity
    assert (
        books.number("SELECT count(*) FROM leads WHERE {org} AND outcome <> 'assigned' AND next_check_at IS NULL") == 0
    )


def test_racing_duplicates_become_one_lead(dsn: str) -> None:
    organisation = with_database(dsn, lambda database: found(database, 5))
    copies, different = 4, FLOOD // 4
    # Copies follow each other, so that several clients, at different servers, send them at the same moment.
    leads = [document for document in documents(different) for _ in range(copies)]
    seen = _flood(dsn, organisation, leads)
    created = [body["id"] for _, status, _, body in seen.answers if status == 201]
    books = Books(dsn, organisation.org_id)
    assert len(created) == len(set(created)) == books.leads() == different
    assert books.number("SELECT count(*) FROM contacts WHERE {org}") == different
    assert books.assigned_twice() == books.without_outcome() == 0
