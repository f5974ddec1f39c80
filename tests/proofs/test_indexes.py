"""On a large database the questions asked all day are answered from indexes: the plans say so, not a stopwatch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from bench.arena import Organisation, found, with_database
from bench.samples import intakes
from sqlalchemy import event
from tests.proofs.conftest import LEADS
from tests.proofs.seeding import seed

from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.corridor.jobs import retry_waiting
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake
from oppspot.leads.filters import LeadFilter, LeadSort
from oppspot.leads.queries.lists import list_leads, list_queued
from oppspot.leads.types import LeadInput
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.services.clocks import mark_breaches

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]
SEEDED = LEADS * 40
LARGE = {"leads", "contacts", "companies", "lead_identities", "company_identities", "assignments"}
Question = Callable[[Database, Organisation], Awaitable[object]]


@pytest.fixture(scope="module")
def large(dsn: str) -> Organisation:
    organisation = with_database(dsn, lambda database: found(database, 12))
    seed(dsn, organisation, SEEDED)
    return organisation


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
        read = {node["Index Name"] for node in self.nodes if "Index Name" in node}
        return read.union(*(node.get("Conflict Arbiter Indexes", ()) for node in self.nodes))


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
            for statement, parameters in [each for each in sent if any(name in each[0] for name in LARGE)]:
                connection = await tx.connection()
                explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
                plans.add(explained.scalar_one()[0]["Plan"])
        return plans

    return with_database(dsn, asked)


def _listed(given: LeadFilter, sort: LeadSort = LeadSort.NEWEST) -> Question:
    async def question(database: Database, organisation: Organisation) -> None:
        async with database.transaction(organisation.org_id) as tx:
            first = await list_leads(tx, organisation.system, given, utc_now(), sort=sort)
            if first.next_cursor:
                await list_leads(tx, organisation.system, given, utc_now(), sort=sort, cursor=first.next_cursor)

    return question


def _in_transaction(work: Callable[[Transaction, Organisation], Awaitable[object]]) -> Question:
    async def question(database: Database, organisation: Organisation) -> None:
        async with database.transaction(organisation.org_id) as tx:
            await work(tx, organisation)

    return question


async def _take_known(tx: Transaction, organisation: Organisation) -> None:
    known = [Intake(LeadInput(email=f"person{n}@company{n // 2}.example", title="Buyer")) for n in range(1, 3_000, 97)]
    results = await take_in(tx, organisation.system, known, utc_now(), Cause("proof"))
    assert not any(result.created for result in results)


# What is marked once is not due again: each question about clocks comes a minute after the one before.
_MINUTES = count(1)

QUESTIONS: dict[str, tuple[str, Question]] = {
    "newest first": ("ix_leads_recent", _listed(LeadFilter())),
    "best first": ("ix_leads_by_score", _listed(LeadFilter(), LeadSort.BEST)),
    "good ones, best first": ("ix_leads_by_score", _listed(LeadFilter(min_score=Decimal(99)), LeadSort.BEST)),
    "nobody's": ("ix_leads_recent", _listed(LeadFilter(owner="nobody"))),
    "known leads come again": ("pk_lead_identities", _in_transaction(_take_known)),
    "new leads come": (
        "pk_company_identities",
        _in_transaction(lambda tx, to: take_in(tx, to.system, intakes(50), utc_now(), Cause("proof"))),
    ),
    "whose next check is due": (
        "ix_leads_next_check",
        lambda database, _: retry_waiting(database, utc_now() - timedelta(days=1)),
    ),
    "what lies in queues, most urgent first": (
        "ix_leads_in_queues",
        _in_transaction(lambda tx, of: list_queued(tx, of.system)),
    ),
    "how much lies in which queue": (
        "ix_leads_in_queues",
        _in_transaction(lambda tx, of: list_queues(tx, of.org_id, utc_now())),
    ),
    "whose time ran out in a queue": (
        "ix_leads_queue_due",
        lambda database, _: mark_breaches(database, utc_now() + timedelta(minutes=next(_MINUTES))),
    ),
    "whose SLA ran out": (
        "ix_assignments_sla_due",
        lambda database, _: mark_breaches(database, utc_now() + timedelta(minutes=next(_MINUTES))),
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_all_day_never_reads_a_whole_table(dsn: str, large: Organisation, name: str) -> None:
    index, question = QUESTIONS[name]
    plans = plans_of(dsn, large, question)
    assert index in plans.indexes
    assert plans.whole_tables == set()


@pytest.mark.parametrize("sort", LeadSort)
def test_every_order_of_the_list_is_the_order_of_an_index(dsn: str, large: Organisation, sort: LeadSort) -> None:
    plans = plans_of(dsn, large, _listed(LeadFilter(), sort))
    assert (plans.whole_tables, plans.sorts) == (set(), False)


# What door_search_leads does inside, explained as its owner: a function's plan does not show in its caller's.
_SEARCH = """
    EXPLAIN (FORMAT JSON) SELECT id FROM leads
    WHERE to_tsvector('simple', search_text) @@ to_tsquery('simple', %s) AND org_id = %s
"""


@pytest.mark.parametrize("words", ["last4711:*", "first42:* & last4542:*"])
def test_a_search_reads_its_index(dsn: str, large: Organisation, words: str) -> None:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(_SEARCH, (words, large.org_id)).fetchone()
    assert row
    plans = Plans()
    plans.add(row[0][0]["Plan"])
    assert "ix_leads_search" in plans.indexes


def test_a_plan_that_reads_a_whole_table_is_found_out() -> None:
    """The proof itself can fail."""
    plans = Plans()
    plans.add({"Node Type": "Aggregate", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "contacts"}]})
    assert plans.whole_tables == {"contacts"}
