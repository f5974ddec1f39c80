"""What PostgreSQL plans to read for a question, found by asking it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bench.arena import Organisation, with_database
from sqlalchemy import event

from oppspot.core.db import Database, Transaction

LARGE = {
    "sla_clocks",
    "leads",
    "contacts",
    "companies",
    "lead_identities",
    "company_identities",
    "assignments",
}
# Of a table in partitions the empty ones are read whole, for they are quicker read than their indexes.
EXPLAINED = LARGE | {"routing_decisions"}
Question = Callable[[Database, Organisation], Awaitable[object]]


@dataclass
class Plans:
    """The plans of all statements of a question that read a large table."""

    nodes: list[dict[str, Any]] = field(default_factory=list)

    def add(self, plan: dict[str, Any]) -> None:
        self.nodes.append(plan)
        for part in plan.get("Plans", ()):
            self.add(part)

    @property
    def whole_tables(self) -> set[str]:
        scans = {node.get("Relation Name") for node in self.nodes if node["Node Type"] == "Seq Scan"}
        return {str(table) for table in scans & LARGE}

    @property
    def sorts(self) -> bool:
        """Whether something is put in order that no index had in order."""
        return any("Sort" in node["Node Type"] for node in self.nodes)

    @property
    def indexes(self) -> set[str]:
        """The indexes read, and those that find out whether an inserted row is there already."""
        read = {_whole(node["Index Name"]) for node in self.nodes if "Index Name" in node}
        return read.union(*(node.get("Conflict Arbiter Indexes", ()) for node in self.nodes))


def _whole(name: str) -> str:
    """Return the table's or the index's name without the partition it is of."""
    return re.sub(r"_p\d+(?=_|$)", "", name)


def plans_of(dsn: str, organisation: Organisation, question: Question) -> Plans:
    """Ask a question for real, then have the statements it sent explained, under the same rights and settings."""

    async def asked(database: Database) -> Plans:
        sent: list[tuple[str, Any]] = []

        @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
        def _note(_1: Any, _2: Any, statement: str, parameters: Any, *_: Any) -> None:
            sent.append((statement, parameters))

        await question(database, organisation)
        plans = Plans()
        async with database.transaction(organisation.org_id) as tx:
            for statement, parameters in [each for each in sent if any(name in each[0] for name in EXPLAINED)]:
                connection = await tx.connection()
                explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                plans.add(explained.scalar_one()[0]["Plan"])
        return plans

    return with_database(dsn, asked)


def in_transaction(work: Callable[[Transaction, Organisation], Awaitable[object]]) -> Question:
    """Return a question of what is done in a transaction."""

    async def question(database: Database, organisation: Organisation) -> None:
        async with database.transaction(organisation.org_id) as tx:
            await work(tx, organisation)

    return question
