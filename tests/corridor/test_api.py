"""The way in for machines."""

import re
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.corridor.conftest import a_rule, publish_rules

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def api(clients: Clients, cast: Cast, database: Database) -> httpx2.AsyncClient:
    await publish_rules(database, cast, [a_rule(cast)])
    return await clients.with_key(cast, ["leads.read", "leads.write"])


async def test_one_lead_is_answered_with_the_whole_decision(api: httpx2.AsyncClient, cast: Cast) -> None:
    response = await api.post("/api/leads", json={"email": "ada@nordwind.example", "company": {"employees": 240}})
    body = response.json()
    assert response.status_code == 201, body
    assert set(body) == {"id", "status", "outcome", "reason", "score", "qualification", "assignment", "warnings"}
    assert body["assignment"]["owner"]["id"] in {str(rep.id) for rep in cast.reps}
    assert body["qualification"]["framework"] == "bant"


async def test_a_known_lead_answers_200(api: httpx2.AsyncClient) -> None:
    first = await api.post("/api/leads", json={"email": "ada@nordwind.example"})
    second = await api.post("/api/leads", json={"email": "ada@nordwind.example"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"email": "not an address"}, "email"),
        ({"emial": "ada@x.example"}, "emial"),
        ({"first_name": "Ada"}, ""),
        ({"email": "a@x.example", "company": {"employees": "many"}}, "company.employees"),
        ({"email": "a@x.example", "attributes": {"shoe_size": 44}}, "attributes.shoe_size"),
        ({"email": "a@x.example", "claims": [{"key": "budget.colour", "value": 1}]}, "claims[0].key"),
        ({"email": "a@x.example", "claims": [{"key": "budget.range", "value": 1}]}, "claims[0].value"),
        ({"email": "a@x.example\u0000"}, "email"),
    ],
)
async def test_what_is_not_accepted_is_named(api: httpx2.AsyncClient, body: dict[str, Any], path: str) -> None:
    response = await api.post("/api/leads", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert any(item["path"].startswith(path) for item in response.json()["errors"]), response.json()


async def test_a_batch_reports_row_by_row(api: httpx2.AsyncClient) -> None:
    leads = [{"email": "a@x.example"}, {"email": "nonsense"}, {"email": "a@x.example"}]
    body = (await api.post("/api/leads/batch", json={"leads": leads})).json()
    assert [row["result"] for row in body["results"]] == ["created", "rejected", "updated"]
    assert body["results"][1]["errors"][0]["path"] == "email"
    assert (body["created"], body["updated"], body["rejected"]) == (1, 1, 1)


async def test_a_row_that_is_no_object_does_not_stop_the_others(api: httpx2.AsyncClient) -> None:
    leads = [{"email": "a@x.example"}, 5, None, [], "x"]
    body = (await api.post("/api/leads/batch", json={"leads": leads})).json()
    assert [row["result"] for row in body["results"]] == ["created", *["rejected"] * 4]
    assert body["results"][1]["errors"][0]["message"] == "is a number"


@pytest.mark.parametrize("path", ["/api/leads", "/api/leads/batch"])
async def test_all_faults_of_a_lead_are_named_at_once(api: httpx2.AsyncClient, path: str) -> None:
    lead = {
        "email": "a@x.example",
        "company": {"employees": -5, "country": "Atlantis", "domain": "no domain"},
        "claims": [{"key": "budget.range", "value": "much"}, {"key": "budget.nope", "value": 1}, {"key": "UPPER"}],
        "events": [{"kind": "danced", "occurred_at": "2026-11-02T09:30:00Z"}],
    }
    answer = (await api.post(path, json={"leads": [lead]} if "batch" in path else lead)).json()
    errors = answer["results"][0]["errors"] if "batch" in path else answer["errors"]
    paths = {error["path"] for error in errors}
    assert paths >= {"company.employees", "company.country", "company.domain", "claims[2].key", "events[0].kind"}


async def test_claims_that_can_be_read_are_all_named(api: httpx2.AsyncClient) -> None:
    claims = [{"key": "budget.range", "value": "much"}, {"key": "budget.nope", "value": 1}]
    answer = await api.post("/api/leads", json={"email": "nobody", "claims": claims})
    assert [error["path"] for error in answer.json()["errors"]] == ["email", "claims[0].value", "claims[1].key"]


async def test_a_repeated_request_with_a_key_is_carried_out_once(api: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = await api.post("/api/leads", json={"email": "ada@x.example"}, headers=headers)
    second = await api.post("/api/leads", json={"email": "ada@x.example"}, headers=headers)
    assert (second.status_code, second.content) == (201, first.content)  # the same in every letter


async def test_batches_and_their_leads_are_counted(api: httpx2.AsyncClient) -> None:
    async def counted() -> list[float]:
        text = (await api.get("/metrics")).text
        names = ("oppspot_intake_batches_total", "oppspot_intake_batch_leads_sum")
        return [float(re.search(rf"^{name} (\S+)$", text, re.MULTILINE)[1]) for name in names]  # type: ignore[index]

    before = await counted()
    await api.post("/api/leads/batch", json={"leads": [{"email": f"p{number}@x.example"} for number in range(3)]})
    assert [now - then for now, then in zip(await counted(), before, strict=True)] == [1, 3]


async def test_a_key_is_good_for_one_request_only(api: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "order-2"}
    await api.post("/api/leads", json={"email": "ada@x.example"}, headers=headers)
    other = await api.post("/api/leads", json={"email": "bo@x.example"}, headers=headers)
    assert other.status_code == 409


async def test_without_a_key_or_a_login_nobody_gets_in(clients: Clients) -> None:
    response = await clients.anonymous().post("/api/leads", json={"email": "ada@x.example"})
    assert response.status_code == 401


async def test_a_viewer_may_not_add_leads(clients: Clients, cast: Cast) -> None:
    response = await (await clients.of(cast.viewer)).post("/api/leads", json={"email": "ada@x.example"})
    assert response.status_code == 403
