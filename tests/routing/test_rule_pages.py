"""The list of rules and their form: every setting, the order, what two people do at the same time."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.db import Database
from oppspot.routing.algorithms import ALGORITHMS
from oppspot.routing.documents import RuleDocument
from oppspot.routing.pages.rule_forms import ENTRIES
from oppspot.routing.policies import RuleSettings

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _form(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"name": "All to North", "is_active": "true", "target": f"team:{cast.team_id}", "sla_hours": "4"} | changes


async def _add(manager: httpx2.AsyncClient, cast: Cast, *names: str) -> list[dict[str, Any]]:
    for place, name in enumerate(names, 1):
        answer = await manager.post("/routing/rules/new", data=_form(cast, name=name, priority=str(place)))
        assert answer.status_code == 303, answer.text
    return await _items(manager)


async def _items(manager: httpx2.AsyncClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await manager.get(RULES)).json()["items"]
    return items


def setting_paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from setting_paths(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


async def test_every_setting_of_a_rule_has_a_field_of_its_form() -> None:
    shown = {entry.path for entry in ENTRIES}
    by_rows = {"settings.skill_matching.required", "settings.skill_matching.preferred"}
    assert (
        set(setting_paths(RuleSettings, "settings."))
        == {path for path in shown if path.startswith("settings.")} | by_rows
    )
    others = {name for name in RuleDocument.model_fields if name != "settings"}
    assert others - {"id", "conditions", "assignment_target"} <= shown


SETTINGS = {
    "fairness_scope": "rule",
    "band": "0",
    "owner_unavailable": "wait",
    "wait_hours": "1.5",
    "working_hours_only": "true",
    "mode": "strict",
    "holiday_handling": "escalate",
    "timezone_aware": "true",
    "escalation_after_hours": "6",
    "auto_followup": "true",
    "notify_managers": "true",
    "required_skill": ["French", ""],
    "required_level": ["3", "1"],
    "preferred_skill": ["pumps"],
    "preferred_level": ["5"],
}


async def test_every_setting_is_kept_as_it_was_set_and_shown_again(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await _teach(database, cast, "French", "Pumps")
    answer = await manager.post("/routing/rules/new", data=_form(cast, **SETTINGS))
    assert answer.status_code == 303, answer.text
    rule = (await _items(manager))[0]
    assert rule["settings"] == {
        "fairness_scope": "rule",
        "working_hours_only": True,
        "mode": "strict",
        "holiday_handling": "escalate",
        "timezone_aware": True,
        "capacity_planning": False,
        "skill_matching": {
            "required": [{"skill": "French", "level": 3}],
            "preferred": [{"skill": "pumps", "level": 5}],
        },
        "band": 0,
        "owner_unavailable": {"policy": "wait", "wait_hours": 1.5},
        "notification_settings": {"owner": False, "managers": True},
        "auto_followup": True,
        "escalation_after_hours": 6.0,
    }
    page = (await manager.get(f"/routing/rules/{rule['id']}")).text
    assert re.search(r'name="required_skill"[^>]* value="French"', page)
    assert re.search(r'name="wait_hours" *value="1.5"|name="wait_hours"[^>]* value="1.5"', page)
    assert set(re.findall(r'<details class="part" id="(\w+)" open', page)) == {
        "who",
        "hours",
        "response",
    }


async def _teach(database: Database, cast: Cast, *skills: str) -> None:
    async with database.transaction(cast.org_id) as tx:
        kind = text("SELECT pg_typeof(skills)::text FROM rep_profiles LIMIT 1")
        levels = (await tx.execute(kind)).scalar_one() == "jsonb"
        value: Any = "CAST(:skills AS text[])"
        if levels:
            value = "(SELECT jsonb_object_agg(skill, 3) FROM unnest(CAST(:skills AS text[])) AS skill)"
        await tx.execute(text(f"UPDATE rep_profiles SET skills = {value}"), {"skills": list(skills)})


async def test_a_simple_rule_shows_no_finer_settings(manager: httpx2.AsyncClient) -> None:
    page = (await manager.get("/routing/rules/new")).text
    assert page.count('<details class="part"') == 3
    assert '<details class="part" id="who" open' not in page
    assert all(f'<option value="{name}"' in page for name in ALGORITHMS)


@pytest.mark.parametrize(
    ("changes", "field", "label"),
    [
        ({"algorithm": "dice"}, "algorithm", "How one is picked"),
        ({"band": "-1"}, "band", "Leads out of turn"),
        ({"band": ""}, "band", "Leads out of turn"),
        ({"wait_hours": "long"}, "wait_hours", "Wait at most"),
        ({"mode": "loose"}, "mode", "Who goes first"),
        ({"holiday_handling": "rest"}, "holiday_handling", "When everybody is off"),
        ({"escalation_after_hours": "0"}, "escalation_after_hours", "Tell the managers after"),
        ({"required_skill": ["Klingon"], "required_level": ["1"]}, "required-1", "Required skill 1"),
        ({"preferred_skill": ["French"], "preferred_level": ["9"]}, "preferred-1", "Preferred skill 1"),
        (
            {"required_skill": ["French", "french"], "required_level": ["1", "2"]},
            "required-2",
            "Required skill 2",
        ),
    ],
)
async def test_what_is_wrong_with_a_setting_is_said_at_its_field_in_an_open_group(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, changes: dict[str, Any], field: str, label: str
) -> None:
    await _teach(database, cast, "French")
    answer = await manager.post("/routing/rules/new", data=_form(cast, **changes))
    assert answer.status_code == 422
    assert re.findall(r'<a href="#field-([^"]+)">([^<]+)</a>', answer.text) == [(field, label)]
    assert f'id="field-{field}-error"' in answer.text
    before, _, _ = answer.text.partition(f'id="field-{field}-error"')
    _, hidden, inside = before.rpartition("<details")
    assert not hidden or "</details>" in inside or " open" in inside.partition(">")[0]


async def test_more_rows_keep_what_was_typed(manager: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await manager.post("/routing/rules/new", data=_form(cast, **SETTINGS, do="more"))
    assert answer.status_code == 200
    assert answer.text.count('name="required_skill"') == 3
    assert 'value="French"' in answer.text
    assert await _items(manager) == []


async def test_the_whole_order_is_one_change_guarded_by_the_version(manager: httpx2.AsyncClient, cast: Cast) -> None:
    ids = [item["id"] for item in await _add(manager, cast, "One", "Two", "Three")]
    version = (await manager.get(RULES)).json()["version"]
    turned = {"rule_ids": ids[::-1], "expected_version": str(version)}
    assert (await manager.post("/routing/rules/order", data=turned)).status_code == 303
    assert [item["name"] for item in await _items(manager)] == ["Three", "Two", "One"]
    assert (await manager.get(RULES)).json()["version"] == version + 1
    await manager.post("/routing/rules/order", data=turned | {"rule_ids": ids})
    page = (await manager.get("/routing/rules")).text
    assert "Somebody else published while you edited" in page
    assert "Changed the order" in page
    assert [item["name"] for item in await _items(manager)] == ["Three", "Two", "One"]


@pytest.mark.parametrize(
    ("by", "order"),
    [("-1", "BAC"), ("1", "ACB"), ("first", "BAC"), ("last", "ACB"), ("sideways", "ABC")],
)
async def test_a_rule_moves_by_buttons(manager: httpx2.AsyncClient, cast: Cast, by: str, order: str) -> None:
    items = await _add(manager, cast, "A", "B", "C")
    assert (await manager.post(f"/routing/rules/{items[1]['id']}/move", data={"by": by})).status_code == 303
    assert "".join(item["name"] for item in await _items(manager)) == order


async def test_a_new_rule_is_put_before_one_that_takes_everything(manager: httpx2.AsyncClient, cast: Cast) -> None:
    async def place() -> str | None:
        page = (await manager.get("/routing/rules/new")).text
        found = re.search(r'name="priority"[^>]* value="(\d+)"', page)
        return found and found[1]

    some = {"field": "lead.source", "op": "eq", "value": "website"}
    await manager.post("/routing/rules/new", data=_form(cast, name="Some", priority="20") | some)
    assert await place() == "30"
    await manager.post("/routing/rules/new", data=_form(cast, name="Everything", priority="40"))
    await manager.post("/routing/rules/new", data=_form(cast, name="Never asked", priority="50"))
    assert await place() == "30"
    await manager.post("/routing/rules/new", data=_form(cast, name="Early", priority="38") | some)
    assert await place() == "39"


async def test_a_rule_saved_as_it_was_is_no_change_and_offers_no_undo(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rule = (await _add(manager, cast, "One"))[0]
    assert "/routing/versions/0/publish?undoes=1" in (await manager.get("/routing/rules")).text
    await manager.post(f"/routing/rules/{rule['id']}", data=_form(cast, name="One", priority="1"))
    page = (await manager.get("/routing/rules")).text
    assert "Nothing was changed." in page
    assert "undoes=" not in page
    assert (await manager.get(RULES)).json()["version"] == 1


async def test_two_who_edit_at_once_lose_nothing(manager: httpx2.AsyncClient, cast: Cast, clients: Clients) -> None:
    rule = (await _add(manager, cast, "One"))[0]
    mine = _form(cast, name="Mine", expected_version="1")
    theirs = _form(cast, name="Theirs", expected_version="1")
    alice = await clients.of(cast.owner)
    assert (await alice.post(f"/routing/rules/{rule['id']}", data=theirs)).status_code == 303
    answer = await manager.post(f"/routing/rules/{rule['id']}", data=mine)
    assert answer.status_code == 409
    assert "version 2 by Alice Owner" in answer.text
    assert 'value="Mine"' in answer.text
    assert [item["name"] for item in await _items(manager)] == ["Theirs"]
    assert 'name="expected_version" value="2"' in answer.text
    again = await manager.post(f"/routing/rules/{rule['id']}", data=mine | {"expected_version": "2"})
    assert again.status_code == 303
    assert [item["name"] for item in await _items(manager)] == ["Mine"]


async def test_a_rule_is_turned_off_and_on_and_copied(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rule = (await _add(manager, cast, "One"))[0]
    await manager.post(f"/routing/rules/{rule['id']}/switch", data={"on": "false"})
    assert [item["is_active"] for item in await _items(manager)] == [False]
    assert "Turn it on" in (await manager.get("/routing/rules")).text
    await manager.post(f"/routing/rules/{rule['id']}/switch", data={"on": "true"})
    assert [item["is_active"] for item in await _items(manager)] == [True]
    assert 'value="One (copy)"' in (await manager.get(f"/routing/rules/new?from={rule['id']}")).text


async def test_leads_without_a_rule_go_where_it_is_said(manager: httpx2.AsyncClient) -> None:
    said = {"target": "queue:", "queue": "Triage", "sla_hours": "2"}
    assert (await manager.post("/routing/rules/otherwise", data=said)).status_code == 303
    assert "Queue Triage" in (await manager.get("/routing/rules")).text
    lead = (await manager.post("/api/leads", json={"email": "a@x.example"})).json()
    assert lead["outcome"] == "queued"
    wrong = await manager.post("/routing/rules/otherwise", data=said | {"queue": "", "sla_hours": "soon"})
    assert wrong.status_code == 422
    assert set(re.findall(r'<a href="#field-([^"]+)">', wrong.text)) == {"queue", "sla_hours"}


async def test_rules_are_found_by_their_words(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await _add(manager, cast, "Banks", "Schools")
    await manager.get("/routing/rules")  # takes the toasts off
    page = (await manager.get("/routing/rules?q=school+north")).text
    assert ("Schools" in page, "Banks" in page) == (True, False)
    assert "data-order" not in page


async def test_only_somebody_who_takes_leads_can_be_sent_them(manager: httpx2.AsyncClient, cast: Cast) -> None:
    for member, said in ((cast.viewer, "takes no leads"), (cast.manager, "takes no leads")):
        answer = await manager.post("/routing/rules/new", data=_form(cast, target=f"individual:{member.id}"))
        assert answer.status_code == 422
        assert said in answer.text


async def test_somebody_who_left_does_not_stop_other_changes(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await manager.post("/routing/rules/new", data=_form(cast, name="Hers", target=f"individual:{cast.rep.id}"))
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE users SET active = false WHERE id = :id"), {"id": cast.rep.id})
    assert (await manager.post("/routing/rules/new", data=_form(cast, name="Other"))).status_code == 303
    hers = next(item for item in await _items(manager) if item["name"] == "Hers")
    same = _form(cast, name="Hers again", target=f"individual:{cast.rep.id}")
    answer = await manager.post(f"/routing/rules/{hers['id']}", data=same)
    assert "the account of Rita Rep is closed" in answer.text
