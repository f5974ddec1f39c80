"""Exclusions by hand: lists of domains, the condition builder, off and on, gone and back."""

import html
import re
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients

from oppspot.conditions.catalogue import default_catalogue
from oppspot.routing.quick_lists import (
    COMPETITORS,
    CUSTOMER_FIELD,
    CUSTOMERS,
    CUSTOMERS_ID,
    DO_NOT_ROUTE,
    domains_in,
    domains_of,
    exclusion_of,
)

EXCLUSIONS = "/api/qualification/routing/exclusions"


@pytest.mark.parametrize(
    ("typed", "domains"),
    [
        ("rival.example\nother.example", ["rival.example", "other.example"]),
        ("Rival.Example, rival.example; x.y.example", ["rival.example", "x.y.example"]),
        ("ann@rival.example  @other.example", ["rival.example", "other.example"]),
        ("https://www.rival.example/about?x=1", ["rival.example"]),
        ("  ", []),
    ],
)
def test_domains_are_read_however_they_are_pasted(typed: str, domains: list[str]) -> None:
    assert domains_of(typed) == (domains, [])


@pytest.mark.parametrize("typed", ["rival", "rival..example", "!!!", "a b.example"])
def test_what_is_no_domain_is_named(typed: str) -> None:
    _, problems = domains_of(typed)
    assert len(problems) == 1
    assert problems[0].message.startswith('"')


def test_a_long_list_is_several_conditions_and_reads_back_the_same() -> None:
    domains = [f"rival{number}.example" for number in range(2_345)]
    conditions = exclusion_of(COMPETITORS, domains)["conditions"]
    assert [len(part["value"]) for part in conditions["any"]] == [1000, 1000, 345] * 2
    assert domains_in(COMPETITORS, conditions) == domains
    assert domains_in(DO_NOT_ROUTE, conditions) is None
    assert domains_in(COMPETITORS, {"all": []}) is None


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _items(manager: httpx2.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await manager.get(EXCLUSIONS)).json()["items"]
    return items


def _form(**changes: Any) -> dict[str, Any]:
    conditions = {"joined": "all", "field": ["lead.title", ""], "op": ["contains", "eq"], "value": ["student", ""]}
    return {"name": "Students", "is_active": "true", "action": "block"} | conditions | changes


@pytest.mark.anyio
@pytest.mark.db
async def test_a_list_of_domains_is_kept_changed_and_emptied(manager: httpx2.AsyncClient) -> None:
    posted = {"list": "competitors", "domains": "rival.example other.example"}
    assert (await manager.post("/routing/exclusions/quick", data=posted)).status_code == 303
    item = (await _items(manager))[0]
    assert (item["id"], item["name"], item["action"]) == ("competitors", "Competitors", "block")
    page = (await manager.get("/routing/exclusions")).text
    assert "the domain is rival.example, other.example" in page
    assert "rival.example\nother.example</textarea>" in page
    await manager.post("/routing/exclusions/quick", data=posted | {"domains": "other.example"})
    assert len(await _items(manager)) == 1
    wrong = await manager.post("/routing/exclusions/quick", data=posted | {"domains": "rival"})
    assert wrong.status_code == 422
    assert 'id="field-competitors-error"' in wrong.text
    assert "rival</textarea>" in wrong.text
    await manager.post("/routing/exclusions/quick", data=posted | {"domains": ""})
    assert await _items(manager) == []


@pytest.mark.anyio
@pytest.mark.db
async def test_a_list_changed_by_hand_is_no_longer_shown_as_a_list(manager: httpx2.AsyncClient) -> None:
    await manager.post("/routing/exclusions/quick", data={"list": "competitors", "domains": "rival.example"})
    await manager.post("/routing/exclusions/competitors", data=_form(name="Competitors"))
    page = (await manager.get("/routing/exclusions")).text
    assert "written by hand" in page
    late = await manager.post("/routing/exclusions/quick", data={"list": "competitors", "domains": "other.example"})
    assert late.status_code == 422
    assert "Its conditions were written by hand, and are changed there." in late.text
    assert late.text.count('id="field-competitors"') == late.text.count('href="#field-competitors"') == 1


@pytest.mark.anyio
@pytest.mark.db
async def test_an_exclusion_is_written_switched_and_removed_with_the_way_back(manager: httpx2.AsyncClient) -> None:
    assert (await manager.post("/routing/exclusions/new", data=_form())).status_code == 303
    item = (await _items(manager))[0]
    page = (await manager.get(f"/routing/exclusions/{item['id']}")).text
    assert 'value="student"' in page
    await manager.post(f"/routing/exclusions/{item['id']}/switch", data={"on": "false"})
    assert [each["is_active"] for each in await _items(manager)] == [False]
    assert "Remove “Students”?" in (await manager.get(f"/routing/exclusions/{item['id']}/delete")).text
    await manager.post(f"/routing/exclusions/{item['id']}/delete", data={"expected_version": "2"})
    assert await _items(manager) == []
    undo = re.search(r'action="(/routing/versions/2/publish[^"]*)"', (await manager.get("/routing/exclusions")).text)
    assert undo
    undone = await manager.post(html.unescape(undo[1]))
    assert undone.headers["location"] == "/routing/exclusions"
    assert [each["name"] for each in await _items(manager)] == ["Students"]


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"name": ""}, "name", "Name"),
        ({"action": "burn"}, "action", "What becomes of them"),
        ({"op": ["equals", ""]}, "condition-1-op", "Comparison of condition 1"),
        ({"field": [], "op": [], "value": []}, "condition-1", "Field of condition 1"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    manager: httpx2.AsyncClient, changes: dict[str, Any], field: str, label: str
) -> None:
    answer = await manager.post("/routing/exclusions/new", data=_form(**changes))
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', answer.text) == [(field, label)]
    assert f'id="field-{field}-error"' in answer.text


@pytest.mark.anyio
@pytest.mark.db
async def test_customers_to_their_owner_is_one_switch_which_is_gone_once_it_is_set(manager: httpx2.AsyncClient) -> None:
    assert default_catalogue().find(CUSTOMER_FIELD) is not None
    assert "Send them to their owner" in (await manager.get("/routing/exclusions")).text
    assert (await manager.post("/routing/exclusions/customers")).status_code == 303
    [item] = await _items(manager)
    assert item == {"id": CUSTOMERS_ID, "is_active": True, **CUSTOMERS}
    page = (await manager.get("/routing/exclusions")).text
    assert "Send them to their owner" not in page
    assert str(CUSTOMERS["name"]) in page


@pytest.mark.anyio
@pytest.mark.db
async def test_a_common_list_that_is_there_already_by_hand_is_not_made_twice(manager: httpx2.AsyncClient) -> None:
    customers = {"all": [{"field": "account.is_customer", "op": "eq", "value": True}]}
    assert "/routing/exclusions/customers" in (await manager.get("/routing/exclusions")).text
    sent = {"name": "Ours", "conditions": customers, "action": "account_owner"}
    assert (await manager.post("/api/qualification/routing/exclusions", json=sent)).status_code == 201
    assert "/routing/exclusions/customers" not in (await manager.get("/routing/exclusions")).text


@pytest.mark.anyio
@pytest.mark.db
async def test_a_list_of_domains_that_was_made_by_hand_is_changed_in_its_place(manager: httpx2.AsyncClient) -> None:
    asked = {"all": [{"field": "lead.email_domain", "op": "in", "value": ["press.example"]}]}
    sent = {"name": "Do not route", "conditions": asked, "action": "block"}
    made = await manager.post("/api/qualification/routing/exclusions", json=sent)
    page = (await manager.get("/routing/exclusions")).text
    assert re.search(r'id="field-do-not-route"[^>]*>\s*press\.example</textarea>', page)
    data = {"list": "do-not-route", "domains": "press.example\nclub.example"}
    assert (await manager.post("/routing/exclusions/quick", data=data)).status_code == 303
    [item] = await _items(manager)
    assert (item["id"], item["name"]) == (made.json()["id"], "Do not route")
    assert item["conditions"]["any"][0]["value"] == ["press.example", "club.example"]
    await manager.post("/routing/exclusions/quick", data={"list": "do-not-route", "domains": ""})
    assert await _items(manager) == []


@pytest.mark.anyio
@pytest.mark.db
async def test_a_common_list_with_conditions_of_its_own_is_shown_where_it_is(manager: httpx2.AsyncClient) -> None:
    rivals = {"field": "lead.email_domain", "op": "in", "value": ["rival.example"]}
    sent = {"name": "competitors", "conditions": rivals, "action": "block"}
    made = await manager.post("/api/qualification/routing/exclusions", json=sent)
    link = f'by hand: <a href="/routing/exclusions/{made.json()["id"]}">'
    assert link in (await manager.get("/routing/exclusions")).text
    refused = await manager.post("/routing/exclusions/quick", data={"list": "competitors", "domains": "other.example"})
    assert refused.status_code == 422
    assert link in refused.text
    assert [item["conditions"] for item in await _items(manager)] == [rivals]
