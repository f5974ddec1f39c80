"""Exclusions, territories, policies and the whole document over the API: guarded, checked, named as sent."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.core.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.db]
ROUTING = "/api/qualification/routing"
RIVALS = {"field": "lead.email_domain", "op": "in", "value": ["rival.example"]}


@pytest.fixture
async def api(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _paths(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [item["path"] for item in answer.json()["errors"]]


async def test_an_exclusion_is_added_changed_and_removed(api: httpx2.AsyncClient) -> None:
    made = (await api.post(f"{ROUTING}/exclusions", json={"name": "Rivals", "conditions": RIVALS})).json()
    assert (made["action"], made["is_active"]) == ("block", True)
    changed = {"name": "Rivals", "conditions": RIVALS, "action": "account_owner", "is_active": False}
    put = await api.put(f"{ROUTING}/exclusions/{made['id']}", json=changed)
    assert put.json() == changed | {"id": made["id"]}
    listed = (await api.get(f"{ROUTING}/exclusions")).json()
    assert (listed["version"], listed["items"]) == (2, [put.json()])
    assert (await api.delete(f"{ROUTING}/exclusions/{made['id']}")).status_code == 204
    assert (await api.delete(f"{ROUTING}/exclusions/{made['id']}")).status_code == 404
    assert (await api.put(f"{ROUTING}/exclusions/{made['id']}", json=changed)).status_code == 404


@pytest.mark.parametrize(
    ("conditions", "path"),
    [
        ({"all": []}, "conditions.all"),
        ({"field": "lead.email_domian", "op": "in", "value": ["x"]}, "conditions.field"),
        ({"field": "lead.email_domain", "op": "in", "value": []}, "conditions.value"),
    ],
)
async def test_an_exclusion_that_could_not_decide_is_refused(
    api: httpx2.AsyncClient, conditions: dict[str, Any], path: str
) -> None:
    await api.post(f"{ROUTING}/exclusions", json={"name": "Rivals", "conditions": RIVALS})
    assert _paths(await api.post(f"{ROUTING}/exclusions", json={"name": "X", "conditions": conditions})) == [path]


async def test_a_territory_is_added_renamed_and_removed_and_says_who_covers_it(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        said = text("UPDATE rep_profiles SET territories = ARRAY['bavaria', 'Atlantis'] WHERE user_id = :id")
        await tx.execute(said, {"id": cast.rep.id})
    body = {"name": "Bavaria", "countries": ["DE"], "postcodes": ["80000-87999", "9"], "priority": 5}
    made = await api.post(f"{ROUTING}/territories", json=body)
    assert made.status_code == 201, made.text
    assert made.json()["covered_by"] == [str(cast.rep.id)]
    again = await api.post(f"{ROUTING}/territories", json=body | {"name": "BAVARIA"})
    assert _paths(again) == ["name"]
    listed = (await api.get(f"{ROUTING}/territories")).json()
    assert listed["unknown_in_profiles"] == ["Atlantis"]
    renamed = await api.put(f"{ROUTING}/territories/Bavaria", json=body | {"name": "Upper Bavaria"})
    assert (renamed.json()["name"], renamed.json()["covered_by"]) == ("Upper Bavaria", [])
    assert (await api.delete(f"{ROUTING}/territories/Upper Bavaria")).status_code == 204
    assert (await api.delete(f"{ROUTING}/territories/Upper Bavaria")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "North/South"}, "name"),
        ({"name": "North, South"}, "name"),
        ({"name": " North"}, "name"),
        ({"postcodes": ["SW1", "1000-001"]}, "postcodes[1]"),
        ({"postcodes": ["20-10"]}, "postcodes[0]"),
        ({"postcodes": ["1-2-3"]}, "postcodes[0]"),
        ({"postcodes": ["SW*"]}, "postcodes[0]"),
        ({"min_employees": 50, "max_employees": 10}, "max_employees"),
    ],
)
async def test_a_territory_that_is_not_well_formed_is_refused_at_its_field(
    api: httpx2.AsyncClient, changes: dict[str, Any], path: str
) -> None:
    await api.post(f"{ROUTING}/territories", json={"name": "Elsewhere"})
    assert _paths(await api.post(f"{ROUTING}/territories", json={"name": "Here"} | changes)) == [path]


async def test_all_territories_are_replaced_at_once(api: httpx2.AsyncClient) -> None:
    await api.post(f"{ROUTING}/territories", json={"name": "Old"})
    put = await api.put(f"{ROUTING}/territories", json={"territories": [{"name": "A"}, {"name": "B"}]})
    assert [item["name"] for item in put.json()["items"]] == ["A", "B"]
    twice = await api.put(f"{ROUTING}/territories", json={"territories": [{"name": "A"}, {"name": "a"}]})
    assert _paths(twice) == ["territories[1].name"]


async def test_policies_are_replaced_and_what_is_left_out_is_as_shipped(api: httpx2.AsyncClient, cast: Cast) -> None:
    sent = {"fairness": {"window": "month"}, "sla": {"seat_id": str(cast.owner.id), "touches": ["call"]}}
    put = await api.put(f"{ROUTING}/policies", json=sent)
    assert put.status_code == 200, put.text
    read = (await api.get(f"{ROUTING}/policies")).json()
    assert (read["version"], read["policies"]) == (1, put.json()["policies"])
    assert read["policies"]["fairness"] == {"algorithm": "equal", "window": "month"}
    assert read["policies"]["capacity"]["urgent"] == 1


@pytest.mark.parametrize(
    ("policies", "path"),
    [
        ({"sla": {"seat_id": "nobody"}}, "sla.seat_id"),
        ({"sla": {"touches": []}}, "sla.touches"),
        ({"sla": {"ladder": [{"at_percent": 50, "action": "shout"}]}}, "sla.ladder[0].action"),
        ({"sla": {"ladder": [{"at_percent": 50, "action": "remind"}] * 2}}, "sla.ladder[1].at_percent"),
        ({"fairness": {"algorithm": "dice"}}, "fairness.algorithm"),
        ({"optimisation": {"floor": 1}}, "optimisation.floor"),
    ],
)
async def test_a_policy_that_cannot_hold_is_refused_at_its_field(
    api: httpx2.AsyncClient, policies: dict[str, Any], path: str
) -> None:
    assert _paths(await api.put(f"{ROUTING}/policies", json=policies)) == [path]


async def test_a_seat_is_an_active_person(api: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE users SET active = false WHERE id = :id"), {"id": cast.viewer.id})
    answer = await api.put(f"{ROUTING}/policies", json={"sla": {"seat_id": str(cast.viewer.id)}})
    assert "Vera Viewer is closed" in answer.json()["errors"][0]["message"]


async def test_leads_that_no_rule_matches_go_to_the_default(api: httpx2.AsyncClient, cast: Cast) -> None:
    to = {"default_target": {"type": "individual", "id": str(cast.rep.id)}, "default_sla_hours": 2}
    assert (await api.put(f"{ROUTING}/default", json=to)).json() == to
    rules = (await api.get(f"{ROUTING}/rules")).json()
    assert (rules["default_target"], rules["default_sla_hours"]) == (to["default_target"], 2)
    assert (await api.post("/api/leads", json={"email": "a@x.example"})).json()["outcome"] == "assigned"
    viewer = {"default_target": {"type": "individual", "id": str(cast.viewer.id)}}
    assert _paths(await api.put(f"{ROUTING}/default", json=viewer)) == ["default_target.id"]


async def test_the_whole_configuration_is_a_document_that_is_read_changed_and_put_back(
    api: httpx2.AsyncClient, cast: Cast
) -> None:
    rule = {"id": "all", "name": "All", "assignment_target": {"type": "team", "id": str(cast.team_id)}}
    first = await api.put(f"{ROUTING}/document", json={"document": {"rules": [rule]}, "note": "From the file"})
    assert first.status_code == 200, first.text
    read = (await api.get(f"{ROUTING}/document")).json()
    assert (read["version"], read["document"]["rules"][0]["id"]) == (1, "all")
    same = await api.put(f"{ROUTING}/document", json={"document": read["document"], "expected_version": 1})
    assert same.json()["version"] == 1
    document = read["document"] | {"territories": [{"name": "North"}]}
    second = await api.put(f"{ROUTING}/document", json={"document": document, "expected_version": 1})
    assert second.json()["version"] == 2
    stale = await api.put(f"{ROUTING}/document", json={"document": document, "expected_version": 1})
    assert (stale.status_code, stale.json()["title"]) == (409, "Configuration changed")
    assert "version 2 by Max Manager" in stale.json()["detail"]


async def test_what_is_wrong_with_a_document_is_named_with_its_place(api: httpx2.AsyncClient, cast: Cast) -> None:
    def rule(**changes: Any) -> dict[str, Any]:
        target = {"type": "team", "id": str(cast.team_id)}
        return {"id": "a", "name": changes.get("id", "A"), "assignment_target": target} | changes

    document = {
        "rules": [
            rule(),
            rule(name="Second", assignment_target={"type": "individual", "id": str(cast.viewer.id)}),
            rule(id="b", assignment_target={"type": "queue", "id": "Triage"}),
            rule(id="c", assignment_target={"type": "queue", "id": "triage"}),
            rule(id="d", settings={"skill_matching": {"required": [{"skill": "Klingon"}]}}),
            rule(id="e", name=" second ", assignment_target={"type": "team", "id": str(new_id())}),
        ],
        "territories": [{"name": "A"}, {"name": "A"}],
    }
    assert _paths(await api.put(f"{ROUTING}/document", json={"document": document})) == [
        "document.rules[1].id",
        "document.rules[5].name",
        "document.rules[1].assignment_target.id",
        "document.rules[4].settings.skill_matching.required[0].skill",
        "document.rules[5].assignment_target.id",
        "document.rules[3].assignment_target.id",
        "document.territories[1].name",
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "rules", {"name": "R", "assignment_target": {"type": "queue", "id": "Q"}}),
        ("POST", "rules/order", {"rule_ids": []}),
        ("POST", "exclusions", {"name": "E", "conditions": RIVALS}),
        ("POST", "territories", {"name": "T"}),
        ("PUT", "territories", {"territories": []}),
        ("PUT", "policies", {}),
        ("PUT", "default", {}),
    ],
)
async def test_every_change_can_be_guarded_by_the_version_it_was_made_from(
    api: httpx2.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    await api.put(f"{ROUTING}/policies", json={"fairness": {"window": "month"}})
    stale = await api.request(method, f"{ROUTING}/{path}?expected_version=0", json=body)
    assert (stale.status_code, stale.json()["title"]) == (409, "Configuration changed")
    assert (await api.request(method, f"{ROUTING}/{path}?expected_version=1", json=body)).status_code < 300


def _deep(levels: int) -> dict[str, Any]:
    condition: dict[str, Any] = dict(RIVALS)
    for _ in range(levels):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize("levels", [21, 200, 900])
async def test_conditions_however_deep_are_refused_with_how_deep_they_may_be(
    api: httpx2.AsyncClient, levels: int
) -> None:
    rule = {"name": "Deep", "assignment_target": {"type": "queue", "id": "Review"}, "conditions": _deep(levels)}
    exclusion = {"name": "Deep", "conditions": _deep(levels)}
    document = {"rules": [rule | {"id": "deep"}]}
    selection = {"rules": [{"name": "Deep", "conditions": _deep(levels), "framework": "bant"}]}
    sent = [
        ("POST", f"{ROUTING}/rules", rule),
        ("POST", f"{ROUTING}/exclusions", exclusion),
        ("PUT", f"{ROUTING}/document", {"document": document}),
        ("POST", "/api/routing/lint", {"document": document}),
        ("POST", f"{ROUTING}/simulate", {"document": document}),
        ("PUT", "/api/qualification/framework-selection", {"document": selection}),
    ]
    for method, address, body in sent:
        answer = await api.request(method, address, json=body)
        assert answer.status_code == 422, (address, answer.text[:300])
        assert any("deeply" in error["message"] for error in answer.json()["errors"]), (address, answer.text[:600])


@pytest.mark.parametrize(
    ("value", "accepted"), [("UK", "GB"), ("Germany", "DE"), ("Germny", "did you mean Germany?"), ("XX", "such as GB")]
)
async def test_countries_that_no_lead_has_are_refused_with_how_leads_have_them(
    api: httpx2.AsyncClient, value: str, accepted: str
) -> None:
    asked = {"any": [{"not": {"field": "company.country", "op": "in", "value": ["fr", value]}}, RIVALS]}
    rule = {"name": "Abroad", "assignment_target": {"type": "queue", "id": "Review"}, "conditions": asked}
    exclusion = {"name": "Abroad", "conditions": {"field": "lead.country", "op": "eq", "value": value}}
    for address, body, path in (
        ("rules", rule, "conditions.any[0].not.value[1]"),
        ("exclusions", exclusion, "conditions.value"),
        ("document", {"document": {"rules": [rule | {"id": "r"}]}}, "document.rules[0].conditions.any[0].not.value[1]"),
    ):
        answer = await api.request("PUT" if address == "document" else "POST", f"{ROUTING}/{address}", json=body)
        assert _paths(answer) == [path], answer.text
        assert accepted in answer.json()["errors"][0]["accepted"]


async def test_a_rule_from_before_with_a_country_that_no_lead_has_stands_in_the_way_of_no_other_change(
    api: httpx2.AsyncClient, database: Database, cast: Cast
) -> None:
    asked = {"field": "company.country", "op": "eq", "value": "UK"}
    rule = {"id": "old", "name": "Old", "assignment_target": {"type": "queue", "id": "Review"}, "conditions": asked}
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.system, "routing", {"rules": [rule]}, utc_now())
    other = {"name": "New", "assignment_target": {"type": "queue", "id": "Review"}}
    assert (await api.post(f"{ROUTING}/rules", json=other)).status_code == 201
    found = (await api.post("/api/routing/lint", json={})).json()["findings"]
    assert [(each["kind"], each["rule_ids"]) for each in found if each["kind"] == "unreachable"] == [
        ("unreachable", ["old"])
    ]


async def test_places_of_the_other_shape_may_be_called_by_any_name(api: httpx2.AsyncClient) -> None:
    rule = {
        "name": "Abroad",
        "conditions": {"geography": ["UK", "Bavaria"]},
        "actions": {"assign_to": "queue", "assignment_target": "Review"},
    }
    made = await api.post(f"{ROUTING}/rules", json=rule)
    assert made.status_code == 201, made.text
    asked = {part["field"]: part["value"] for part in made.json()["conditions"]["all"][0]["any"]}
    assert asked == {
        "lead.country": ["GB"],
        "company.country": ["GB"],
        "lead.region": ["UK", "Bavaria"],
        "company.region": ["UK", "Bavaria"],
    }


async def test_no_two_rules_and_no_two_exclusions_are_called_the_same(
    api: httpx2.AsyncClient, database: Database, cast: Cast
) -> None:
    """But where they are from before, either may still be changed, and renamed."""
    queue = {"type": "queue", "id": "Review"}
    made = [
        (await api.post(f"{ROUTING}/rules", json={"name": name, "assignment_target": queue})).json() for name in "AB"
    ]
    again = await api.post(f"{ROUTING}/rules", json={"name": " a", "assignment_target": queue})
    assert _paths(again) == ["name"]
    assert _paths(
        await api.put(f"{ROUTING}/rules/{made[1]['id']}", json={"name": "A", "assignment_target": queue})
    ) == ["name"]
    await api.post(f"{ROUTING}/exclusions", json={"name": "A", "conditions": RIVALS})
    assert _paths(await api.post(f"{ROUTING}/exclusions", json={"name": "A", "conditions": RIVALS})) == ["name"]
    twins = {"rules": [{"id": each, "name": "Twin", "assignment_target": queue} for each in "xy"]}
    alone = (await api.post(f"{ROUTING}/exclusions", json={"name": "A", "conditions": RIVALS})).json()["errors"]
    assert [error["accepted"] for error in alone] == ["a name of its own"]
    [error] = (await api.put(f"{ROUTING}/document", json={"document": twins})).json()["errors"]
    assert (error["path"], error["accepted"]) == ("document.rules[1].name", "a name other than that of rules[0]")
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.system, "routing", twins, utc_now())
    assert (await api.post(f"{ROUTING}/rules", json={"name": "C", "assignment_target": queue})).status_code == 201
    renamed = await api.put(f"{ROUTING}/rules/x", json={"name": "One", "assignment_target": queue})
    assert renamed.status_code == 200, renamed.text
