"""Assessments over the API: cards, reasons, differences, previews, choices and overrides."""

from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients

pytestmark = [pytest.mark.anyio, pytest.mark.db]
API = "/api/qualification"


@pytest.fixture
async def rep(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.rep)


@pytest.fixture
async def lead_id(rep: httpx2.AsyncClient) -> str:
    company = {"name": "Nordwind", "domain": "nordwind.example", "annual_revenue": 2_000_000}
    answer = await rep.post("/api/leads", json={"email": "ada@nordwind.example", "company": company})
    return str(answer.json()["id"])


async def _ok(call: Any) -> Any:
    answer = await call
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_meddic_card_is_calculated_updated_in_part_and_held_from_then_on(
    rep: httpx2.AsyncClient, lead_id: str
) -> None:
    card = await _ok(rep.post(f"{API}/meddic/calculate", json={"lead_id": lead_id}))
    assert (card["overall_score"], card["forecast_category"]) == (None, "omitted")
    first = {"lead_id": lead_id, "economic_buyer": {"contact_info": {"name": "Ines"}, "buying_power_confirmed": True}}
    await _ok(rep.post(f"{API}/meddic/update", json=first))
    second = {"lead_id": lead_id, "economic_buyer": {"engagement_level": 80}, "champion": {"identified": True}}
    card = await _ok(rep.post(f"{API}/meddic/update", json=second))
    assert card["economic_buyer"]["contact_info"]["name"] == "Ines"
    assert card["economic_buyer"]["buying_power_confirmed"] is True
    assert card["champion"]["score"] == 30
    standings = (await _ok(rep.get(f"{API}/assessments/{lead_id}")))["standings"]
    assert [item["framework"] for item in standings] == ["bant", "meddic"]


async def test_one_statement_serves_both_cards(rep: httpx2.AsyncClient, lead_id: str) -> None:
    people = [{"name": "Ines", "title": "CFO", "role": "economic_buyer", "engagement": 60}]
    claims = {"lead_id": lead_id, "claims": [{"key": "authority.stakeholder_map", "value": people}]}
    await _ok(rep.post(f"{API}/claims", json=claims))
    bant = await _ok(rep.get(f"{API}/bant/{lead_id}"))
    meddic = await _ok(rep.get(f"{API}/meddic/{lead_id}"))
    assert bant["authority"]["decision_makers"][0]["name"] == "Ines"
    assert meddic["economic_buyer"]["identified"] is True


async def test_every_number_is_explained_and_the_terms_sum_to_it(rep: httpx2.AsyncClient, lead_id: str) -> None:
    update = {"lead_id": lead_id, "budget": {"budget_confirmed": True}, "need": {"urgency_level": "high"}}
    await _ok(rep.post(f"{API}/bant/update", json=update))
    said = await _ok(rep.get(f"{API}/explain/{lead_id}"))
    assert round(sum(term["points"] for term in said["contributions"]), 6) == said["overall_score"] > 0
    confirmed = next(r for e in said["elements"] for r in e["reasons"] if r["criterion"] == "confirmed")
    assert (confirmed["state"], confirmed["statement"]["value"]) == ("met", True)
    assert said["verdict_reasons"]
    assert said["counterfactuals"]


async def test_what_changed_between_two_moments_sums_to_the_change(rep: httpx2.AsyncClient, lead_id: str) -> None:
    before = (await _ok(rep.get(f"{API}/assessments/{lead_id}")))["history"][0]["at"]
    await _ok(rep.post(f"{API}/bant/update", json={"lead_id": lead_id, "budget": {"budget_confirmed": True}}))
    told = await _ok(rep.get(f"{API}/diff/{lead_id}", params={"from": before}))
    assert told["change"] == told["after"]["overall_score"] - told["before"]["overall_score"] > 0
    assert round(sum(change["points"] for change in told["changes"]), 6) == told["change"]
    assert "new evidence" in {change["cause"] for change in told["changes"]}


async def test_a_preview_records_nothing(rep: httpx2.AsyncClient, lead_id: str) -> None:
    claims = [{"key": "champion.identified", "value": True}]
    body = {"lead_id": lead_id, "framework": "meddic", "claims": claims}
    assert (await _ok(rep.post(f"{API}/preview", json=body)))["overall_score"] > 0
    assert (await _ok(rep.get(f"{API}/meddic/{lead_id}")))["overall_score"] is None


async def test_many_leads_are_assessed_and_each_is_answered_for(rep: httpx2.AsyncClient, lead_id: str) -> None:
    nobody = "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"
    told = await _ok(rep.post(f"{API}/bulk", json={"lead_ids": [nobody, lead_id]}))
    assert [row["result"] for row in told["results"]] == ["not_found", "assessed"]
    assert (told["assessed"], told["not_found"]) == (1, 1)


async def test_a_hand_chooses_and_overrides_and_takes_back(rep: httpx2.AsyncClient, lead_id: str) -> None:
    held = await _ok(rep.put(f"{API}/leads/{lead_id}/frameworks", json={"frameworks": ["meddic"]}))
    assert [(item["framework"], item["by"]) for item in held["standings"]] == [("meddic", "hand"), ("bant", "also")]
    decision = {"framework": "meddic", "status": "commit", "reason": "Signed"}
    held = await _ok(rep.put(f"{API}/leads/{lead_id}/override", json=decision))
    assert (held["standings"][0]["status"], held["standings"][0]["verdict"]) == ("omitted", "commit")
    lead = await _ok(rep.get(f"/api/leads/{lead_id}"))
    assert lead["qualification"]["verdict"] == "commit"
    card = await _ok(rep.get(f"{API}/meddic/{lead_id}"))
    assert (card["forecast_category"], card["verdict"], card["override"]["reason"]) == ("omitted", "commit", "Signed")
    held = await _ok(rep.delete(f"{API}/leads/{lead_id}/override", params={"framework": "meddic"}))
    assert (held["standings"][0]["verdict"], held["overrides"]) == ("omitted", [])
    again = await rep.delete(f"{API}/leads/{lead_id}/override", params={"framework": "meddic"})
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("frameworks", {"frameworks": ["guessing"]}, "frameworks[0]"),
        ("override", {"framework": "bant", "status": "commit", "reason": "x"}, "status"),
        ("override", {"framework": "bant", "reason": "x"}, "status"),
        ("override", {"framework": "bant", "status": "qualified", "reason": ""}, "reason"),
    ],
)
async def test_what_is_not_accepted_is_named(
    rep: httpx2.AsyncClient, lead_id: str, path: str, body: dict[str, Any], place: str
) -> None:
    answer = await rep.put(f"{API}/leads/{lead_id}/{path}", json=body)
    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["errors"]] == [place]


async def test_an_unknown_framework_is_not_found(rep: httpx2.AsyncClient, lead_id: str) -> None:
    answer = await rep.get(f"{API}/explain/{lead_id}", params={"framework": "guessing"})
    assert answer.status_code == 404
    assert "bant, meddic" in answer.json()["detail"]
