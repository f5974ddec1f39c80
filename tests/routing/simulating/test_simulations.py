"""An organisation's history is simulated: trusted when the rules of the time come to it, then other rules tried."""

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import InvalidRequestError
from tests.casting import Cast, Clients

from oppspot.core import json
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import NotFound
from oppspot.core.ids import new_id
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.queries.simulations import get_simulation, list_moved, list_simulations
from oppspot.routing.services.publishing import get_rules
from oppspot.routing.services.simulating import (
    KEPT,
    begin_simulation,
    run_simulation,
)
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def post(browser: httpx2.AsyncClient, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await browser.post(path, json=body)
    assert answer.status_code < 300, (path, answer.text)
    return answer.json() if answer.content else {}


async def a_rule(browser: httpx2.AsyncClient, cast: Cast, **more: Any) -> dict[str, Any]:
    team = {"type": "team", "id": str(cast.team_id)}
    return await post(browser, RULES, {"name": "To North", "assignment_target": team, **more})


async def a_lead(browser: httpx2.AsyncClient, **facts: Any) -> dict[str, Any]:
    return await post(browser, "/api/leads", {"email": f"{new_id().hex}@x.example", **facts})


async def run(database: Database, cast: Cast, statement: str, **given: Any) -> list[tuple[Any, ...]]:
    async with database.transaction(cast.org_id) as tx:
        result = await tx.execute(text(statement), given)
        return [tuple(row) for row in result] if result.returns_rows else []


async def live_through(browser: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database) -> None:
    """Single leads and batches, a limit that runs full, completions, hand-backs, gifts, a new version."""
    await run(database, cast, "UPDATE rep_profiles SET max_open = 4 WHERE user_id = :id", id=cast.rep.id)
    rule = await a_rule(browser, cast)
    rita = await clients.of(cast.rep)
    for _ in range(3):
        await a_lead(browser)
    documents = [{"email": f"{new_id().hex}@y.example", "source": "Event"} for _ in range(9)]
    await post(browser, "/api/leads/batch", {"leads": documents})
    own = await run(database, cast, "SELECT lead_id FROM assignments WHERE rep_id = :id ORDER BY id", id=cast.rep.id)
    await post(rita, f"/api/leads/{own[0][0]}/accept")
    await post(rita, f"/api/leads/{own[0][0]}/complete", {"outcome": "qualified"})
    await post(rita, f"/api/leads/{own[1][0]}/reject", {"reason": "Out of my region"})
    gift = {"lead_id": str(own[2][0]), "rep_id": str(cast.other_rep.id), "reason": "Knows them"}
    await post(browser, "/api/qualification/routing/assign", gift)
    await a_lead(browser)
    changed = {**rule, "routing_algorithm": "weighted", "sla_hours": 2}
    answer = await browser.put(f"{RULES}/{changed.pop('id')}", json=changed)
    assert answer.status_code == 200, answer.text
    for _ in range(4):
        await a_lead(browser, source="Event")


async def simulated(database: Database, cast: Cast, document: RoutingDocument, weeks: int = 1) -> dict[str, Any]:
    async with database.transaction(cast.org_id) as tx:
        simulation_id = await begin_simulation(tx, cast.manager.actor, document, weeks, "A try", utc_now())
    await run_simulation(database, cast.org_id, simulation_id, utc_now())
    async with database.transaction(cast.org_id) as tx:
        found = await get_simulation(tx, cast.org_id, simulation_id)
        assert (found.state, found.problem) == ("done", None)
        assert found.result is not None
        assert found.done == found.total == found.result["decisions"]
        return {**found.result, "moved": await list_moved(tx, cast.org_id, simulation_id)}


async def live_document(database: Database, cast: Cast) -> RoutingDocument:
    async with database.transaction(cast.org_id) as tx:
        return (await get_rules(tx, cast.org_id))[0]


async def test_the_live_rules_come_to_what_happened_and_move_nobody(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await live_through(manager, clients, cast, database)
    result = await simulated(database, cast, await live_document(database, cast))
    assert (result["differences"], result["edits"], result["trusted"]) == ([], 0, True)
    decisions = await run(database, cast, "SELECT count(*), count(DISTINCT lead_id) FROM routing_decisions")
    assert (result["decisions"], result["leads"]) == decisions[0]
    given = await run(database, cast, "SELECT count(DISTINCT lead_id) FROM assignments WHERE assigned_by = 'routing'")
    assert result["live"]["given"] == given[0][0]


async def test_leads_that_are_passed_on_by_the_clock_are_followed_too(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await live_through(manager, clients, cast, database)
    await run(database, cast, "UPDATE sla_clocks SET next_step_at = now() - interval '1 minute' WHERE met_at IS NULL")
    await run(
        database,
        cast,
        "UPDATE sla_clocks SET started_at = started_at - interval '3 days', due_at = due_at - interval '3 days'",
    )
    await sweep_clocks(database, utc_now())
    passed_on = await run(database, cast, "SELECT count(*) FROM assignments WHERE status = 'reassigned'")
    assert passed_on[0][0] > 1
    await a_lead(manager)
    result = await simulated(database, cast, await live_document(database, cast))
    assert (result["differences"], result["edits"]) == ([], 0)


async def test_a_draft_is_tried_and_nothing_is_written(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await live_through(manager, clients, cast, database)
    before = await run(database, cast, "SELECT id, rep_id, status FROM assignments ORDER BY id")
    document = await live_document(database, cast)
    to_rita = {"type": "individual", "id": str(cast.rep.id)}
    rules = [rule.model_dump(mode="json") | {"assignment_target": to_rita} for rule in document.rules]
    draft = RoutingDocument.model_validate({**document.model_dump(mode="json"), "rules": rules})
    result = await simulated(database, cast, draft)
    assert result["trusted"]
    assert result["moved"]
    assert {moved["to"]["name"] for moved in result["moved"]} <= {"Rita Rep", None}
    rita = next(rep for rep in result["reps"] if rep["id"] == str(cast.rep.id))
    assert rita["draft"]["peak"] <= 4
    assert result["draft"]["not_given"].get("at_capacity", 0) > 0
    assert await run(database, cast, "SELECT id, rep_id, status FROM assignments ORDER BY id") == before
    assert await live_document(database, cast) == document


async def test_what_was_changed_behind_the_ledgers_back_is_not_trusted(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    await a_lead(manager)
    await run(database, cast, "UPDATE fairness_credits SET credit = -credit")
    await a_lead(manager)
    result = await simulated(database, cast, await live_document(database, cast))
    assert (result["trusted"], result["edits"]) == (False, 1)


async def test_only_what_could_be_published_is_tried_and_only_the_newest_are_kept(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    path = "/api/qualification/routing/simulate"
    wrong = {"rules": [{"id": "1", "name": "x", "assignment_target": {"type": "team", "id": str(UUID(int=9))}}]}
    answer = await manager.post(path, json={"document": wrong, "weeks": 2})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["path"].endswith("assignment_target.id")
    assert (await manager.post(path, json={"weeks": 27})).status_code == 422
    ids = [(await post(manager, path, {"weeks": 1}))["id"] for _ in range(KEPT + 1)]
    async with database.transaction(cast.org_id) as tx:
        assert [str(each.id) for each in await list_simulations(tx, cast.org_id)] == ids[:0:-1]
        with pytest.raises(NotFound):
            await get_simulation(tx, cast.org_id, UUID(ids[0]))


async def test_a_machine_asks_for_one_and_reads_it(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, clients: Clients
) -> None:
    await a_rule(manager, cast)
    await a_lead(manager)
    begun = await manager.post("/api/qualification/routing/simulate", json={"weeks": 1, "title": "As it is"})
    assert begun.status_code == 202
    place = f"/api/qualification/routing/simulations/{begun.json()['id']}"
    assert (await manager.get(place)).json()["state"] == "waiting"
    await run_simulation(database, cast.org_id, UUID(begun.json()["id"]), utc_now())
    read = (await manager.get(place)).json()
    assert (read["state"], read["result"]["trusted"], read["result"]["moved"]) == ("done", True, [])
    viewer = await clients.of(cast.viewer)
    assert (await viewer.get(place)).status_code == 200
    assert (await viewer.post("/api/qualification/routing/simulate", json={"weeks": 1})).status_code == 403


async def test_the_page_tries_a_change_and_shows_what_it_would_have_moved(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await live_through(manager, clients, cast, database)
    page = await manager.get("/routing/simulator")
    assert "Nothing tried yet" in page.text
    [rule] = (await live_document(database, cast)).rules
    begun = await manager.post("/routing/simulator", data={"weeks": "1", "try": "change", "rule": rule.id, "do": "off"})
    assert begun.status_code == 303, begun.text
    place = begun.headers["location"]
    assert (
        "under way" in (await manager.get(place)).text.lower() or "waiting" in (await manager.get(place)).text.lower()
    )
    await run_simulation(database, cast.org_id, UUID(place.rpartition("/")[2]), utc_now())
    shown = (await manager.get(place)).text
    assert "the rules of the time come to what happened" in shown
    assert "No rule matched" in shown
    names = await run(database, cast, "SELECT first_name || ' ' || last_name FROM contacts WHERE last_name IS NOT NULL")
    names += await run(database, cast, "SELECT email FROM contacts WHERE last_name IS NULL AND first_name IS NULL")
    sheet = await manager.get(f"{place}/moved.csv")
    assert sheet.text.splitlines()[0].startswith("lead_id,lead,")
    assert any(name in shown for (name,) in names)
    assert any(name in sheet.text for (name,) in names)
    assert len(sheet.text.splitlines()) > 5
    bad = await manager.post("/routing/simulator", data={"weeks": "1", "try": "document", "document": "{"})
    assert bad.status_code == 422
    assert "is not JSON" in bad.text


async def test_the_page_tells_what_was_published_meanwhile_apart(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    rule = await a_rule(manager, cast, assignment_target={"type": "queue", "id": "Calls"})
    for _ in range(3):
        await a_lead(manager)
    tried = {"weeks": "1", "try": "change", "rule": rule["id"], "do": "off"}
    unedited = await page_of(manager, cast, database, tried)
    assert "published" not in unedited
    changed = {**rule, "assignment_target": {"type": "individual", "id": str(cast.rep.id)}}
    assert (await manager.put(f"{RULES}/{changed.pop('id')}", json=changed)).status_code == 200
    edited = await page_of(manager, cast, database, tried)
    assert "1 version of the rules was published, and 3 of 3 leads go elsewhere because of it." in edited
    assert "Then: Calls." in edited
    assert stat(edited, "Leads moved") == ("3", "of 3")
    assert stat(edited, "Given to somebody") == ("0", "live 3")
    as_it_is = await page_of(manager, cast, database, {"weeks": "1", "try": "change"})
    assert stat(as_it_is, "Leads moved") == ("0", "of 3")
    sheet = (await manager.get(f"{await latest(manager)}/moved.csv")).text.splitlines()
    assert sheet == ["lead_id,lead,from,to,from_outcome,to_outcome,why_from,why_to,then"]


async def test_a_result_of_before_they_were_told_apart_says_what_it_compares_with(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    await a_lead(manager)
    await page_of(manager, cast, database, {"weeks": "1", "try": "change"})
    await run(database, cast, "UPDATE simulations SET result = result - 'since'")
    shown = (await manager.get(await latest(manager))).text
    assert "Compared with what happened, whatever was published in between." in shown
    assert stat(shown, "Given to somebody") == ("1", "then 1")


async def page_of(manager: httpx2.AsyncClient, cast: Cast, database: Database, tried: dict[str, str]) -> str:
    begun = await manager.post("/routing/simulator", data=tried)
    assert begun.status_code == 303, begun.text
    place = begun.headers["location"]
    await run_simulation(database, cast.org_id, UUID(place.rpartition("/")[2]), utc_now())
    return (await manager.get(place)).text


async def latest(manager: httpx2.AsyncClient) -> str:
    """Return the place of the newest simulation."""
    return re.findall(r'href="(/routing/simulator/[0-9a-f-]{36})"', (await manager.get("/routing/simulator")).text)[0]


def stat(page: str, label: str) -> tuple[str, str]:
    """Return a number of the page, and what is noted below it."""
    found = re.search(rf'stat-label">{label}</p>\s*<p class="stat-value">([^<]+)</p>\s*<p[^>]*>([^<]+)</p>', page)
    assert found, page
    return found[1], found[2]


async def test_moved_leads_are_read_page_by_page_and_not_for_the_list(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await a_rule(manager, cast)
    await a_lead(manager)
    simulation_id = UUID((await post(manager, "/api/qualification/routing/simulate", {"weeks": 1}))["id"])
    assert await read_moved(database, cast, simulation_id) == []
    await run_simulation(database, cast.org_id, simulation_id, utc_now())
    place = {"name": None, "queue": None, "outcome": "assigned", "reason": "So it is."}
    leads = [
        {"lead_id": str(new_id()), "decision_id": None, "from": {**place, "reason": f"Reason {n}."}, "to": place}
        for n in range(120)
    ]
    await run(
        database,
        cast,
        "UPDATE simulations SET moved = CAST(:moved AS jsonb), result = result || CAST(:counted AS jsonb)",
        moved=json.dumps(leads),
        counted=json.dumps({"leads_moved": len(leads)}),
    )
    assert await read_moved(database, cast, simulation_id) == leads
    assert await read_moved(database, cast, simulation_id, skipped=100, number=50) == leads[100:]
    path = f"/routing/simulator/{simulation_id}"
    for page, shown in (("", range(50)), ("?page=3", range(100, 120)), ("?page=99", range(100, 120))):
        page_text = (await manager.get(path + page)).text
        assert [n for n in range(120) if f"Reason {n}." in page_text] == list(shown)
    assert len((await manager.get(f"{path}/moved.csv")).text.splitlines()) == 121
    assert "120 of" in (await manager.get("/routing/simulator")).text
    async with database.transaction(cast.org_id) as tx:
        [listed] = await list_simulations(tx, cast.org_id)
        with pytest.raises(InvalidRequestError):
            assert listed.moved


async def read_moved(database: Database, cast: Cast, simulation_id: UUID, **span: int) -> list[dict[str, Any]]:
    async with database.transaction(cast.org_id) as tx:
        return await list_moved(tx, cast.org_id, simulation_id, **span)
