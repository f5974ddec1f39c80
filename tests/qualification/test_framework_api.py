"""The life of a framework over the API: begun, checked, tried, published, gone back to, chosen by rules."""

import asyncio
from copy import deepcopy
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.rescored import rescore_all

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.qualification.frameworks import TEMPLATES, shipped_framework
from oppspot.qualification.simulating import Moved, simulate

pytestmark = [pytest.mark.anyio, pytest.mark.db]
API = "/api/qualification"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _ok(call: Any) -> Any:
    answer = await call
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def _a_lead(manager: httpx2.AsyncClient, name: str = "ada") -> str:
    claims = [{"key": "budget.confirmed", "value": True}, {"key": "need.urgency", "value": "high"}]
    body = {"email": f"{name}@nordwind.example", "source": "fair", "claims": claims}
    return str((await _ok(manager.post("/api/leads", json=body)))["id"])


@pytest.mark.parametrize("template", TEMPLATES)
async def test_a_framework_is_begun_from_a_template_published_and_used(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, template: str
) -> None:
    lead_id = await _a_lead(manager)
    assert (await _ok(manager.put(f"{API}/frameworks/ours", json={"duplicate_of": template, "title": "Ours"})))[
        "findings"
    ] == []
    listed = {each["name"]: each for each in (await _ok(manager.get(f"{API}/frameworks")))["items"]}
    assert (listed["ours"]["is_live"], listed["ours"]["has_draft"]) == (False, True)
    assert (await _ok(manager.post(f"{API}/frameworks/ours/publish", json={})))["version"] == 1
    held = await _ok(manager.put(f"{API}/leads/{lead_id}/frameworks", json={"frameworks": ["ours"]}))
    assert held["standings"][0]["framework"] == "ours"
    assert await rescore_all(database, cast.org_id, utc_now()) == 1


async def test_what_is_wrong_with_a_draft_is_said_and_keeps_it_from_being_published(
    manager: httpx2.AsyncClient,
) -> None:
    document = deepcopy(shipped_framework("bant").document)
    document["elements"][0]["weight"] = "0.9"
    said = await _ok(manager.put(f"{API}/frameworks/bant", json={"document": document}))
    assert [finding["level"] for finding in said["findings"]] == ["error"]
    refused = await manager.post(f"{API}/frameworks/bant/publish", json={})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == said["findings"][0]["path"]
    assert (await _ok(manager.get(f"{API}/frameworks/bant")))["version"] == 0


async def test_a_draft_of_another_name_is_not_this_framework(manager: httpx2.AsyncClient) -> None:
    said = await _ok(manager.put(f"{API}/frameworks/ours", json={"document": shipped_framework("anum").document}))
    assert said["findings"][0]["path"] == "name"


@pytest.mark.parametrize("body", [{}, {"title": "Ours"}, {"document": {"name": "bant"}, "duplicate_of": "anum"}])
async def test_a_draft_is_either_a_document_or_a_duplicate(manager: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    refused = await manager.put(f"{API}/frameworks/bant", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "document")
    assert (await _ok(manager.get(f"{API}/frameworks/bant")))["has_draft"] is False


def _easy() -> dict[str, Any]:
    """Return BANT that qualifies from 5 points on."""
    document = deepcopy(shipped_framework("bant").document)
    document["verdicts"][0] |= {"score": 5, "minimums": {}}
    document["verdicts"][1]["score"] = 3
    return document


async def test_a_draft_is_tried_on_the_leads_without_writing(manager: httpx2.AsyncClient) -> None:
    lead_id = await _a_lead(manager)
    await manager.post("/api/leads", json={"email": "bea@nordwind.example"})
    tried = await _ok(manager.post(f"{API}/frameworks/bant/simulate", json={"document": _easy()}))
    assert (tried["leads"], tried["total"], tried["is_sample"], tried["changed"]) == (2, 2, False, 1)
    assert {(each["before"], each["after"]): each["leads"] for each in tried["verdicts"]} == {
        ("nurture", "qualified"): 1,
        ("nurture", "nurture"): 1,
    }
    [moved] = tried["most_moved"]
    assert (moved["lead_id"], moved["score"]) == (lead_id, moved["score_before"])
    assert (await _ok(manager.get(f"/api/leads/{lead_id}")))["qualification"]["status"] == "nurture"


async def test_what_was_tried_is_what_comes_of_publishing_and_going_back_undoes_it(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead_id = await _a_lead(manager)
    await _ok(manager.post(f"{API}/frameworks/bant/publish", json={"document": _easy(), "note": "Easier"}))
    assert await rescore_all(database, cast.org_id, utc_now()) == 1
    assert (await _ok(manager.get(f"/api/leads/{lead_id}")))["qualification"]["status"] == "qualified"
    assert (await _ok(manager.post(f"{API}/frameworks/bant/rollback", json={"version": 0})))["version"] == 2
    await rescore_all(database, cast.org_id, utc_now())
    assert (await _ok(manager.get(f"/api/leads/{lead_id}")))["qualification"]["status"] == "nurture"
    versions = (await _ok(manager.get(f"{API}/frameworks/bant/versions")))["items"]
    assert [(each["version"], each["note"]) for each in versions] == [(2, "Back to version 0"), (1, "Easier"), (0, "")]
    changes = (await _ok(manager.get(f"{API}/frameworks/bant/diff", params={"from": 0, "to": 1})))["changes"]
    assert any("70 → 5" in change for change in changes)


async def test_two_who_publish_at_once_do_not_overwrite_each_other(manager: httpx2.AsyncClient) -> None:
    body = {"document": _easy(), "expected_version": 0}
    await _ok(manager.post(f"{API}/frameworks/bant/publish", json=body))
    other = shipped_framework("bant").document
    late = await manager.post(f"{API}/frameworks/bant/publish", json={"document": other, "expected_version": 0})
    assert late.status_code == 409


async def test_rules_choose_the_framework_of_leads(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    lead_id = await _a_lead(manager)
    rule = {
        "name": "Fairs",
        "framework": "meddic",
        "conditions": {"field": "lead.source", "op": "eq", "value": "fair"},
    }
    await _ok(manager.put(f"{API}/framework-selection", json={"document": {"rules": [rule]}}))
    await rescore_all(database, cast.org_id, utc_now())
    lead = await _ok(manager.get(f"/api/leads/{lead_id}"))
    assert (lead["qualification"]["framework"], lead["qualification"]["reason"]) == ("meddic", "Rule “Fairs”.")
    bad = {"document": {"default": "guessing"}}
    refused = await manager.put(f"{API}/framework-selection", json=bad)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "default")


async def test_reps_read_frameworks_and_do_not_change_them(clients: Clients, cast: Cast) -> None:
    rep = await clients.of(cast.rep)
    assert (await rep.get(f"{API}/frameworks")).status_code == 200
    assert (await rep.put(f"{API}/frameworks/ours", json={"duplicate_of": "anum"})).status_code == 403


@pytest.mark.parametrize("value", ["2" + 30 * "0", '"\\u0000"'])
async def test_a_draft_that_cannot_be_stored_is_refused(manager: httpx2.AsyncClient, value: str) -> None:
    content = f'{{"document": {{"name": "bant", "odd": {value}}}}}'
    answer = await manager.put(f"{API}/frameworks/bant", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["path"].split(".")[0]) == (422, "document")


def test_without_leads_a_simulation_is_empty() -> None:
    assert simulate(list[Moved](), 0).verdicts == {}


async def test_two_who_begin_a_draft_at_once_both_get_an_answer(manager: httpx2.AsyncClient) -> None:
    draft = {"document": shipped_framework("anum").document | {"name": "ours"}}
    answers = await asyncio.gather(*(manager.put(f"{API}/frameworks/ours", json=draft) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
