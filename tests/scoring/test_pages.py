"""How scores are made, for people; and stored scores explained from history."""

import json
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.jobs import reassess_chunk
from oppspot.scoring.queries.history import find_score, list_scores

pytestmark = [pytest.mark.anyio, pytest.mark.db]
START = UUID(int=0)
ADA = {
    "email": "ada@nordwind.example",
    "company": {"domain": "nordwind.example", "employees": 240, "industry": "Software", "annual_revenue": 12_000_000},
    "events": [{"kind": "demo_request", "occurred_at": (utc_now() - timedelta(days=3)).isoformat()}],
}


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def test_weights_are_changed_and_every_lead_is_scored_anew(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead = (await manager.post("/api/leads", json=ADA)).json()
    form = {
        "weights.financial": "10",
        "weights.technology": "10",
        "weights.industry": "10",
        "weights.growth": "10",
        "weights.engagement": "60",
    }
    assert (await manager.post("/scoring", data=form)).status_code == 303
    assert await reassess_chunk(database, cast.org_id, "config", "everything", START, utc_now()) == 1
    scored = (await manager.get(f"/api/leads/{lead['id']}")).json()["score"]["overall"]
    assert scored != lead["score"]["overall"]


async def test_weights_that_do_not_sum_are_refused(manager: httpx2.AsyncClient) -> None:
    response = await manager.post("/scoring", data={"weights.financial": "90"})
    assert response.status_code == 422
    assert "weights" in response.text


async def test_a_document_is_refused_by_place(manager: httpx2.AsyncClient) -> None:
    response = await manager.post("/scoring/document", data={"document": json.dumps({"weights": {"financial": "x"}})})
    assert response.status_code == 422
    assert "weights.financial" in response.text


async def test_only_those_who_may_change_scoring_do(clients: Clients, cast: Cast) -> None:
    rep = await clients.of(cast.rep)
    assert (await rep.get("/scoring")).status_code == 200
    assert (await rep.post("/scoring", data={"weights.financial": "90"})).status_code == 403


async def test_a_stored_score_is_explained_by_terms_that_sum_to_it(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead = (await manager.post("/api/leads", json=ADA)).json()
    await manager.patch(f"/api/leads/{lead['id']}", json={"company": {"credit_score": 90}})
    async with database.transaction(cast.org_id) as tx:
        lead_id = (await tx.execute(text("SELECT id FROM leads"))).scalar_one()
        records = await list_scores(tx, cast.org_id, lead_id)
        assert len(records) == 2
        for record in records:
            stored = await find_score(tx, cast.org_id, lead_id, at=record.at)
            assert stored
            assert stored.score.overall == record.overall
            assert sum(term.points for term in stored.score.explain().overall) == record.overall
