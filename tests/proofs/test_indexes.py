"""On a large database the questions asked all day are answered from indexes: the plans say so, not a stopwatch."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from bench.arena import Organisation, found, with_database
from bench.samples import intakes
from sqlalchemy import text
from tests.proofs.conftest import LEADS
from tests.proofs.plans import Plans, Question, in_transaction, plans_of
from tests.proofs.routing_questions import ROUTING_QUESTIONS
from tests.proofs.seeding import seed

from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.corridor.jobs import retry_waiting
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake
from oppspot.leads.filters import ClockState, LeadFilter, LeadSort
from oppspot.leads.queries.accounts import load_account_facts
from oppspot.leads.queries.lists import list_leads, list_queued
from oppspot.leads.types import LeadInput
from oppspot.routing.outcomes import Outcome
from oppspot.routing.queries.dashboard import count_clocks, count_hours, list_unplaced
from oppspot.routing.queries.decision_list import DecisionFilter, list_decisions
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]
# PostgreSQL rightly reads all of a small table: however few leads other proofs take, these ask of a large one.
SEEDED = max(LEADS * 40, 100_000)


@pytest.fixture(scope="module")
def large(dsn: str) -> Organisation:
    organisation = with_database(dsn, lambda database: found(database, 12))
    seed(dsn, organisation, SEEDED)
    return organisation


def _listed(given: LeadFilter, sort: LeadSort = LeadSort.NEWEST) -> Question:
    async def question(database: Database, organisation: Organisation) -> None:
        async with database.transaction(organisation.org_id) as tx:
            first = await list_leads(tx, organisation.system, given, utc_now(), sort=sort)
            if first.next_cursor:
                await list_leads(tx, organisation.system, given, utc_now(), sort=sort, cursor=first.next_cursor)

    return question


async def _take_known(tx: Transaction, organisation: Organisation) -> None:
    known = [Intake(LeadInput(email=f"person{n}@company{n // 2}.example", title="Buyer")) for n in range(1, 3_000, 97)]
    results = await take_in(tx, organisation.system, known, utc_now(), Cause("proof"))
    assert not any(result.created for result in results)


async def _look_up_accounts(tx: Transaction, organisation: Organisation) -> None:
    of_some = "SELECT id FROM companies WHERE org_id = :org_id ORDER BY name LIMIT 200"
    ids = list((await tx.execute(text(of_some), {"org_id": organisation.org_id})).scalars())
    facts = await load_account_facts(tx, organisation.org_id, ids)
    assert {fact.is_customer for fact in facts.values()} == {True, False}


def _decided(**narrowed: Any) -> Question:
    """Ask for two pages of decisions; `of` picks one of the first's decisions' own values, such as its rep."""

    async def question(database: Database, organisation: Organisation) -> None:
        async with database.transaction(organisation.org_id) as tx:
            newest = (await list_decisions(tx, organisation.org_id, DecisionFilter())).items[0]
            given = DecisionFilter(**{name: getattr(newest, name) if value == "its" else value
                                      for name, value in narrowed.items()})  # fmt: skip
            first = await list_decisions(tx, organisation.org_id, given)
            await list_decisions(tx, organisation.org_id, given, cursor=first.next_cursor)

    return question


# What is marked once is not due again: each question about clocks comes a minute after the one before.
_MINUTES = count(1)

QUESTIONS: dict[str, tuple[str, Question]] = {
    "what companies are as accounts": ("ix_leads_of_accounts", in_transaction(_look_up_accounts)),
    "newest first": ("ix_leads_recent", _listed(LeadFilter())),
    "best first": ("ix_leads_by_score", _listed(LeadFilter(), LeadSort.BEST)),
    "good ones, best first": ("ix_leads_by_score", _listed(LeadFilter(min_score=Decimal(99)), LeadSort.BEST)),
    "nobody's": ("ix_leads_recent", _listed(LeadFilter(owner="nobody"))),
    "known leads come again": ("pk_lead_identities", in_transaction(_take_known)),
    "new leads come": (
        "pk_company_identities",
        in_transaction(lambda tx, to: take_in(tx, to.system, intakes(50), utc_now(), Cause("proof"))),
    ),
    "whose next check is due": (
        "ix_leads_next_check",
        lambda database, _: retry_waiting(database, utc_now() - timedelta(days=1)),
    ),
    "what lies in queues, most urgent first": (
        "ix_leads_in_queues",
        in_transaction(lambda tx, of: list_queued(tx, of.system)),
    ),
    "how much lies in which queue": (
        "ix_leads_in_queues",
        in_transaction(lambda tx, of: list_queues(tx, of.org_id, utc_now())),
    ),
    "how clocks stand": (
        "uq_sla_clocks_running",
        in_transaction(lambda tx, of: count_clocks(tx, of.org_id, utc_now())),
    ),
    "why leads wait": ("ix_leads_waiting", in_transaction(lambda tx, of: list_unplaced(tx, of.org_id))),
    "what came in the last hours": (
        "ix_leads_recent",
        in_transaction(lambda tx, of: count_hours(tx, of.org_id, utc_now())),
    ),
    # From the clocks that run or from the leads that are due: both read little, whichever the statistics favour.
    "which leads are due soon": (
        "ix_leads_due or uq_sla_clocks_running",
        _listed(LeadFilter(clock_state=ClockState.SOON), LeadSort.DUE),
    ),
    "decisions, newest first": ("routing_decisions_org_id_at_id_idx", _decided()),
    "decisions for one rep": ("routing_decisions_org_id_rep_id_at_id_idx", _decided(rep_id="its")),
    "decisions for one team": ("routing_decisions_org_id_team_id_at_id_idx", _decided(team_id="its")),
    "decisions by one rule": ("routing_decisions_org_id_rule_id_at_id_idx", _decided(rule_id="its")),
    "decisions nobody came of": (
        "routing_decisions_org_id_outcome_at_id_idx",
        _decided(outcome=(Outcome.NO_ELIGIBLE_REP,)),
    ),
    "decisions about one lead": ("routing_decisions_org_id_lead_id_at_idx", _decided(lead_id="its")),
    "whose clocks have something to do": (
        "ix_sla_clocks_next_step",
        lambda database, _: sweep_clocks(database, utc_now() + timedelta(minutes=next(_MINUTES))),
    ),
    **ROUTING_QUESTIONS,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_all_day_never_reads_a_whole_table(dsn: str, large: Organisation, name: str) -> None:
    index, question = QUESTIONS[name]
    plans = plans_of(dsn, large, question)
    assert plans.indexes & set(index.split(" or "))
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
