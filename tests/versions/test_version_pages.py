"""The versions of the score model and of the routing rules: listed, compared, and made live again."""

import html
import re
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.config_drafts import save_draft
from oppspot.core.db import Database
from oppspot.scoring.pages.versions import SCORE_MODEL
from oppspot.scoring.services import get_model, publish_model
from oppspot.versions.queries import list_versions

pytestmark = [pytest.mark.anyio, pytest.mark.db]
WEIGHTS = {"weights.financial": "10", "weights.technology": "40"}


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _rule(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Big ones", "priority": 10, "conditions": {"field": "company.employees", "op": "gte", "value": 200},
        "assignment_target": {"type": "team", "id": str(cast.team_id)}, "sla_hours": 4,
    } | changes  # fmt: skip


async def test_each_version_says_what_it_changed(manager: httpx2.AsyncClient) -> None:
    assert (await manager.post("/scoring", data=WEIGHTS)).status_code == 303
    page = (await manager.get("/scoring/versions")).text
    assert "Weight of financial health: 30% → 10%" in page
    assert "Weight of technology fit: 20% → 40%" in page
    assert "Max Manager" in page
    assert "As shipped" in page


async def test_the_shipped_model_comes_back_as_the_next_version(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        shipped = (await get_model(tx, cast.org_id)).document
    await manager.post("/scoring", data=WEIGHTS)
    asked = await manager.get("/scoring/versions/0/publish")
    assert "Make what ships live again?" in asked.text
    answer = await manager.post("/scoring/versions/0/publish", data={"expected_version": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/scoring/versions")
    async with database.transaction(cast.org_id) as tx:
        live = await get_model(tx, cast.org_id)
    assert live.version == 2
    assert live.document["weights"] == shipped["weights"]
    page = (await manager.get("/scoring/versions")).text
    assert "Back to what ships" in page
    assert "published as version 2" in page  # the toast


async def test_a_roll_back_that_somebody_overtook_is_refused_in_words(manager: httpx2.AsyncClient) -> None:
    await manager.post("/scoring", data=WEIGHTS)
    await manager.post("/scoring", data={"bands.hot": "90"})
    answer = await manager.post("/scoring/versions/0/publish", data={"expected_version": "1"})
    assert answer.headers["location"] == "/scoring/versions"
    assert "Version 2 was published while you edited version 1" in (await manager.get("/scoring/versions")).text


async def test_the_undo_of_a_toast_takes_back_its_own_publication_only(
    manager: httpx2.AsyncClient, cast: Cast, clients: Clients
) -> None:
    await manager.post("/scoring", data=WEIGHTS)
    undo = _undo_in((await manager.get("/scoring")).text)
    colleague = await clients.of(cast.owner)
    await colleague.post("/scoring", data=WEIGHTS | {"bands.hot": "90"})
    await manager.post(undo)
    page = (await manager.get("/scoring/versions")).text
    assert "Nothing was undone: version 2 was published since" in page
    assert "published as version 3" not in page
    await colleague.post(_undo_in((await colleague.get("/scoring")).text))
    page = (await colleague.get("/scoring/versions")).text
    assert "As in version 1 again, published as version 3" in page


def _undo_in(page: str) -> str:
    found = re.search(r'action="(/scoring/versions/[^"]+)"', page)
    assert found
    return html.unescape(found[1])


async def test_what_is_live_already_is_not_published_again(manager: httpx2.AsyncClient) -> None:
    await manager.post("/scoring", data=WEIGHTS)
    await manager.post("/scoring/versions/1/publish")
    page = (await manager.get("/scoring/versions")).text
    assert "Nothing was changed" in page
    assert "Version 2" not in page


async def test_a_version_is_compared_value_by_value_and_line_by_line(manager: httpx2.AsyncClient) -> None:
    await manager.post("/scoring", data=WEIGHTS)
    await manager.post("/scoring", data={"bands.hot": "90", "negatives.free_mail": "15"})
    page = (await manager.get("/scoring/versions/2")).text
    assert "Bands, hot: 85 → 90" in page
    assert "Weight of" not in page
    assert "Points off, free mail: 10 → 15" in page
    assert 'class="line-come"' in page
    assert "Weight of" in (await manager.get("/scoring/versions/2?against=0")).text


async def test_rules_are_told_one_by_one(manager: httpx2.AsyncClient, cast: Cast) -> None:
    made = await manager.post("/api/qualification/routing/rules", json=_rule(cast))
    path = f"/api/qualification/routing/rules/{made.json()['id']}"
    await manager.put(path, json=_rule(cast, sla_hours=1, name="Bigger ones"))
    await manager.delete(path)
    page = (await manager.get("/routing/versions")).text
    assert "Added “Big ones”: company employees is at least 200, to North" in page
    assert "“Big ones”: now called “Bigger ones”; respond within 1 h 00 min (before: 4 h 00 min)" in page
    assert "Removed “Bigger ones”" in page


async def test_rules_come_back_and_so_does_having_none(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post("/api/qualification/routing/rules", json=_rule(cast))
    await manager.post("/routing/versions/0/publish")
    assert (await manager.get("/api/qualification/routing/rules")).json()["items"] == []
    await manager.post("/routing/versions/1/publish")
    names = [rule["name"] for rule in (await manager.get("/api/qualification/routing/rules")).json()["items"]]
    assert names == ["Big ones"]


async def test_rules_that_name_somebody_who_is_gone_stay_gone_in_words(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await manager.post("/api/qualification/routing/rules", json=_rule(cast))
    await manager.post("/routing/versions/0/publish")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("DELETE FROM teams"))
    answer = await manager.post("/routing/versions/1/publish")
    assert answer.status_code == 303
    assert "somebody who does not exist" in (await manager.get("/routing/versions")).text


async def test_readers_see_versions_but_do_not_publish(
    clients: Clients, cast: Cast, manager: httpx2.AsyncClient
) -> None:
    await manager.post("/scoring", data=WEIGHTS)
    viewer = await clients.of(cast.viewer)
    page = await viewer.get("/scoring/versions")
    assert page.status_code == 200
    assert "Make live" not in page.text
    assert (await viewer.post("/scoring/versions/0/publish")).status_code == 403


async def test_there_is_no_version_that_was_never_published(manager: httpx2.AsyncClient) -> None:
    assert (await manager.get("/scoring/versions/7")).status_code == 404
    assert (await manager.post("/scoring/versions/7/publish")).status_code == 404
    assert (await manager.get("/scoring/versions/99999999999")).status_code == 422


async def test_a_draft_is_shown_as_not_live(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        await save_draft(tx, cast.rep.actor, "scoring", {"weights": {}}, utc_now(), base_version=0)
    page = (await manager.get("/scoring/versions")).text
    assert "Rita Rep has a draft" in page
    assert "begun from what ships" in page


async def test_a_page_of_versions_goes_on_where_the_one_before_ended(cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        for hot in range(86, 91):
            model = (await get_model(tx, cast.org_id)).document | {"bands": {"hot": hot, "good": 70, "medium": 50}}
            await publish_model(tx, cast.manager.actor, model, utc_now())
        first, before = await list_versions(tx, cast.org_id, SCORE_MODEL, limit=3)
        rest, end = await list_versions(tx, cast.org_id, SCORE_MODEL, limit=3, before=before)
    assert [(version.number, list(version.changes)) for version in (*first, *rest)] == [
        (5, ["Bands, hot: 89 → 90"]),
        (4, ["Bands, hot: 88 → 89"]),
        (3, ["Bands, hot: 87 → 88"]),
        (2, ["Bands, hot: 86 → 87"]),
        (1, ["Bands, hot: 85 → 86"]),
        (0, []),
    ]
    assert end is None


@pytest.mark.parametrize(
    ("back", "leads_to"), [("/routing/rules", "/routing/rules"), ("//far.example", "/routing/versions")]
)
async def test_an_undo_comes_back_to_the_page_it_was_offered_on_and_goes_nowhere_else(
    manager: httpx2.AsyncClient, back: str, leads_to: str
) -> None:
    answer = await manager.post("/routing/versions/0/publish", params={"back_to": back})
    assert answer.headers["location"] == leads_to
