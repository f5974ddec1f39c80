"""What the proofs share: a durable PostgreSQL of their own, and counts that tell whether anything went wrong.

Sizes come from the environment, so that a small machine can prove with less: OPPSPOT_PROVE_LEADS (5000: the load in
which servers are killed; other sizes are in proportion).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic, sleep
from uuid import UUID

import psycopg
import pytest
from bench.arena import private_postgres

LEADS = int(os.environ.get("OPPSPOT_PROVE_LEADS", "5000"))
WAIT_SECONDS = 300


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    with private_postgres() as address:
        yield address


@dataclass(frozen=True, slots=True)
class Books:
    """What the database says of one organisation."""

    dsn: str
    org_id: UUID

    def number(self, query: str) -> int:
        """Return the one number a query gives; it counts a table's rows of the organisation with `{org}`."""
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute(query.replace("{org}", f"org_id = '{self.org_id}'")).fetchone()
        assert row is not None
        return int(row[0])

    def ids(self, query: str) -> set[str]:
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute(query.replace("{org}", f"org_id = '{self.org_id}'")).fetchall()
        return {str(row[0]) for row in rows}

    def counts(self, query: str) -> dict[str, int]:
        with psycopg.connect(self.dsn) as connection:
            rows = connection.execute(query.replace("{org}", f"org_id = '{self.org_id}'")).fetchall()
        return {str(name): int(number) for name, number in rows}

    def leads(self) -> int:
        return self.number("SELECT count(*) FROM leads WHERE {org}")

    def wait_for_leads(self, number: int) -> None:
        deadline = monotonic() + WAIT_SECONDS
        while self.leads() < number:
            assert monotonic() < deadline, f"only {self.leads()} leads came in"
            sleep(0.05)

    def assigned_twice(self) -> int:
        """Count the leads that were given to somebody more than once."""
        return self.number(
            "SELECT count(*) FROM (SELECT lead_id FROM assignments WHERE {org} GROUP BY lead_id HAVING count(*) > 1) x"
        )

    def without_outcome(self) -> int:
        """Count leads whose row, decision and assignment do not agree."""
        return self.number(
            """
            SELECT count(*) FROM leads AS l
            LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
            WHERE l.{org} AND (
                (l.outcome = 'assigned') <> (a.id IS NOT NULL)
                OR l.owner_id IS DISTINCT FROM a.rep_id
                OR NOT EXISTS (SELECT FROM routing_decisions AS d WHERE d.org_id = l.org_id AND d.lead_id = l.id)
                OR NOT EXISTS (SELECT FROM score_history AS s WHERE s.org_id = l.org_id AND s.lead_id = l.id)
            )
            """
        )

    def loads_that_lie(self) -> int:
        """Count reps whose kept number of open leads is not what the assignments say."""
        return self.number(
            """
            SELECT count(*) FROM rep_loads AS r WHERE r.{org} AND r.open_count <> (
                SELECT count(*) FROM assignments AS a WHERE a.org_id = r.org_id AND a.rep_id = r.rep_id
                AND a.status IN ('assigned', 'accepted', 'working'))
            """
        )
