"""Redistribution over the API and on pages; bulk reassignment from the list."""

from datetime import timedelta

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.redistribution.hands import leads_of_rita, loads, rows_of, rule_to_team, run
from tests.statements import statements_of

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.giving import give_leads
from oppspot.routing.services.rerouting import Rerouted, reroute_leads

pytestmark = [pytest.mark.anyio, pytest.mark.db]
API = "/api/qualification/routing/redistribute"
PAGE = "/routing/redistribute"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    browser = await clients.of(cast.manager)
    await rule_to_team(browser, cast)
    return browser


async def test_the_api_plans_applies_reads_lists_and_undoes(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    scope = {"kind": "team", "team_id": str(cast.team_id)}
    plan = (await manager.post(API, json={"scope": scope})).json()
    assert (plan["status"], len(plan["moves"]), plan["before"]["gap"], plan["after"]["gap"]) == ("proposed", 3, 6, 0)
    assert plan["before"]["imbalance_percent"] == 200
    assert await loads(database, cast) == (6, 0)
    again = (await manager.post(API, json={"scope": scope})).json()
    assert (again["plan_hash"], again["id"]) == (plan["plan_hash"], plan["id"])
    done = await manager.post(API, json={"scope": scope, "apply": True, "plan_hash": plan["plan_hash"]})
    assert (done.status_code, done.json()["status"]) == (200, "applied")
    assert await loads(database, cast) == (3, 3)
    read = (await manager.get(f"{API}/{plan['id']}")).json()
    assert read == done.json()
    undone = (await manager.post(f"{API}/{plan['id']}/undo")).json()
    assert undone == {"id": plan["id"], "returned": 3, "kept": {}, "left": {}}
    [past] = (await manager.get(API)).json()["items"]
    assert (past["title"], past["moved"], past["status"]) == ("Team North", 3, "undone")


async def test_the_api_says_what_is_wrong_and_what_has_changed(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    scope = {"kind": "team", "team_id": str(cast.team_id)}
    assert (await manager.post(API, json={"scope": {"kind": "team"}})).status_code == 422
    assert (await manager.post(API, json={"scope": scope, "apply": True})).json()["errors"][0]["path"] == "plan_hash"
    plan = (await manager.post(API, json={"scope": scope})).json()
    other = {"kind": "leaves", "rep_id": str(cast.rep.id)}
    wrong = await manager.post(API, json={"scope": other, "apply": True, "plan_hash": plan["plan_hash"]})
    assert wrong.json()["errors"][0]["path"] == "scope"
    assert await loads(database, cast) == (4, 0)
    await run(database, cast, "UPDATE rep_profiles SET available = false WHERE user_id = :id", id=cast.other_rep.id)
    refused = await manager.post(API, json={"scope": scope, "apply": True, "plan_hash": plan["plan_hash"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:oppspot:problem:plan-outdated")
    assert refused.json()["errors"][0]["path"] == f"people[{cast.other_rep.id}]"


async def test_the_page_shows_the_plan_then_moves_and_undoes(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    assert "Even out a team" in (await manager.get(PAGE)).text
    answer = await manager.post(PAGE, data={"kind": "team", "team_id": str(cast.team_id)})
    assert answer.status_code == 303
    page = (await manager.get(answer.headers["location"])).text
    assert "Move 3 leads" in page
    assert "Rule “To North” and Ravi Rep may have it; Rita Rep had 6 open, Ravi Rep 0." in page
    assert await loads(database, cast) == (6, 0)
    await manager.post(f"{answer.headers['location']}/apply")
    done = (await manager.get(answer.headers["location"])).text
    assert "3 leads have been moved." in done
    assert f"{answer.headers['location']}/undo" in done
    assert await loads(database, cast) == (3, 3)
    await manager.post(f"{answer.headers['location']}/undo")
    assert "3 leads are back where they were." in (await manager.get(PAGE)).text
    assert await loads(database, cast) == (6, 0)


async def test_a_plan_that_does_not_hold_any_more_is_made_anew(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 6)
    shown = (await manager.post(PAGE, data={"kind": "team", "team_id": str(cast.team_id)})).headers["location"]
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, ids[:1], cast.other_rep.id, "", utc_now())
        await give_leads(tx, cast.manager.actor, ids[:1], cast.rep.id, "", utc_now())
        await give_leads(tx, cast.manager.actor, ids[5:], cast.other_rep.id, "", utc_now())
    anew = (await manager.post(f"{shown}/apply")).headers["location"]
    assert anew != shown
    page = (await manager.get(anew)).text
    assert "Look at a new plan. This is one." in page
    assert "Move 2 leads" in page
    assert await loads(database, cast) == (5, 1)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, ids[1:3], cast.other_rep.id, "", utc_now())
    assert (await manager.post(f"{anew}/apply")).headers["location"] == PAGE
    assert "By now there is nothing to move." in (await manager.get(PAGE)).text


async def test_a_page_with_nothing_to_move_says_why(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 1)
    even = await manager.post(PAGE, data={"kind": "team", "team_id": str(cast.team_id)})
    assert "no lead could bring anybody closer" in even.text
    await run(database, cast, "UPDATE rep_profiles SET available = false WHERE user_id = :id", id=cast.other_rep.id)
    leaves = await manager.post(PAGE, data={"kind": "leaves", "rep_id": str(cast.rep.id)})
    assert "1 unavailable" in leaves.text
    wrong = await manager.post(PAGE, data={"kind": "leaves"})
    assert wrong.status_code == 422


async def test_somebody_who_will_be_away_hands_over_their_own_leads_and_nobody_elses(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 3)
    rita = await clients.of(cast.rep)
    tomorrow = (utc_now() + timedelta(days=1)).date().isoformat()
    entry = {"user_id": str(cast.rep.id), "first": tomorrow, "cover_id": str(cast.other_rep.id)}
    absence = (await rita.post("/api/calendars/absences", json=entry)).json()["id"]
    assert await loads(database, cast) == (3, 0)
    assert f"/routing/hand-over/{absence}" in (await rita.get(f"/calendars/people/{cast.rep.id}")).text
    assert "Ravi Rep" in (await rita.get(f"/routing/hand-over/{absence}")).text
    form = {"cover_id": str(cast.other_rep.id), "returns": "true"}
    shown = await rita.post(f"/routing/hand-over/{absence}", data=form)
    page = shown.headers["location"]
    assert "Ravi Rep covers for Rita Rep." in (await rita.get(page)).text
    ravi = await clients.of(cast.other_rep)
    assert (await ravi.get(page)).status_code == 403
    assert (await ravi.post(f"{page}/apply")).status_code == 403
    assert (await ravi.post(f"/routing/hand-over/{absence}", data=form)).status_code == 403
    assert await loads(database, cast) == (3, 0)
    assert (await rita.post(f"{page}/apply")).status_code == 303
    assert await loads(database, cast) == (0, 3)
    returns = "SELECT cause, returns_at IS NOT NULL FROM redistributions"
    assert await rows_of(database, cast, returns) == [("absence", True)]


async def test_routing_decides_anew_on_the_selected_leads(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 4)
    await run(database, cast, "UPDATE leads SET status = 'archived' WHERE id = :id", id=ids[3])
    form = {"do": "reroute", "ids": [*map(str, ids), str(new_id())]}
    await manager.post("/leads/bulk", data=form)
    said = (await manager.get("/leads")).text
    assert "3 leads are given away anew. 1 lead is settled and left alone. 1 is no longer there." in said
    assert await loads(database, cast) == (1, 3)
    told = "SELECT user_id, title FROM notifications WHERE kind = 'assignment.moved'"
    assert await rows_of(database, cast, told) == [(cast.rep.id, "3 leads of yours went elsewhere")]


async def test_a_lead_that_nobody_else_may_have_stays_with_whoever_has_it_when_it_is_routed_anew(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 3)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.rep.actor, ids[2], utc_now())
    await run(database, cast, "UPDATE rep_profiles SET available = false WHERE user_id = :id", id=cast.other_rep.id)
    standing = (
        "SELECT l.id, l.status, l.outcome, l.owner_id, l.next_check_at, l.sla_due_at, a.id, a.status, a.ended_at "
        "FROM leads AS l LEFT JOIN assignments AS a ON a.lead_id = l.id ORDER BY l.id"
    )
    clocks = "SELECT id, kind, due_at, next_step_at, next_action, met_at, stopped_at FROM sla_clocks ORDER BY id"
    before = [await rows_of(database, cast, query) for query in (standing, clocks)]
    await manager.post("/leads/bulk", data={"do": "reroute", "ids": [*map(str, ids)]})
    said = (await manager.get("/leads")).text
    assert "0 leads are given away anew. 3 stay with whoever has them, as nobody else may now." in said
    answer = await manager.post("/api/qualification/routing/assign", json={"lead_id": str(ids[0])})
    assert answer.json()["assignment"]["owner"]["name"] == "Rita Rep"
    assert answer.json()["reason"].endswith("So it stays with Rita Rep.")
    assert [await rows_of(database, cast, query) for query in (standing, clocks)] == before
    withdrawn = "SELECT count(*) FROM timeline_events WHERE name = 'assignment.withdrawn'"
    assert await rows_of(database, cast, withdrawn) == [(0,)]


async def test_rerouting_twenty_leads_takes_the_statements_of_two(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    taken = []
    for number in (2, 20):
        ids = await leads_of_rita(manager, database, cast, number)
        with statements_of(database) as sent:
            async with database.transaction(cast.org_id) as tx:
                assert await reroute_leads(tx, cast.manager.actor, ids, utc_now()) == Rerouted(number, 0, 0, 0, 0)
        taken.append(len(sent))
    assert taken[0] == taken[1], taken


async def test_who_may_not_assign_leads_redistributes_none(clients: Clients, cast: Cast) -> None:
    rita = await clients.of(cast.rep)
    scope = {"kind": "leaves", "rep_id": str(cast.other_rep.id)}
    assert (await rita.post(API, json={"scope": scope})).status_code == 403
    assert (await rita.get(PAGE)).status_code == 403
    assert (await rita.post("/leads/bulk", data={"do": "reroute", "ids": [str(new_id())]})).status_code == 403
