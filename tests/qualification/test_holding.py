"""Leads that hold several frameworks, verdicts people decided against, and what was claimed of companies."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.errors import Invalid, NotFound
from oppspot.core.ids import new_id
from oppspot.corridor.checking import check_intake
from oppspot.corridor.company_claims import change_company_claims
from oppspot.corridor.pipeline import reassess, take_in
from oppspot.corridor.types import Cause, Intake, LeadResult
from oppspot.leads.types import LeadInput
from oppspot.leads.validating import validate_lead
from oppspot.qualification.explain import diff_assessments
from oppspot.qualification.queries.past import get_past_scorecard, list_assessments, list_overrides
from oppspot.qualification.queries.scorecards import get_standings
from oppspot.qualification.services.choosing import choose_frameworks
from oppspot.qualification.services.claims import append_claims
from oppspot.qualification.services.overriding import override_verdict, withdraw_override
from oppspot.qualification.types import Claim

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
Take = Callable[..., Awaitable[LeadResult]]
ADA: dict[str, Any] = {"email": "ada@nordwind.example", "company": {"domain": "nordwind.example", "employees": 240}}


def a_claim(key: str, value: Any, now: datetime = NOW, **details: Any) -> Claim:
    return Claim(**{"id": new_id(), "key": key, "value": value, "source": "rep", "observed_at": now} | details)


@pytest.fixture
async def take(database: Database, cast: Cast) -> Take:
    async def taken(document: dict[str, Any] = ADA, now: datetime = NOW) -> LeadResult:
        lead = validate_lead(document, {})
        assert isinstance(lead, LeadInput), lead
        intake = check_intake(lead, "test", now)
        assert isinstance(intake, Intake), intake
        async with database.transaction(cast.org_id) as tx:
            [result] = await take_in(tx, cast.system, [intake], now, Cause("test"))
        return result

    return taken


async def claimed(database: Database, cast: Cast, lead_id: UUID, *claims: Claim, now: datetime = NOW) -> LeadResult:
    async with database.transaction(cast.org_id) as tx:
        return await append_claims(tx, cast.rep.actor, lead_id, claims, now)


async def number(database: Database, cast: Cast, statement: str, **given: Any) -> Any:
    async with database.transaction(cast.org_id) as tx:
        return (await tx.execute(text(statement), given)).scalar_one()


async def test_a_large_deal_is_answered_by_meddic_with_bant_beside_it(take: Take) -> None:
    result = await take(ADA | {"company": {"domain": "nordwind.example", "employees": 4_000}})
    own = result.qualification
    assert (own.framework, [item.framework for item in result.standings]) == ("meddic", ["meddic", "bant"])
    assert "employees 4,000" in own.reason


async def test_a_deal_that_grows_large_changes_its_framework_and_says_so(
    take: Take, database: Database, cast: Cast
) -> None:
    lead = await take()
    result = await claimed(database, cast, lead.id, a_claim("budget.estimated_budget", 250_000))
    assert result.qualification.framework == "meddic"
    statement = "SELECT payload->>'framework' FROM timeline_events WHERE name = 'lead.verdict_changed'"
    assert await number(database, cast, statement) == "meddic"


async def test_rules_choose_and_a_hand_chooses_over_them(take: Take, database: Database, cast: Cast) -> None:
    rule = {
        "name": "Fairs",
        "framework": "meddic",
        "conditions": {"field": "lead.source", "op": "eq", "value": "fair"},
    }
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.manager.actor, "framework_selection", {"rules": [rule]}, NOW)
    lead = await take(ADA | {"source": "fair"})
    assert lead.qualification.reason == "Rule “Fairs”."
    async with database.transaction(cast.org_id) as tx:
        chosen = await choose_frameworks(tx, cast.rep.actor, lead.id, ["bant"], NOW)
    assert (chosen.qualification.framework, chosen.qualification.reason) == ("bant", "Chosen by Rita Rep.")
    async with database.transaction(cast.org_id) as tx:
        back = await choose_frameworks(tx, cast.rep.actor, lead.id, [], NOW)
    assert back.qualification.framework == "meddic"


async def test_what_is_no_framework_cannot_be_chosen(take: Take, database: Database, cast: Cast) -> None:
    lead = await take()
    with pytest.raises(Invalid) as refusal:
        async with database.transaction(cast.org_id) as tx:
            await choose_frameworks(tx, cast.rep.actor, lead.id, ["bant", "guessing"], NOW)
    assert [problem.path for problem in refusal.value.errors] == ["frameworks[1]"]


async def test_a_verdict_decided_by_a_person_counts_and_the_machines_stays_beside_it(
    take: Take, database: Database, cast: Cast
) -> None:
    lead = await take()
    until = NOW + timedelta(days=7)
    async with database.transaction(cast.org_id) as tx:
        result = await override_verdict(
            tx, cast.rep.actor, lead.id, "bant", NOW, status="qualified", reason="Signed letter", expires_at=until
        )
    assert (result.qualification.status, result.qualification.verdict) == ("nurture", "qualified")
    async with database.transaction(cast.org_id) as tx:
        standings = await get_standings(tx, cast.org_id, lead.id)
        [kept] = await list_overrides(tx, cast.org_id, lead.id, "bant")
    assert (standings.own.verdict, standings.overrides["bant"].reason) == ("qualified", "Signed letter")
    assert (kept.machine_status, kept.author, kept.expires_at) == ("nurture", "Rita Rep", until)
    assert await number(database, cast, "SELECT count(*) FROM timeline_events WHERE name = 'lead.qualified'") == 1
    view = "SELECT qualification_status || ', ' || verdict || ': ' || notes FROM bant_qualifications"
    assert await number(database, cast, view) == "nurture, qualified: Signed letter"


async def test_an_override_ends_by_itself_and_by_hand(take: Take, database: Database, cast: Cast) -> None:
    lead = await take()
    until = NOW + timedelta(days=7)
    async with database.transaction(cast.org_id) as tx:
        await override_verdict(
            tx, cast.rep.actor, lead.id, "bant", NOW, status="qualified", reason="A letter", expires_at=until
        )
    async with database.transaction(cast.org_id) as tx:
        [over] = await reassess(tx, cast.system, [lead.id], until, Cause("time"))
    assert over.qualification.verdict == "nurture"
    async with database.transaction(cast.org_id) as tx:
        await override_verdict(tx, cast.rep.actor, lead.id, "bant", until, status="qualified", reason="Another")
        withdrawn = await withdraw_override(tx, cast.rep.actor, lead.id, "bant", until)
        history = await list_overrides(tx, cast.org_id, lead.id, "bant")
    assert withdrawn.qualification.verdict == "nurture"
    assert [item.status for item in history] == [None, "qualified", "qualified"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"reason": "why"}, "status"),
        ({"reason": "why", "status": "commit"}, "status"),
        ({"reason": " ", "status": "qualified"}, "reason"),
        ({"reason": "why", "overall_score": 101}, "overall_score"),
        ({"reason": "why", "status": "qualified", "expires_at": NOW}, "expires_at"),
    ],
)
async def test_an_override_that_says_nothing_usable_is_refused(
    take: Take, database: Database, cast: Cast, given: dict[str, Any], path: str
) -> None:
    lead = await take()
    with pytest.raises(Invalid) as refusal:
        async with database.transaction(cast.org_id) as tx:
            await override_verdict(tx, cast.rep.actor, lead.id, "bant", NOW, **given)
    assert [problem.path for problem in refusal.value.errors] == [path]


async def test_what_is_claimed_of_a_company_counts_for_all_its_leads_old_and_new(
    take: Take, database: Database, cast: Cast
) -> None:
    ada = await take()
    bea = await take(ADA | {"email": "bea@nordwind.example"})
    assert ada.company_id is not None
    async with database.transaction(cast.org_id) as tx:
        claims = [a_claim("authority.committee_size", 4)]
        reached = await change_company_claims(tx, cast.rep.actor, ada.company_id, lambda _: claims, NOW)
    assert reached == 2
    dan = await take(ADA | {"email": "dan@nordwind.example"}, now=NOW + timedelta(hours=1))
    for lead in (ada, bea, dan):
        async with database.transaction(cast.org_id) as tx:
            card = await get_past_scorecard(tx, cast.org_id, lead.id, "bant", NOW + timedelta(hours=2))
        assert next(element for element in card.assessment.elements if element.element == "authority").score == 10


async def test_calculating_again_writes_no_history(take: Take, database: Database, cast: Cast) -> None:
    lead = await take(
        ADA | {"company": {"domain": "nordwind.example", "employees": 4_000, "annual_revenue": 2_000_000}}
    )
    before = await number(database, cast, "SELECT count(*) FROM assessments")
    async with database.transaction(cast.org_id) as tx:
        for _ in range(3):
            await reassess(tx, cast.system, [lead.id], NOW + timedelta(minutes=1), Cause("calculated"))
    assert before == 2
    assert await number(database, cast, "SELECT count(*) FROM assessments") == before


async def test_a_former_card_is_worked_out_again_and_the_difference_sums_to_the_change(
    take: Take, database: Database, cast: Cast
) -> None:
    lead = await take(ADA | {"company": {"domain": "nordwind.example", "annual_revenue": 2_000_000}})
    later = NOW + timedelta(days=3)
    await claimed(database, cast, lead.id, a_claim("budget.confirmed", value=True, now=later), now=later)
    async with database.transaction(cast.org_id) as tx:
        before = await get_past_scorecard(tx, cast.org_id, lead.id, "bant", NOW)
        after = await get_past_scorecard(tx, cast.org_id, lead.id, "bant", later)
        recorded = {item.at: item.overall_score for item in await list_assessments(tx, cast.org_id, lead.id, "bant")}
    assert recorded == {NOW: before.assessment.overall_score, later: after.assessment.overall_score}
    changes = diff_assessments(before.assessment, after.assessment)
    was, now = before.assessment.overall_score or 0, after.assessment.overall_score or 0
    assert sum(change.hundredths for change in changes) == 100 * (now - was) > 0


async def test_a_card_of_a_company_that_changed_since_is_as_it_was(take: Take, database: Database, cast: Cast) -> None:
    lead = await take(ADA | {"company": {"domain": "nordwind.example", "annual_revenue": 2_000_000}})
    await take(ADA | {"company": {"domain": "nordwind.example", "annual_revenue": 20_000_000}}, now=NOW + timedelta(1))
    async with database.transaction(cast.org_id) as tx:
        then = await get_past_scorecard(tx, cast.org_id, lead.id, "bant", NOW)
    assert next(element for element in then.assessment.elements if element.element == "budget").score == 5


async def test_before_it_was_known_there_is_no_card(take: Take, database: Database, cast: Cast) -> None:
    lead = await take()
    with pytest.raises(NotFound):
        async with database.transaction(cast.org_id) as tx:
            await get_past_scorecard(tx, cast.org_id, lead.id, "bant", NOW - timedelta(days=1))


async def test_other_tools_read_the_cards_of_their_organisation_only(
    take: Take, database: Database, cast: Cast, outsiders: Cast
) -> None:
    lead = await take(ADA | {"company": {"domain": "nordwind.example", "employees": 4_000}})
    await claimed(database, cast, lead.id, a_claim("budget.confirmed", value=True))
    statement = "SELECT budget_score || ' ' || (budget_details->>'budget.confirmed') FROM bant_qualifications"
    assert await number(database, cast, statement) == "40 true"
    assert await number(database, cast, "SELECT forecast_category FROM meddic_qualifications") == "omitted"
    for view in ("bant_qualifications", "meddic_qualifications"):
        assert await number(database, outsiders, f"SELECT count(*) FROM {view}") == 0
