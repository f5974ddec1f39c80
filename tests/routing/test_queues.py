"""Queues: what lies in one is shown most urgent first, taken by one rep within their limit, and marked when overdue."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.loading import take_turn
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"
ASSIGN = "/api/qualification/routing/assign"
QUEUES = "/api/qualification/routing/queues"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    """A manager of an organisation in which everything goes to the queue Triage, to be taken within the hour."""
    browser = await clients.of(cast.manager)
    rule = {"name": "All to Triage", "assignment_target": {"type": "queue", "id": "Triage"}, "sla_hours": 1}
    await browser.post(RULES, json=rule)
    return browser


async def _lead(browser: httpx2.AsyncClient, name: str = "ada", **facts: Any) -> str:
    response = await browser.post("/api/leads", json={"email": f"{name}@x.example", "first_name": name, **facts})
    assert response.json()["outcome"] == "queued", response.text
    return str(response.json()["id"])


async def _all(database: Database, cast: Cast, query: str, **given: object) -> list[tuple[Any, ...]]:
    async with database.transaction(cast.org_id) as tx:
        return [tuple(row) for row in await tx.execute(text(query), given)]


async def _limit(database: Database, cast: Cast, most: int) -> None:
    await _all(database, cast, "UPDATE rep_profiles SET max_open = :most RETURNING user_id", most=most)


async def test_a_rep_takes_a_lead_and_has_it_in_hand(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    lead_id = await _lead(manager)
    rita = await clients.of(cast.rep)
    taken = await rita.post(f"/api/leads/{lead_id}/take")
    assert taken.status_code == 200, taken.text
    body = taken.json()
    assert (body["outcome"], body["assignment"]["owner"]["name"]) == ("assigned", "Rita Rep")
    assert body["reason"] == "Rita Rep took it from the queue Triage."
    assert await _all(database, cast, "SELECT status, queue, sla_due_at, owner_id FROM leads") == [
        ("working", None, None, cast.rep.id)
    ]
    assert await _all(database, cast, "SELECT status, rule_name, accepted_at IS NOT NULL FROM assignments") == [
        ("accepted", "All to Triage", True)
    ]
    assert await _all(database, cast, "SELECT rep_id, open_count FROM rep_loads") == [(cast.rep.id, 1)]
    assert await _all(database, cast, "SELECT * FROM fairness_credits") == []
    assert (await rita.post(f"/api/leads/{lead_id}/take")).status_code == 200  # twice changes nothing
    assert len(await _all(database, cast, "SELECT id FROM assignments")) == 1
    assert (await rita.post(f"/api/leads/{lead_id}/complete", json={"outcome": "qualified"})).status_code == 200


async def test_whoever_takes_a_lead_has_its_value_too(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    lead = {"email": "ada@x.example", "claims": [{"key": "budget.estimated_budget", "value": 5000}]}
    made = (await manager.post("/api/leads", json=lead)).json()
    taken = await (await clients.of(cast.rep)).post(f"/api/leads/{made['id']}/take")
    assert taken.status_code == 200, taken.text
    assert await _all(database, cast, "SELECT value FROM assignments") == [(5000,)]


async def test_what_is_not_in_a_queue_is_not_taken(manager: httpx2.AsyncClient, clients: Clients, cast: Cast) -> None:
    lead_id = await _lead(manager)
    rita = await clients.of(cast.rep)
    await manager.patch(f"/api/leads/{lead_id}", json={"status": "archived"})
    refused = await rita.post(f"/api/leads/{lead_id}/take")
    assert (refused.status_code, refused.json()["title"]) == (409, "Not in a queue")
    await manager.patch(f"/api/leads/{lead_id}", json={"status": "new"})
    await manager.post(ASSIGN, json={"lead_id": lead_id, "rep_id": str(cast.other_rep.id)})
    refused = await rita.post(f"/api/leads/{lead_id}/take")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Ravi Rep has this lead already.")


async def _held_up(database: Database, cast: Cast, asked: Sequence[Any]) -> list[httpx2.Response]:
    """Hold the organisation's turn until every request waits for it inside its transaction, then let go of all."""
    async with database.transaction(cast.org_id) as tx:
        await take_turn(tx, cast.org_id)
        running = [asyncio.ensure_future(each) for each in asked]
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        for _ in range(500):
            if (await tx.execute(text(waiting))).scalar_one() == len(running):
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the requests never came to wait for each other")
    return await asyncio.gather(*running)


async def test_of_two_reps_who_race_exactly_one_gets_it(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    rita, ravi = await clients.of(cast.rep), await clients.of(cast.other_rep)
    for number in range(5):
        lead_id = await _lead(manager, f"lead{number}")
        answers = await _held_up(database, cast, [rep.post(f"/api/leads/{lead_id}/take") for rep in (rita, ravi)])
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        winner = won.json()["assignment"]["owner"]["name"]
        assert (lost.json()["title"], lost.json()["detail"]) == ("Already taken", f"{winner} has this lead already.")
    open_leads = "SELECT count(*), count(DISTINCT lead_id) FROM assignments WHERE status = 'accepted'"
    assert await _all(database, cast, open_leads) == [(5, 5)]


async def test_a_rep_who_races_with_themselves_stays_within_their_limit(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    leads = [await _lead(manager, f"lead{number}") for number in range(3)]
    await _limit(database, cast, 1)
    rita = await clients.of(cast.rep)
    answers = await _held_up(database, cast, [rita.post(f"/api/leads/{lead_id}/take") for lead_id in leads])
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["title"] == "At the limit"
    assert refused.json()["detail"] == "You have 1 open lead, at most 1. Complete one or hand one back first."


async def test_an_api_key_takes_for_a_rep_it_names(manager: httpx2.AsyncClient, clients: Clients, cast: Cast) -> None:
    lead_id, other_id = await _lead(manager), await _lead(manager, "bo")
    machine = await clients.with_key(cast)
    unnamed = await machine.post(f"/api/leads/{lead_id}/take")
    assert (unnamed.status_code, unnamed.json()["errors"][0]["path"]) == (422, "rep_id")
    taken = await machine.post(f"/api/leads/{lead_id}/take", json={"rep_id": str(cast.rep.id)})
    assert taken.json()["reason"] == "Rita Rep took it from the queue Triage, by test."
    nobody = await machine.post(f"/api/leads/{other_id}/take", json={"rep_id": str(cast.viewer.id)})
    assert (nobody.status_code, nobody.json()["title"]) == (409, "Not a rep")
    worker = await clients.with_key(cast, ["leads.work"])
    assert (await worker.post(f"/api/leads/{other_id}/take", json={"rep_id": str(cast.rep.id)})).status_code == 403
    ravi = await clients.of(cast.other_rep)
    assert (await ravi.post(f"/api/leads/{other_id}/take", json={"rep_id": str(cast.rep.id)})).status_code == 403
    assert "A lead was taken for you" in (await (await clients.of(cast.rep)).get("/notifications")).text


async def test_outsiders_and_onlookers_take_nothing(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, outsiders: Cast
) -> None:
    lead_id = await _lead(manager)
    assert (await (await clients.of(outsiders.rep)).post(f"/api/leads/{lead_id}/take")).status_code == 404
    assert (await (await clients.of(cast.viewer)).post(f"/api/leads/{lead_id}/take")).status_code == 403
    assert (await manager.post(f"/api/leads/{lead_id}/take")).json()["title"] == "Not a rep"
    assert (await (await clients.of(outsiders.rep)).get(QUEUES)).json() == {"items": []}


# The desk: what lies in queues, and the button.


async def test_the_desk_lists_what_waits_most_urgent_first(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    for name in ("later", "poor", "good", "first"):
        await _lead(manager, name)
    for name, minutes, score in (("later", 90, 90), ("poor", 60, 10), ("good", 60, 80), ("first", 5, 10)):
        await _all(
            database,
            cast,
            "UPDATE leads SET sla_due_at = :due, score_overall = :score WHERE search_text LIKE :name RETURNING id",
            due=datetime(2030, 1, 1, tzinfo=utc_now().tzinfo) + timedelta(minutes=minutes),
            score=score,
            name=f"%{name}%",
        )
    page = (await (await clients.of(cast.rep)).get("/inbox")).text
    places = [page.index(f">{name}<") for name in ("first", "good", "poor", "later")]
    assert places == sorted(places)
    assert "Waiting in the queue Triage · 4" in page
    assert page.count("Take it") == 4
    listed = (await manager.get("/api/leads", params={"queue": "Triage", "sort": "due"})).json()["items"]
    assert len(listed) == 4
    assert (await manager.get("/api/leads", params={"queue": "Other"})).json()["items"] == []
    assert (await manager.get("/api/leads", params={"in_queue": "false"})).json()["items"] == []


async def test_a_rep_takes_a_lead_from_the_desk_and_from_its_page(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    first, second = await _lead(manager), await _lead(manager, "bo")
    rita = await clients.of(cast.rep)
    assert f"/leads/{first}/take" in (await rita.get(f"/leads/{first}")).text
    taken = await rita.post(f"/leads/{first}/take", data={"back_to": "/inbox"})
    assert (taken.status_code, taken.headers["location"]) == (303, f"/leads/{first}")
    page = (await rita.get(f"/leads/{first}")).text
    assert f"/leads/{first}/take" not in page
    assert "Rita Rep took it from the queue Triage." in page
    await _limit(database, cast, 1)
    desk = (await rita.get("/inbox")).text
    assert "You have 1 open lead, at most 1" in desk
    assert "Take it" not in desk
    refused = await rita.post(f"/leads/{second}/take", data={"back_to": "/inbox"})
    assert refused.headers["location"] == "/inbox"
    assert "Complete one or hand one back first." in (await rita.get("/inbox")).text


async def test_who_takes_no_leads_is_offered_none(manager: httpx2.AsyncClient, clients: Clients, cast: Cast) -> None:
    lead_id = await _lead(manager)
    desk = (await manager.get("/inbox")).text
    assert "Waiting in the queue Triage" in desk
    assert "Take it" not in desk
    assert "Give to…" in desk
    assert "Nobody has these" not in desk
    viewer = await clients.of(cast.viewer)
    assert "Triage" not in (await viewer.get("/inbox")).text
    assert "Take it" not in (await viewer.get(f"/leads/{lead_id}")).text


# The clock.

_MARKED = "SELECT id, queue_breached_at FROM leads WHERE queue_breached_at IS NOT NULL"
_EVENTS = "SELECT lead_id, payload ->> 'queue' FROM timeline_events WHERE name = 'sla.breached'"


async def test_a_lead_nobody_takes_in_time_is_marked_once_and_told_to_managers(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = {await _lead(manager), await _lead(manager, "bo")}
    await sweep_clocks(database, utc_now())
    assert await _all(database, cast, _MARKED) == []
    late = utc_now() + timedelta(hours=2)
    # Two workers at the same time, and again a minute later.
    await asyncio.gather(sweep_clocks(database, late), sweep_clocks(database, late))
    await sweep_clocks(database, late + timedelta(minutes=1))
    assert {(str(lead_id), at) for lead_id, at in await _all(database, cast, _MARKED)} == {(each, late) for each in ids}
    assert {(str(lead_id), queue) for lead_id, queue in await _all(database, cast, _EVENTS)} == {
        (each, "Triage") for each in ids
    }
    assert len(await _all(database, cast, _EVENTS)) == 2
    told = await _all(database, cast, "SELECT user_id, title, body FROM notifications WHERE kind = 'sla.breached'")
    said = ("2 leads are overdue", "Nobody has taken: 2 in Triage.")
    assert sorted(told) == sorted((who.id, *said) for who in (cast.owner, cast.manager))


async def test_a_mark_stays_when_the_lead_enters_the_corridor_again(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead_id = await _lead(manager)
    late = utc_now() + timedelta(hours=2)
    await sweep_clocks(database, late)
    await manager.patch(f"/api/leads/{lead_id}", json={"title": "COO"})
    await sweep_clocks(database, late + timedelta(hours=1))
    assert [at for _, at in await _all(database, cast, _MARKED)] == [late]
    assert len(await _all(database, cast, _EVENTS)) == 1


async def test_marking_a_hundred_takes_the_statements_of_marking_one(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    leads = [{"email": f"p{number}@x.example"} for number in range(100)]
    await manager.post("/api/leads/batch", json={"leads": leads})
    assert await sweep_clocks(database, utc_now() + timedelta(hours=2)) >= 100
    assert len(await _all(database, cast, _EVENTS)) == 100
    assert len(await _all(database, cast, "SELECT id FROM notifications WHERE kind = 'sla.breached'")) == 2


async def test_an_overdue_queue_shows_wherever_an_overdue_assignment_does(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    lead_id = await _lead(manager)
    hour_ago = utc_now() - timedelta(hours=1)
    due = "UPDATE sla_clocks SET due_at = :due, next_step_at = :due WHERE kind = 'first_touch' RETURNING id"
    await _all(database, cast, due, due=hour_ago)
    await sweep_clocks(database, utc_now())
    rita = await clients.of(cast.rep)
    for page in ("/inbox", f"/leads/{lead_id}"):
        assert "left-over" in (await rita.get(page)).text, page
    assert "SLA breached" in (await rita.get(f"/leads/{lead_id}")).text
    assert "in the queue Triage" in (await rita.get(f"/leads/{lead_id}")).text
    dashboard = (await manager.get("/routing")).text
    assert "1 of them in queues" in dashboard
    queue = (await manager.get(QUEUES)).json()["items"]
    assert [(item["name"], item["waiting"], item["overdue"]) for item in queue] == [("Triage", 1, 1)]
    assert lead_id in (await manager.get("/leads?overdue=true&sort=due")).text
    await rita.post(f"/api/leads/{lead_id}/take")
    [(due, marked)] = await _all(database, cast, "SELECT sla_due_at, sla_breached_at FROM assignments")
    assert due == hour_ago
    assert marked is not None
    assert lead_id not in (await manager.get("/leads?overdue=true&sort=due")).text
    assert (await manager.get(QUEUES)).json() == {"items": []}


async def test_asking_routing_again_does_not_stop_the_clock_of_a_queue(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead_id = await _lead(manager)
    before = await _all(database, cast, "SELECT outcome, queue, sla_due_at FROM leads")
    await manager.post(ASSIGN, json={"lead_id": lead_id})
    assert await _all(database, cast, "SELECT outcome, queue, sla_due_at FROM leads") == before


async def test_a_lead_that_comes_back_to_its_queue_starts_a_new_clock(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    lead_id = await _lead(manager)
    await sweep_clocks(database, utc_now() + timedelta(hours=2))
    await manager.patch(f"/api/leads/{lead_id}", json={"status": "archived"})
    await manager.patch(f"/api/leads/{lead_id}", json={"status": "new"})
    [(queue, due, marked)] = await _all(database, cast, "SELECT queue, sla_due_at, queue_breached_at FROM leads")
    assert queue == "Triage"
    assert due > utc_now()
    assert marked is None
    await manager.post(ASSIGN, json={"lead_id": lead_id, "rep_id": str(cast.rep.id)})
    await manager.post(f"/api/leads/{lead_id}/reject", json={"reason": "Wrong region"})
    assert await _all(database, cast, "SELECT outcome, queue, sla_due_at > now() FROM leads") == [
        ("queued", "Triage", True)
    ]
