"""What enters the corridor by itself: time, changed rules, changed companies."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, TakeIn, a_rule, publish_rules
from tests.rescored import rescore_all

from oppspot.core.db import Database
from oppspot.corridor.jobs import reassess_company, retry_waiting, start_daily
from oppspot.corridor.rescoring import start_rescoring

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _one(database: Database, cast: Cast, query: str) -> object:
    async with database.transaction(cast.org_id) as tx:
        return (await tx.execute(text(query))).scalar_one()


async def test_evidence_that_ages_changes_the_verdict_when_time_enters(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    claims = [{"key": "budget.confirmed", "value": True}, {"key": "budget.range", "value": "over_500k"}]
    await take({"email": "a@x.example", "claims": claims})
    fresh = await _one(database, cast, "SELECT bant_coverage FROM leads")
    later = NOW + timedelta(days=120)
    async with database.transaction(cast.org_id) as tx:
        await start_rescoring(tx, cast.org_id, "time", later)
    assert await rescore_all(database, cast.org_id, later) == 1
    assert await _one(database, cast, "SELECT bant_coverage FROM leads") < fresh
    assert await _one(database, cast, "SELECT count(*) FROM assessments") == 2


async def test_leads_that_wait_are_routed_when_their_check_is_due(take: TakeIn, database: Database, cast: Cast) -> None:
    await publish_rules(database, cast, [])
    [held] = await take({"email": "a@x.example"})
    assert held.outcome == "no_rule_matched"
    await publish_rules(database, cast, [a_rule(cast)])
    assert await _one(database, cast, "SELECT owner_id IS NULL FROM leads")
    await retry_waiting(database, NOW + timedelta(hours=1))
    assert await _one(database, cast, "SELECT owner_id IS NOT NULL AND outcome = 'assigned' FROM leads")


async def test_a_changed_company_has_all_its_leads_scored_anew(take: TakeIn, database: Database, cast: Cast) -> None:
    company = {"name": "Nordwind", "domain": "nordwind.example"}
    await take({"email": "a@nordwind.example", "company": company}, {"email": "b@nordwind.example"})
    await take({"email": "a@nordwind.example", "company": company | {"annual_revenue": 90_000_000}})
    company_id = await _one(database, cast, "SELECT id FROM companies")
    assert isinstance(company_id, UUID)
    assert await reassess_company(database, cast.org_id, company_id, NOW) == 2
    assert await _one(database, cast, "SELECT count(DISTINCT score_fit) FROM leads") == 1


async def test_every_organisation_is_assessed_daily(database: Database, cast: Cast, outsiders: Cast) -> None:
    assert cast.org_id != outsiders.org_id
    assert await start_daily(database, NOW) >= 2


async def test_a_lead_that_waits_on_for_the_same_reason_leaves_no_new_decision(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await publish_rules(database, cast, [])
    await take({"email": "a@x.example"})
    for minutes in (20, 40, 60):
        await retry_waiting(database, NOW + timedelta(minutes=minutes))
    assert await _one(database, cast, "SELECT count(*) FROM routing_decisions") == 1
    assert await _one(database, cast, "SELECT count(*) FROM timeline_events WHERE name = 'lead.held'") == 1
    assert await _one(database, cast, "SELECT next_check_at FROM leads") > NOW + timedelta(minutes=60)


async def test_the_best_of_those_who_wait_goes_first_when_there_is_room(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 0"))
    strong = {"domain": "strong.example", "industry": "Software", "annual_revenue": 50_000_000, "credit_score": 90}
    weak = {"domain": "weak.example", "industry": "Retail", "annual_revenue": 10_000, "credit_score": 10}
    await take({"email": "a@weak.example", "company": weak}, {"email": "b@strong.example", "company": strong})
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 1 WHERE user_id = :rep"), {"rep": cast.rep.id})
    await retry_waiting(database, NOW + timedelta(hours=1))
    given = "SELECT c.domain FROM leads AS l JOIN companies AS c ON c.id = l.company_id WHERE l.outcome = 'assigned'"
    assert await _one(database, cast, given) == "strong.example"
