"""What leads' companies are as accounts decides where rules ask for it, and is not looked up where none does."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.corridor.conftest import NOW, TakeIn, a_rule, publish_rules
from tests.statements import statements_of

from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.corridor.editing import edit_company, edit_lead
from oppspot.corridor.pipeline import amend, reassess
from oppspot.corridor.routing import owners_of
from oppspot.corridor.types import Cause, LeadResult, LeadState
from oppspot.leads.account_facts import AccountFacts
from oppspot.routing.queries.decisions import replay_decision
from oppspot.routing.quick_lists import CUSTOMERS

pytestmark = [pytest.mark.anyio, pytest.mark.db]


def _asks(field: str, value: Any = True) -> dict[str, Any]:
    return {"all": [{"field": field, "op": "eq", "value": value}]}


async def _owned(database: Database, cast: Cast, result: LeadResult, owner: Any) -> None:
    async with database.transaction(cast.org_id) as tx:
        assert result.company_id is not None
        await edit_company(tx, cast.manager.actor, result.company_id, {"owner_id": owner and owner.id}, NOW)


async def _publish(database: Database, cast: Cast, *fields: str) -> None:
    queues = [
        a_rule(cast, id=f"r{n}", name=field, priority=n, conditions=_asks(field))
        | {"assignment_target": {"type": "queue", "id": field}}
        for n, field in enumerate(fields)
    ]
    await publish_rules(database, cast, queues)


async def test_rules_ask_whose_an_account_is_and_how_far_it_is(take: TakeIn, database: Database, cast: Cast) -> None:
    customer, owned, opportunity = await take(*({"email": f"a@c{n}.example"} for n in range(3)))
    await _owned(database, cast, owned, cast.rep)
    async with database.transaction(cast.org_id) as tx:
        for lead, stage in ((customer, "customer"), (opportunity, "opportunity")):
            await edit_lead(tx, cast.manager.actor, lead.id, {"stage": stage}, {}, NOW)
    fields = ("account.is_customer", "account.has_open_opportunity", "account.has_owner")
    await _publish(database, cast, *fields)
    results = await take(*({"email": f"b@c{n}.example"} for n in range(4)), {"email": "b@gmail.com"})
    assert [result.outcome for result in results] == ["queued"] * 3 + ["no_rule_matched"] * 2
    assert [name in result.reason for name, result in zip((fields[0], fields[2], fields[1]), results, strict=False)]
    async with database.transaction(cast.org_id) as tx:
        rows = await tx.execute(text("SELECT queue FROM leads WHERE queue IS NOT NULL ORDER BY search_text"))
        assert list(rows.scalars()) == [fields[0], fields[2], fields[1]]


async def test_without_a_company_an_account_is_unknown_not_false(take: TakeIn, database: Database, cast: Cast) -> None:
    no_owner = {"not": _asks("account.has_owner")}
    await publish_rules(database, cast, [a_rule(cast, conditions=no_owner)])
    at_a_company, without = await take({"email": "a@c.example"}, {"email": "a@gmail.com"})
    assert (at_a_company.outcome, without.outcome) == ("assigned", "no_rule_matched")


async def test_bands_levels_and_places_are_asked(take: TakeIn, database: Database, cast: Cast) -> None:
    asked = {
        "all": [
            {"field": "company.size_band", "op": "in", "value": ["51-200", "201-500"]},
            {"field": "engagement.level", "op": "eq", "value": "none"},
            {"field": "company.region", "op": "eq", "value": "bayern"},
            {"field": "company.postcode", "op": "starts_with", "value": "80"},
            {"field": "lead.region", "op": "eq", "value": "Tirol"},
            {"field": "lead.postcode", "op": "eq", "value": "6020"},
        ]
    }
    await publish_rules(database, cast, [a_rule(cast, conditions=asked)])
    lead: dict[str, Any] = {"email": "a@c.example", "region": "Tirol", "postcode": "6020"}
    company = {"employees": 240, "region": "Bayern", "postcode": "80331"}
    met, larger, nowhere = await take(
        lead | {"company": company},
        lead | {"email": "a@d.example", "company": company | {"employees": 501}},
        lead | {"email": "a@e.example", "company": {"employees": 240}},
    )
    assert [result.outcome for result in (met, larger, nowhere)] == ["assigned", "no_rule_matched", "no_rule_matched"]


async def test_a_stage_changed_in_the_batch_counts_in_the_batch(take: TakeIn, database: Database, cast: Cast) -> None:
    await _publish(database, cast, "account.is_customer")
    [lead] = await take({"email": "a@c.example"})
    assert lead.outcome == "no_rule_matched"

    def wins(state: LeadState) -> None:
        state.changes["lead.stage"] = [state.lead["stage"], "customer"]
        state.lead["stage"] = "customer"

    async with database.transaction(cast.org_id) as tx:
        [won] = await amend(tx, cast.system, [lead.id], wins, NOW, Cause("edit"))
    assert won.outcome == "queued"


async def test_an_accounts_owner_gets_its_leads_then_the_parents_then_the_opportunitys(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    child, parent, open_one = await take(*({"email": f"a@{name}.example"} for name in ("child", "parent", "open")))
    await publish_rules(database, cast, [a_rule(cast, routing_algorithm="account_based")])
    async with database.transaction(cast.org_id) as tx:
        assert child.company_id is not None
        await edit_company(tx, cast.manager.actor, child.company_id, {"parent_id": parent.company_id}, NOW)
        await edit_lead(tx, cast.manager.actor, open_one.id, {"stage": "opportunity"}, {}, NOW)
    await _owned(database, cast, parent, cast.other_rep)
    given = [(await take({"email": f"b{n}@child.example"}))[0] for n in range(3)]
    assert [result.assignment and result.assignment.owner.id for result in given] == [cast.other_rep.id] * 3
    assert "the owner of the parent company" in given[0].reason
    await _owned(database, cast, child, cast.rep)
    [own] = await take({"email": "c@child.example"})
    assert own.assignment is not None
    assert own.assignment.owner.id == cast.rep.id
    assert "the owner of the account" in own.reason
    [there] = await take({"email": "b@open.example"})
    assert there.assignment is not None
    assert open_one.assignment is not None
    assert there.assignment.owner.id == open_one.assignment.owner.id


async def test_the_list_of_customers_sends_their_leads_to_their_owner_and_no_others(
    take: TakeIn, database: Database, cast: Cast, clients: Clients
) -> None:
    customer, prospect = await take({"email": "a@customer.example"}, {"email": "a@prospect.example"})
    await _owned(database, cast, customer, cast.other_rep)
    await _owned(database, cast, prospect, cast.other_rep)
    async with database.transaction(cast.org_id) as tx:
        await edit_lead(tx, cast.manager.actor, customer.id, {"stage": "customer"}, {}, NOW)
    published = await (await clients.of(cast.manager)).post("/routing/exclusions/customers")
    assert published.status_code == 303
    addresses = [f"b{n}@{name}.example" for n in range(3) for name in ("customer", "prospect")]
    results = await take(*({"email": address} for address in addresses))
    listed, others = results[::2], results[1::2]
    assert [result.assignment and result.assignment.owner.id for result in listed] == [cast.other_rep.id] * 3
    by_list = f"It is on the list “{CUSTOMERS['name']}”, which goes to the account's owner"
    assert {result.reason for result in listed} == {f"{by_list}; Ravi Rep is the owner of the account."}
    assert all(result.reason.startswith("Rule “Everything to North” sends it to team North") for result in others)
    assert {result.assignment and result.assignment.owner.id for result in others} == {rep.id for rep in cast.reps}


async def test_a_decision_by_account_is_taken_again_alike(take: TakeIn, database: Database, cast: Cast) -> None:
    [first] = await take({"email": "a@c.example"})
    await _owned(database, cast, first, cast.rep)
    await publish_rules(
        database, cast, [a_rule(cast, routing_algorithm="account_based", conditions=_asks("account.has_owner"))]
    )
    [second] = await take({"email": "b@c.example"})
    async with database.transaction(cast.org_id) as tx:
        query = text("SELECT id, record FROM routing_decisions WHERE lead_id = :lead")
        decision_id, record = (await tx.execute(query, {"lead": second.id})).one()
        replayed = await replay_decision(tx, cast.org_id, decision_id)
    assert record["lead"]["facts"]["account.has_owner"] is True
    assert replayed.differences == ()


async def test_frameworks_are_chosen_by_account_also_when_nothing_is_routed(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    rule = {"name": "Customers", "framework": "meddic", "conditions": _asks("account.has_owner")}
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.manager.actor, "framework_selection", {"rules": [rule]}, NOW)
    [lead] = await take({"email": "a@c.example"})
    assert lead.qualification.framework == "bant"
    await _owned(database, cast, lead, cast.rep)
    async with database.transaction(cast.org_id) as tx:
        [again] = await reassess(tx, cast.system, [lead.id], NOW, Cause("config"))
    assert again.qualification.framework == "meddic"


@pytest.mark.parametrize(("field", "times"), [("account.has_owner", 1), ("company.size_band", 0)])
async def test_accounts_are_looked_up_once_a_batch_and_only_where_somebody_asks(
    take: TakeIn, database: Database, cast: Cast, field: str, times: int
) -> None:
    value: Any = True if times else "1-10"
    await publish_rules(database, cast, [a_rule(cast, conditions=_asks(field, value))])
    with statements_of(database) as sent:
        await take(*({"email": f"p{n}@c{n % 7}.example"} for n in range(40)))
    assert sum("opportunity_owner_id" in statement for statement in sent) == times


def test_nobody_is_asked_twice_about_an_account() -> None:
    owner, other = new_id(), new_id()

    asked = owners_of(AccountFacts(owner, owner, other))
    assert [each.id for each in asked] == [owner, other]
