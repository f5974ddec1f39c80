"""How scores are made, for people; and stored scores explained from history."""

import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.rescored import rescore_all

import oppspot
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.scoring.pages.causes import CAUSES
from oppspot.scoring.queries.history import find_score, list_scores

pytestmark = [pytest.mark.anyio, pytest.mark.db]
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
    assert await rescore_all(database, cast.org_id, utc_now()) == 1
    scored = (await manager.get(f"/api/leads/{lead['id']}")).json()["score"]["overall"]
    assert scored != lead["score"]["overall"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"weights.financial": "90"}, "they sum to 160%; accepted: weights that sum to 100%"),
        ({"weights.financial": "140"}, "is not a number from 0 to 100"),
        ({"weights.financial": "nan"}, "is not a number from 0 to 100"),
        ({"weights.financial": "33.33"}, "is finer than a tenth of a percent"),
        ({"bands.hot": "90.5"}, "is not a whole number from 0 to 100"),
        ({"bands.hot": "much"}, "is not a number from 0 to 100"),
    ],
)
async def test_the_form_is_refused_in_the_units_it_asks_in(
    manager: httpx2.AsyncClient, form: dict[str, str], said: str
) -> None:
    response = await manager.post("/scoring", data=form)
    assert response.status_code == 422
    assert said in response.text


@pytest.mark.parametrize("document", [False, True])
async def test_two_who_change_the_model_do_not_write_over_each_other(
    manager: httpx2.AsyncClient, document: bool
) -> None:
    page = (await manager.get("/scoring")).text
    assert page.count('name="expected_version" value="0"') == 2
    shown = re.search(r'<textarea[^>]* name="document"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert shown
    await manager.post("/scoring", data={"bands.hot": "90", "expected_version": "0"})
    path, form = ("/document", {"document": unescape(shown[1])}) if document else ("", {"bands.good": "61"})
    late = await manager.post(f"/scoring{path}", data=form | {"expected_version": "0"})
    assert late.status_code == 422
    assert "Version 1 was published while you edited version 0." in late.text
    assert late.text.count('name="expected_version" value="0"') == 2, "nor does a second try"
    assert "Version 1<" in (await manager.get("/scoring")).text.replace("\n", "")


async def test_leads_without_a_score_are_counted_apart(manager: httpx2.AsyncClient) -> None:
    await manager.post("/api/leads", json={"email": "nobody@unknown.example"})
    page = (await manager.get("/scoring")).text
    assert "1 lead without a score" in page
    assert 'aria-label="1 leads"' not in page


async def test_the_table_of_engagement_keeps_its_order_when_a_model_is_published(manager: httpx2.AsyncClient) -> None:
    async def rows() -> list[str]:
        return re.findall(r"<tr><td>([A-Z][a-z ]+)</td>", (await manager.get("/scoring")).text)

    before = await rows()
    await manager.post("/scoring", data={"bands.hot": "90"})
    assert (before[0], await rows()) == ("Page view", before)


async def test_the_history_says_in_words_what_made_a_score(manager: httpx2.AsyncClient) -> None:
    lead = (await manager.post("/api/leads", json=ADA)).json()
    await manager.patch(f"/api/leads/{lead['id']}", json={"company": {"credit_score": 90}})
    page = (await manager.get(f"/leads/{lead['id']}/score")).text
    assert "· edited ·" in page
    assert "· came in over the API ·" in page


def test_every_cause_there_is_has_words() -> None:
    """Causes are written where they arise: as `Cause("…")`, and as the text of the jobs that assess anew."""
    package = Path(oppspot.__file__).parent
    named = re.compile(r'''(?:Cause\(|start_rescoring\([^"]*, |_reassess\([^"]*, )"(\w+)"''')
    found = {cause for file in package.rglob("*.py") for cause in named.findall(file.read_text("utf-8"))}
    assert found >= {"api", "config", "time", "rules", "sweep"}
    assert found <= set(CAUSES)


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
