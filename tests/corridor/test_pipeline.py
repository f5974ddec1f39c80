"""The corridor from a raw lead to its owner."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, TakeIn, a_rule, publish_rules

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]

ADA = {
    "email": "ada@nordwind.example",
    "first_name": "Ada",
    "last_name": "Keller",
    "source": "webinar",
    "company": {"name": "Nordwind GmbH", "domain": "nordwind.example", "employees": 240, "annual_revenue": 12_000_000},
}


async def _count(database: Database, cast: Cast, table: str) -> int:
    async with database.transaction(cast.org_id) as tx:
        return (await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()


async def test_a_raw_lead_comes_out_scored_qualified_and_owned_with_a_due_time(take: TakeIn, cast: Cast) -> None:
    [result] = await take(ADA)
    assert result.created
    assert result.outcome == "assigned"
    assert result.assignment is not None
    assert result.assignment.owner.id in {rep.id for rep in cast.reps}
    assert result.assignment.sla_due_at == NOW + timedelta(hours=4)
    assert "Everything to North" in result.assignment.reason
    assert result.score.fit is not None
    assert result.qualification.status == "nurture"
    assert 0 < result.qualification.coverage < 0.1


async def test_a_lead_of_whom_nothing_is_known_is_not_disqualified(take: TakeIn) -> None:
    [result] = await take({"email": "somebody@gmail.com"})
    verdict = result.qualification
    assert (verdict.status, verdict.coverage, verdict.overall_score) == ("nurture", 0, None)


async def test_nobody_is_asked_for_what_is_known_of_the_company(take: TakeIn) -> None:
    [result] = await take(ADA)
    assert not any("annual revenue" in action for action in result.qualification.next_actions)


async def test_the_same_address_updates_instead_of_doubling(take: TakeIn, database: Database, cast: Cast) -> None:
    [first] = await take(ADA)
    [second] = await take({"email": "ADA@nordwind.example", "title": "Head of Operations"})
    assert (first.id, second.created) == (second.id, False)
    assert second.assignment == first.assignment
    assert await _count(database, cast, "leads") == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "a@x.example"}, {"email": "a@x.example"}),
        ({"external_id": "CRM-1", "email": "a@x.example"}, {"external_id": "CRM-1", "email": "b@y.example"}),
        (
            {
                "first_name": "Zoë",
                "last_name": "Hart",
                "company": {"domain": "acme.example"},
                "email": "z@acme.example",
            },
            {"first_name": "zoe", "last_name": "HART", "company": {"name": "Acme", "domain": "www.acme.example"}},
        ),
    ],
)
async def test_each_identity_recognises_a_lead(
    take: TakeIn, first: dict[str, object], second: dict[str, object]
) -> None:
    [before], [after] = await take(first), await take(second)
    assert before.id == after.id


async def test_two_leads_in_one_batch_about_one_person_become_one_lead(take: TakeIn) -> None:
    first, second = await take(ADA, {"email": "ada@nordwind.example", "phone": "+49 30 1234567"})
    assert (first.id, first.created, second.created) == (second.id, True, False)


async def test_a_key_learnt_later_belongs_to_the_lead_known_before(take: TakeIn) -> None:
    [first] = await take({"email": "a@x.example"})
    await take({"email": "a@x.example", "external_id": "CRM-7"})
    [third] = await take({"external_id": "CRM-7"})
    assert third.id == first.id


async def test_people_of_one_domain_share_a_company(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(ADA, {"email": "bo@nordwind.example"}, {"email": "cy@gmail.com"})
    assert await _count(database, cast, "companies") == 1


async def test_silence_never_clears_what_is_known(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(ADA)
    await take({"email": "ada@nordwind.example", "company": {"domain": "nordwind.example"}})
    async with database.transaction(cast.org_id) as tx:
        employees = (await tx.execute(text("SELECT employees FROM companies"))).scalar_one()
    assert employees == 240


async def test_a_place_that_is_given_replaces_and_is_noted(take: TakeIn, database: Database, cast: Cast) -> None:
    place = {"region": "Bayern", "postcode": "80331"}
    await take(ADA | place | {"company": ADA["company"] | place})
    await take({"email": "ada@nordwind.example", "region": "Tirol", "company": {"postcode": "80333"}})
    async with database.transaction(cast.org_id) as tx:
        rows = [(await tx.execute(text(f"SELECT region, postcode FROM {table}"))).one() for table in _PLACED]
        happened = await tx.execute(text("SELECT payload FROM timeline_events WHERE name = 'lead.updated'"))
        changes = happened.scalar_one()["changes"]
    assert rows == [("Tirol", "80331"), ("Bayern", "80333")]
    assert changes == {"contact.region": ["Bayern", "Tirol"], "company.postcode": ["80331", "80333"]}


_PLACED = ("contacts", "companies")


async def test_taking_the_same_lead_in_twice_changes_nothing(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(ADA)
    tables = ("score_history", "assessments", "assignments", "routing_decisions", "timeline_events", "notifications")
    before = [await _count(database, cast, table) for table in tables]
    await take(ADA)
    assert [await _count(database, cast, table) for table in tables] == before


async def test_claims_that_come_with_a_lead_count_at_once(take: TakeIn) -> None:
    claims = [{"key": "budget.confirmed", "value": True}, {"key": "budget.range", "value": "over_500k"}]
    [result] = await take(ADA | {"claims": claims})
    assert result.qualification.coverage > 0
    assert result.qualification.overall_score is not None


async def test_turns_alternate_between_equal_reps(take: TakeIn) -> None:
    results = await take(*({"email": f"p{number}@x{number}.example"} for number in range(10)))
    owners = [result.assignment.owner.id for result in results if result.assignment]
    assert sorted(owners.count(owner) for owner in set(owners)) == [5, 5]


async def test_a_lead_no_rule_wants_has_a_named_outcome_and_a_next_check(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await publish_rules(
        database, cast, [a_rule(cast, conditions={"field": "lead.source", "op": "eq", "value": "partner"})]
    )
    [result] = await take(ADA)
    assert (result.outcome, result.assignment) == ("no_rule_matched", None)
    async with database.transaction(cast.org_id) as tx:
        assert (await tx.execute(text("SELECT next_check_at FROM leads"))).scalar_one() > NOW


async def test_stored_scores_equal_the_answer(take: TakeIn, database: Database, cast: Cast) -> None:
    [result] = await take(ADA)
    async with database.transaction(cast.org_id) as tx:
        stored = (await tx.execute(text("SELECT score_overall, score_fit FROM leads"))).one()
    assert stored == (result.score.overall, result.score.fit)
    assert isinstance(stored.score_overall, Decimal)


async def test_a_person_who_changes_company_is_found_there(take: TakeIn, database: Database, cast: Cast) -> None:
    await take({"external_id": "7", "company": {"name": "Old", "domain": "old.example"}})
    await take({"external_id": "7", "company": {"name": "New", "domain": "new.example"}})
    async with database.transaction(cast.org_id) as tx:
        row = (await tx.execute(text("SELECT l.company_id, t.company_id FROM leads l, contacts t"))).one()
    assert row[0] == row[1]


async def test_a_fraction_said_again_changes_nothing(take: TakeIn) -> None:
    company = {"name": "Nordwind", "annual_revenue": 1234567.89, "growth_rate": 12.3, "technologies": ["Kafka"]}
    await take({"email": "ada@nordwind.example", "company": company})
    [again] = await take({"email": "ada@nordwind.example", "company": company})
    assert again.changes == {}
