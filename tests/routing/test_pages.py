"""Routing for people: the desk, the dashboard, rules by hand, decisions."""

import html
import re
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _rule_form(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Software to North",
        "priority": "10",
        "is_active": "true",
        "joined": "all",
        "field": ["company.industry", "company.employees", ""],
        "op": ["eq", "between", "eq"],
        "value": ["Software", "50, 5000", ""],
        "target": f"team:{cast.team_id}",
        "sla_hours": "0.25",
        "fairness_scope": "team",
    } | changes


async def test_a_rule_is_written_by_hand_and_decides(manager: httpx2.AsyncClient, cast: Cast) -> None:
    response = await manager.post("/routing/rules/new", data=_rule_form(cast))
    assert response.status_code == 303, response.text
    page = (await manager.get("/routing/rules")).text
    assert "Software to North" in page
    assert "company industry is Software" in page
    body = {"email": "a@x.example", "company": {"industry": "software", "employees": 200}}
    assert (await manager.post("/api/leads", json=body)).json()["outcome"] == "assigned"
    other = await manager.post("/api/leads", json={"email": "b@y.example"})
    assert other.json()["outcome"] == "no_rule_matched"


async def test_a_rule_is_shown_as_it_was_written(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post("/routing/rules/new", data=_rule_form(cast))
    rule_id = (await manager.get("/api/qualification/routing/rules")).json()["items"][0]["id"]
    page = (await manager.get(f"/routing/rules/{rule_id}")).text
    assert 'value="50, 5000"' in page
    assert 'value="0.25"' in page


@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"value": ["Software", "many", ""]}, "condition-2-value", "Value of condition 2"),
        ({"joined": "any", "op": ["eq", "has", ""]}, "condition-2-op", "Comparison of condition 2"),
        ({"name": ""}, "name", "Name"),
        ({"name": "Software"}, "name", "Name"),
        ({"target": ""}, "target", "Give to"),
        ({"target": "team:0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"}, "target", "Give to"),
        ({"target": "queue:"}, "queue", "Name of the queue"),
        ({"sla_hours": "soon"}, "sla_hours", "Respond within"),
        ({"fairness_scope": "luck"}, "fairness_scope", "Keep turns even over"),
        ({"json": "{"}, "json", "Conditions as JSON"),
        ({"json": '{"field": "lead.sauce", "op": "eq", "value": "web"}'}, "json", "Conditions as JSON"),
    ],
)
async def test_what_is_wrong_with_a_rule_is_said_at_its_field_and_what_was_typed_is_kept(
    manager: httpx2.AsyncClient, cast: Cast, changes: dict[str, Any], field: str, label: str
) -> None:
    await manager.post("/routing/rules/new", data=_rule_form(cast, name="Software"))
    response = await manager.post("/routing/rules/new", data=_rule_form(cast, **changes))
    assert response.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', response.text) == [(field, label)]
    assert f'id="field-{field}"' in response.text
    assert f'id="field-{field}-error"' in response.text
    assert "Software" in response.text


async def test_what_is_wrong_with_a_condition_is_called_as_its_control_is_and_stands_there(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    rows = {"group": ["1", "2", "2"], "field": ["lead.source", "lead.source", "company.employees"],
            "op": ["eq", "eq", "gt"], "value": ["web", "fair", "many"], "joined": "all", "joined-2": "any"}  # fmt: skip
    page = (await manager.post("/routing/rules/new", data=_rule_form(cast, **rows))).text
    [(control, label, message)] = re.findall(r'<a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', page)
    assert label == "Value of condition 2 of group 2"
    assert html.unescape(message) == '"many" is not a value of company employees; accepted: a number'
    [tag] = re.findall(rf'<[^>]+ id="{control}"[^>]*>', page)
    assert f'aria-label="{label}"' in tag
    assert 'aria-invalid="true"' in tag
    assert f'aria-describedby="{control}-error"' in tag
    assert page.count('aria-invalid="true"') == page.count(f'id="{control}-error"') == 1


async def test_the_order_changes_and_a_removed_rule_comes_back(manager: httpx2.AsyncClient, cast: Cast) -> None:
    for number in (1, 2):
        await manager.post("/routing/rules/new", data=_rule_form(cast, name=f"Rule {number}", priority=str(number)))
    rules = (await manager.get("/api/qualification/routing/rules")).json()["items"]
    await manager.post(f"/routing/rules/{rules[0]['id']}/move", data={"by": "1"})
    moved = (await manager.get("/api/qualification/routing/rules")).json()["items"]
    assert [rule["name"] for rule in moved] == ["Rule 2", "Rule 1"]
    version = (await manager.get("/api/qualification/routing/rules")).json()["version"]
    await manager.post(f"/routing/rules/{moved[0]['id']}/delete")
    assert len((await manager.get("/api/qualification/routing/rules")).json()["items"]) == 1
    await manager.post(f"/routing/versions/{version}/publish")
    assert len((await manager.get("/api/qualification/routing/rules")).json()["items"]) == 2


async def test_a_rep_works_a_lead_from_the_desk(clients: Clients, manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post(
        "/routing/rules/new", data=_rule_form(cast, field=[], op=[], value=[], target=f"individual:{cast.rep.id}")
    )
    lead = (await manager.post("/api/leads", json={"email": "a@x.example", "first_name": "Ada"})).json()
    rita = await clients.of(cast.rep)
    assert "Accept" in (await rita.get("/inbox")).text
    assert (await rita.post(f"/leads/{lead['id']}/accept")).status_code == 303
    assert "Working on" in (await rita.get("/inbox")).text
    assert "Outcome" in (await rita.get(f"/leads/{lead['id']}/complete")).text
    await rita.post(f"/leads/{lead['id']}/complete", data={"outcome": "qualified"})
    assert "Nothing to do" in (await rita.get("/inbox")).text


async def test_handing_back_needs_a_reason(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post("/routing/rules/new", data=_rule_form(cast, field=[], op=[], value=[]))
    lead = (await manager.post("/api/leads", json={"email": "a@x.example"})).json()
    assert (await manager.post(f"/leads/{lead['id']}/reject", data={"reason": ""})).status_code == 422
    assert (await manager.post(f"/leads/{lead['id']}/reject", data={"reason": "Wrong region"})).status_code == 303


async def test_a_decision_opens_with_everybody_and_is_taken_again(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post("/routing/rules/new", data=_rule_form(cast, field=[], op=[], value=[]))
    about = {"email": "a@x.example", "company": {"name": "X", "employees": 1_240}}
    lead = (await manager.post("/api/leads", json=about)).json()
    found = re.search(r"/routing/decisions/([0-9a-f-]{36})", (await manager.get(f"/leads/{lead['id']}")).text)
    assert found
    page = (await manager.get(f"/routing/decisions/{found[1]}")).text
    assert "company.employees" not in page
    assert "Rita Rep" in page
    assert "Ravi Rep" in page
    assert "exactly the same" in (await manager.get(f"/routing/decisions/{found[1]}?replay=1")).text


async def test_an_empty_organisation_is_told_what_to_do(manager: httpx2.AsyncClient) -> None:
    assert "Add the first rule" in (await manager.get("/routing")).text
    assert "Nothing to do" in (await manager.get("/inbox")).text


async def test_a_manager_sees_the_leads_that_nobody_has(manager: httpx2.AsyncClient) -> None:
    await manager.post("/api/leads", json={"email": "a@x.example", "first_name": "Ada"})
    page = await manager.get("/inbox")
    assert page.status_code == 200
    assert "Nobody has these" in page.text
