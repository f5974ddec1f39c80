"""Tasks: a rule's new owner gets one, people add their own, and they are done once."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.casting import Cast, Clients
from tests.routing.timed import arrive, owners, publish, rows, to_queue, to_team

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.queries.tasks import list_lead_tasks, list_own_tasks
from oppspot.routing.services.giving import give_lead
from oppspot.routing.services.sweeping import sweep_clocks
from oppspot.routing.services.taking import take_lead

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_the_new_owner_gets_a_task_due_with_the_first_touch(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast, settings={"auto_followup": True}))
    [lead] = await arrive(database, cast, NOW)
    [(first, _)] = await owners(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        [task] = await list_lead_tasks(tx, cast.org_id, lead)
    assert (task.rep_id, task.title, task.due_at, task.done_at) == (first, "Make the first touch", NOW + HOUR, None)
    assert task.lead_name == "Ada"
    await sweep_clocks(database, NOW + 1.01 * HOUR)
    (second,) = {rep.id for rep in cast.reps} - {first}
    async with database.transaction(cast.org_id) as tx:
        [task] = await list_lead_tasks(tx, cast.org_id, lead)  # the first owner's is over with their assignment
        assert task.rep_id == second
        assert await list_own_tasks(tx, cast.org_id, first) == []


async def test_who_is_given_a_lead_by_hand_gets_its_task_too(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast, settings={"auto_followup": True}))
    [lead] = await arrive(database, cast, NOW)
    [(first, _)] = await owners(database, cast, lead)
    (second,) = {rep.id for rep in cast.reps} - {first}
    for hours, due in ((0.5, 1), (2, 3)):  # the clock that runs goes on; one that ran out starts anew
        async with database.transaction(cast.org_id) as tx:
            await give_lead(tx, cast.manager.actor, lead, second, "", NOW + hours * HOUR)
        async with database.transaction(cast.org_id) as tx:
            [task] = await list_lead_tasks(tx, cast.org_id, lead)
        assert (task.rep_id, task.title, task.due_at) == (second, "Make the first touch", NOW + due * HOUR)
        first, second = second, first


async def test_who_takes_a_lead_from_a_queue_gets_its_task_unless_taking_is_the_touch(
    cast: Cast, database: Database
) -> None:
    rule = to_queue() | {"settings": {"auto_followup": True}}
    for touches, tasks in ((["call"], [(cast.rep.id, NOW + HOUR)]), (["accepted", "call"], [])):
        await publish(database, cast, NOW, rule, touches=touches)
        [lead] = await arrive(database, cast, NOW)
        async with database.transaction(cast.org_id) as tx:
            await take_lead(tx, cast.rep.actor, lead, NOW)
            assert [(task.rep_id, task.due_at) for task in await list_lead_tasks(tx, cast.org_id, lead)] == tasks


async def test_a_rule_that_does_not_ask_for_one_gives_none(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    await arrive(database, cast, NOW, 3)
    assert await rows(database, cast, "SELECT id FROM tasks") == []


async def test_people_add_tasks_and_do_them_once(clients: Clients, cast: Cast, database: Database) -> None:
    await publish(database, cast, utc_now(), to_team(cast))
    [lead] = await arrive(database, cast, utc_now())
    rita, ravi = await clients.of(cast.rep), await clients.of(cast.other_rep)
    path = f"/api/leads/{lead}/tasks"
    made = await rita.post(path, json={"title": "Send the data sheet", "due_at": "2030-01-01T09:00:00Z"})
    assert made.status_code == 201, made.text
    assert (made.json()["rep_name"], made.json()["created_by"]) == ("Rita Rep", "Rita Rep")
    assert (await rita.post(path, json={"title": "Do it", "rep_id": str(cast.other_rep.id)})).status_code == 403
    assert (await rita.post(path, json={"title": " "})).status_code == 422
    assert (await rita.post(path, json={"title": "Late", "due_at": "2030-01-01T09:00:00"})).status_code == 422
    assert [item["title"] for item in (await rita.get("/api/tasks")).json()["items"]] == ["Send the data sheet"]
    assert (await ravi.get("/api/tasks")).json() == {"items": []}
    done = f"/api/tasks/{made.json()['id']}/complete"
    assert (await ravi.post(done)).json()["title"] == "Not your task"
    first = (await rita.post(done)).json()
    assert first["done_by"] == "Rita Rep"
    assert (await (await clients.of(cast.manager)).post(done)).json() == first
    assert (await rita.get("/api/tasks")).json() == {"items": []}
    assert [item["done_by"] for item in (await rita.get(path)).json()["items"]] == ["Rita Rep"]
    told = "SELECT name FROM timeline_events WHERE name LIKE 'task.%' ORDER BY at, id"
    assert await rows(database, cast, told) == [("task.created",), ("task.completed",)]


async def test_managers_and_machines_give_tasks_to_people_who_are_told(
    clients: Clients, cast: Cast, database: Database
) -> None:
    await publish(database, cast, utc_now(), to_team(cast))
    [lead] = await arrive(database, cast, utc_now())
    path, body = f"/api/leads/{lead}/tasks", {"title": "Ring Ada", "rep_id": str(cast.rep.id)}
    machine = await clients.with_key(cast)
    assert (await machine.post(path, json={"title": "Ring Ada"})).json()["errors"][0]["path"] == "rep_id"
    assert (await machine.post(path, json=body)).status_code == 201
    assert (await machine.post(path, json=body | {"rep_id": str(cast.viewer.id)})).status_code == 422
    assert (await machine.get("/api/tasks")).json() == {"items": []}
    assert "For you to do: Ring Ada" in (await (await clients.of(cast.rep)).get("/notifications")).text


async def test_outsiders_see_and_do_no_tasks(clients: Clients, cast: Cast, outsiders: Cast, database: Database) -> None:
    await publish(database, cast, utc_now(), to_team(cast))
    [lead] = await arrive(database, cast, utc_now())
    made = await (await clients.of(cast.rep)).post(f"/api/leads/{lead}/tasks", json={"title": "Ring Ada"})
    stranger = await clients.of(outsiders.owner)
    assert (await stranger.get(f"/api/leads/{lead}/tasks")).status_code == 404
    assert (await stranger.post(f"/api/leads/{lead}/tasks", json={"title": "x"})).status_code == 404
    assert (await stranger.post(f"/api/tasks/{made.json()['id']}/complete")).status_code == 404
