"""How leads come by their frameworks, by hand: a draft of rules and limits, tried, published, undone."""

import asyncio
import re
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.errors import Conflict
from oppspot.corridor.configuration import SELECTION
from oppspot.qualification.selection import SelectionDocument
from oppspot.qualification.services.selection_drafts import get_edited_selection, save_selection_draft

pytestmark = [pytest.mark.anyio, pytest.mark.db]
HOME = "/qualification/selection"
API = "/api/qualification/framework-selection"
RULE = {
    "name": "Fairs",
    "joined": "all",
    "field": ["lead.source", ""],
    "op": ["eq", "eq"],
    "value": ["fair", ""],
    "framework": "meddic",
}


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def seen(client: httpx2.AsyncClient) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', (await client.get(HOME)).text)
    assert found
    return found[1].replace("&#43;", "+")


async def post(client: httpx2.AsyncClient, path: str, data: dict[str, Any] | None = None) -> httpx2.Response:
    answer = await client.post(f"{HOME}{path}", data={"seen": await seen(client)} | (data or {}))
    assert answer.status_code == 303, answer.text
    return answer


async def names(client: httpx2.AsyncClient) -> list[str]:
    return re.findall(r'rules/\d+" data-row-link>([^<]+)<', (await client.get(HOME)).text)


async def live(client: httpx2.AsyncClient) -> Any:
    return (await client.get(API)).json()


def settings(**changes: str) -> dict[str, str]:
    given = {"on": "true", "framework": "meddic", "estimated_budget": "50,000", "employees": "", "committee_size": "7"}
    return {f"large_deals.{name}": value for name, value in given.items()} | {"default": "bant"} | changes


async def test_a_rule_is_drafted_tried_published_and_taken_back(manager: httpx2.AsyncClient) -> None:
    for source in ("fair", "fair", "web"):
        await manager.post("/api/leads", json={"email": f"{source}@{id(source)}.example", "source": source})
    await manager.post("/api/leads", json={"email": "b@y.example", "source": "fair"})
    await post(manager, "/rules/new", RULE)
    assert (await live(manager))["version"] == 0, "a draft is not live"
    page = (await manager.get(HOME, params={"tried": "true"})).text
    tried = page[page.index('id="tried"') :]
    assert re.search(r"1\. Fairs</td>.*?data-label=\"Leads\">2<", tried, re.DOTALL)
    assert "2 leads would be qualified by another framework than now" in tried
    await post(manager, "/publish", {"note": "Fairs are large"})
    now = await live(manager)
    assert (now["version"], now["document"]["rules"][0]["framework"]) == (1, "meddic")
    assert "Draft, not live yet" not in (await manager.get(HOME)).text
    versions = (await manager.get(f"{HOME}/versions")).text
    assert "Fairs are large" in versions
    assert "Added “Fairs”: lead source is fair, by meddic" in versions
    assert (await manager.post(f"{HOME}/versions/0/publish")).status_code == 303
    assert (await live(manager))["document"]["rules"] == []


async def test_trying_waits_for_nobody(manager: httpx2.AsyncClient, database: Database, cast: Cast) -> None:
    about = {"email": "a@x.example", "company": {"name": "X", "employees": 5_000}}
    await manager.post("/api/leads", json=about)
    async with database.transaction(cast.org_id) as tx, asyncio.timeout(20):
        await tx.execute(text("SELECT 1 FROM leads FOR UPDATE"))
        await tx.execute(text("SELECT 1 FROM companies FOR UPDATE"))
        page = (await manager.get(HOME, params={"tried": "true"})).text
    assert re.search(r"Large or complex deal</td>.*?data-label=\"Leads\">1<", page, re.DOTALL)
    assert "0 leads would be qualified" in page


async def test_rules_are_shown_as_written_moved_and_removed(manager: httpx2.AsyncClient) -> None:
    for name in ("One", "Two", "Three"):
        await post(manager, "/rules/new", RULE | {"name": name, "also": ["meddic"]})
    await post(manager, "/rules/3/move", {"by": "-1"})
    await post(manager, "/rules/1/move", {"by": "1"})
    assert await names(manager) == ["Three", "One", "Two"]
    assert 'value="fair"' in (await manager.get(f"{HOME}/rules/2")).text
    await post(manager, "/rules/2", RULE | {"name": "First", "value": ["web", ""]})
    await post(manager, "/rules/1/delete")
    assert await names(manager) == ["First", "Two"]
    assert (await manager.get(f"{HOME}/rules/3")).status_code == 404
    await post(manager, "/discard")
    assert await names(manager) == []


@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"name": ""}, "name", "Name"),
        ({"framework": ""}, "framework", "Framework"),
        ({"framework": "guessing"}, "framework", "Framework"),
        ({"op": ["has", "eq"]}, "condition-1-op", "Comparison of condition 1"),
        (
            {"field": ["lead.source", "meddic.coverage"], "op": ["eq", "gt"], "value": ["web", "1"]},
            "condition-2",
            "Field of condition 2",
        ),
        ({"value": ["fair", "web"]}, "condition-2", "Field of condition 2"),
        ({"json": "{"}, "json", "Conditions as JSON"),
    ],
)
async def test_what_is_wrong_with_a_rule_is_said_at_its_field(
    manager: httpx2.AsyncClient, changes: dict[str, Any], field: str, label: str
) -> None:
    answer = await manager.post(f"{HOME}/rules/new", data=RULE | {"seen": await seen(manager)} | changes)
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', answer.text) == [(field, label)]
    assert f'id="field-{field}"' in answer.text


async def test_a_fault_of_the_api_is_named_by_its_path_and_the_fields_own_name(manager: httpx2.AsyncClient) -> None:
    condition = {
        "all": [{"field": "lead.source", "op": "eq", "value": "web"}, {"field": "company.employees", "op": "in"}]
    }
    rule = {"name": "One", "conditions": condition, "framework": "meddic"}
    [error] = (await manager.put(API, json={"document": {"rules": [rule]}})).json()["errors"]
    assert error["path"].removeprefix("document.") == "rules[0].conditions.all[1].value"
    assert error["message"] == "company.employees in needs a value."


async def test_limits_and_the_default_are_kept_and_faults_named(manager: httpx2.AsyncClient) -> None:
    await post(manager, "/settings", settings())
    await post(manager, "/publish")
    large = (await live(manager))["document"]["large_deals"]
    assert large == {"framework": "meddic", "estimated_budget": 50_000, "employees": None, "committee_size": 7}
    answer = await manager.post(
        f"{HOME}/settings",
        data=settings() | {"large_deals.employees": "many", "seen": await seen(manager)},
    )
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">', answer.text) == ["large_deals.employees"]
    assert 'value="many"' in answer.text
    off = {name: value for name, value in settings().items() if name != "large_deals.on"}
    await post(manager, "/settings", off)
    await post(manager, "/publish")
    assert (await live(manager))["document"]["large_deals"] is None


async def test_a_retired_framework_that_is_still_chosen_is_named_at_publishing(manager: httpx2.AsyncClient) -> None:
    await post(manager, "/rules/new", RULE)
    await post(manager, "/settings", settings(retired="meddic"))
    answer = await manager.post(f"{HOME}/publish", data={"seen": await seen(manager)})
    assert answer.status_code == 422
    assert {"large_deals.framework", "rules[0]"} == set(re.findall(r'<a href="#field-([^"]+)">', answer.text))
    assert (await live(manager))["version"] == 0


async def test_two_people_do_not_write_over_each_other(manager: httpx2.AsyncClient) -> None:
    before = await seen(manager)
    await post(manager, "/rules/new", RULE)
    late = await manager.post(f"{HOME}/rules/1", data=RULE | {"name": "Late", "seen": before})
    assert late.status_code == 422
    assert "changed this while you edited it" in late.text
    assert 'value="Late"' in late.text, "what was typed is kept"
    assert await names(manager) == ["Fairs"]
    await manager.post(f"{HOME}/rules/1/delete", data={"seen": before})
    assert await names(manager) == ["Fairs"]
    await manager.put(API, json={"document": {"large_deals": None}})
    await post(manager, "/publish")
    assert (await live(manager))["document"]["rules"] == [], "published since the draft was begun"


@pytest.mark.parametrize("is_begun", [False, True])
async def test_two_who_save_at_the_same_moment_do_not_write_over_each_other(
    cast: Cast, database: Database, is_begun: bool
) -> None:
    first, second = SelectionDocument(large_deals=None), SelectionDocument(default="meddic")
    if is_begun:
        async with database.transaction(cast.org_id) as tx:
            edited = await get_edited_selection(tx, cast.org_id)
            await save_selection_draft(tx, cast.rep.actor, edited, first, utc_now(), seen=edited.seen)
    async with database.transaction(cast.org_id) as tx:
        edited = await get_edited_selection(tx, cast.org_id)
        async with database.transaction(cast.org_id) as other:
            await save_selection_draft(other, cast.owner.actor, edited, first, utc_now(), seen=edited.seen)
        with pytest.raises(Conflict):
            await save_selection_draft(tx, cast.manager.actor, edited, second, utc_now(), seen=edited.seen)
    async with database.transaction(cast.org_id) as tx:
        assert (await get_edited_selection(tx, cast.org_id)).document == first


async def test_reps_read_it_and_do_not_change_it(clients: Clients, cast: Cast) -> None:
    rep = await clients.of(cast.rep)
    page = (await rep.get(HOME)).text
    assert "New rule" not in page
    assert "Else the default: BANT" in page
    assert (await rep.post(f"{HOME}/rules/new", data=RULE)).status_code == 403


async def test_a_country_that_no_lead_can_have_is_refused_with_the_code_to_write(manager: httpx2.AsyncClient) -> None:
    british = RULE | {"name": "British", "field": "company.country", "op": "eq", "value": "UK"}
    refused = await manager.post(f"{HOME}/rules/new", data=british | {"seen": await seen(manager)})
    assert refused.status_code == 422
    assert re.search(r'id="field-condition-1-value-error">.*is no code; accepted: GB', refused.text, re.DOTALL)
    rule = {"name": "British", "conditions": {"field": "company.country", "op": "in", "value": ["DE", "Germany"]}}
    sent = {"document": {"rules": [rule | {"framework": "meddic"}]}}
    answer = await manager.put(API, json=sent)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert (error["path"].removeprefix("document."), error["accepted"]) == ("rules[0].conditions.value[1]", "DE")


async def test_what_was_published_with_such_a_country_goes_on_and_can_be_changed_elsewhere(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    old = {"name": "Old", "conditions": {"field": "company.country", "op": "eq", "value": "UK"}, "framework": "meddic"}
    document = SelectionDocument.model_validate({"rules": [old]})
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.system, SELECTION, document.model_dump(mode="json"), utc_now())
    await post(manager, "/rules/new", RULE)
    await post(manager, "/publish")
    assert [rule["name"] for rule in (await live(manager))["document"]["rules"]] == ["Old", "Fairs"]
