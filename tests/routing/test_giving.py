"""Leads given by hand, one or many: same statements, every lead accounted for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.statements import statements_of

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.errors import AtTheLimit, NotARep
from oppspot.routing.services.assignments import accept_assignment, complete_assignment
from oppspot.routing.services.giving import Giving, give_leads

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    browser = await clients.of(cast.manager)
    target = {"type": "individual", "id": str(cast.rep.id)}
    await browser.post("/api/qualification/routing/rules", json={"name": "To Rita", "assignment_target": target})
    return browser


async def _leads(browser: httpx2.AsyncClient, number: int) -> list[UUID]:
    leads = [{"email": f"{new_id().hex}@x.example"} for _ in range(number)]
    rows = (await browser.post("/api/leads/batch", json={"leads": leads})).json()["results"]
    return [UUID(row["lead"]["id"]) for row in rows]


async def _all(database: Database, cast: Cast, query: str) -> list[Any]:
    async with database.transaction(cast.org_id) as tx:
        return [tuple(row) for row in await tx.execute(text(query))]


async def test_giving_forty_leads_takes_the_statements_of_giving_two(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    taken = []
    for number in (2, 40):
        ids = await _leads(manager, number)
        with statements_of(database) as sent:
            async with database.transaction(cast.org_id) as tx:
                given = await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "", utc_now())
        assert given.count(Giving.GIVEN) == number
        taken.append(len(sent))
    assert taken[0] == taken[1] <= 20, taken


async def test_each_lead_is_accounted_for(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    own, theirs, gone = [*await _leads(manager, 2)], await _leads(manager, 1), new_id()
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, theirs, cast.other_rep.id, "", utc_now())
    async with database.transaction(cast.org_id) as tx:
        ids = [gone, *theirs, *own, own[0]]
        given = await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "on leave", utc_now())
    assert given.leads == {
        gone: Giving.NOT_FOUND,
        theirs[0]: Giving.ALREADY_THEIRS,
        own[0]: Giving.GIVEN,
        own[1]: Giving.GIVEN,
    }
    held = await _all(database, cast, "SELECT lead_id, rep_id, status FROM assignments WHERE status = 'assigned'")
    assert sorted(held) == sorted((lead_id, cast.other_rep.id, "assigned") for lead_id in [*theirs, *own])
    assert await _all(database, cast, "SELECT DISTINCT owner_id, outcome, status FROM leads") == [
        (cast.other_rep.id, "assigned", "new")
    ]
    loads = dict(await _all(database, cast, "SELECT rep_id, open_count FROM rep_loads"))
    assert loads == {cast.rep.id: 0, cast.other_rep.id: 3}


async def test_what_is_settled_is_left_alone(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    won, open_one = await _leads(manager, 2)
    async with database.transaction(cast.org_id) as tx:
        await complete_assignment(tx, cast.manager.actor, won, "converted", utc_now())
        given = await give_leads(tx, cast.manager.actor, [won, open_one], cast.other_rep.id, "", utc_now())
    assert given.leads == {won: Giving.SETTLED, open_one: Giving.GIVEN}
    for body in ({}, {"rep_id": str(cast.other_rep.id)}):
        refused = await manager.post("/api/qualification/routing/assign", json={"lead_id": str(won), **body})
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "lead-settled")
        assert "set its status to new or working first" in refused.json()["detail"]
    state = f"SELECT status, owner_id FROM leads WHERE id = '{won}'"
    assert await _all(database, cast, state) == [("converted", cast.rep.id)]
    form = {"do": "assign", "owner": str(cast.rep.id), "ids": [str(won), str(open_one)]}
    await manager.post("/leads/bulk", data=form)
    assert "1 lead given to Rita Rep. 1 lead is settled and left alone." in (await manager.get("/leads")).text


async def test_a_lead_keeps_its_value_also_when_nobody_has_it(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    budget = {"key": "budget.estimated_budget", "value": 5000}
    lead = {"email": "ada@x.example", "claims": [budget]}
    made = (await manager.post("/api/leads", json=lead)).json()
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE assignments SET status = 'reassigned', ended_at = now()"))
        await give_leads(tx, cast.manager.actor, [UUID(made["id"])], cast.other_rep.id, "", utc_now())
    assert await _all(database, cast, "SELECT value FROM assignments WHERE status = 'assigned'") == [(5000,)]


async def test_many_leads_are_told_in_one_notice_and_one_line_each(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await _leads(manager, 5)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "on leave", utc_now())
    notices = await _all(database, cast, f"SELECT title, body FROM notifications WHERE user_id = '{cast.other_rep.id}'")
    assert notices == [("5 leads were given to you", "Given to Ravi Rep by Max Manager: on leave")]
    lost = f"SELECT title, body FROM notifications WHERE user_id = '{cast.rep.id}' AND kind = 'assignment.moved'"
    told = [("5 leads of yours went elsewhere", "Given to Ravi Rep by Max Manager: on leave")]
    assert await _all(database, cast, lost) == told
    lines = await _all(
        database,
        cast,
        "SELECT lead_id FROM timeline_events WHERE name = 'assignment.created' AND actor_name = 'Max Manager' "
        f"AND payload ->> 'from' = '{cast.rep.id}'",
    )
    assert sorted(lines) == sorted((lead_id,) for lead_id in ids)


async def test_a_clock_that_runs_goes_on_running_for_whoever_gets_the_lead(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await _leads(manager, 2)
    before = await _all(database, cast, "SELECT DISTINCT sla_due_at FROM leads")
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "", utc_now())
    assert await _all(database, cast, "SELECT DISTINCT sla_due_at FROM leads") == before


async def test_a_clock_that_was_stopped_starts_anew_for_whoever_gets_the_lead(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    [lead_id] = await _leads(manager, 1)
    later = utc_now() + timedelta(hours=23)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.rep.actor, lead_id, utc_now())
        await give_leads(tx, cast.manager.actor, [lead_id], cast.other_rep.id, "", later)
    due = await _all(
        database,
        cast,
        "SELECT l.sla_due_at, a.sla_due_at FROM leads AS l JOIN assignments AS a "
        "ON a.lead_id = l.id AND a.status = 'assigned'",
    )
    assert due == [(later + timedelta(hours=24),) * 2]


async def test_nobody_who_takes_no_leads_is_given_any(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await _leads(manager, 2)
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(NotARep):
            await give_leads(tx, cast.manager.actor, ids, cast.viewer.id, "", utc_now())
    assert await _all(database, cast, "SELECT DISTINCT owner_id FROM leads") == [(cast.rep.id,)]


async def test_the_list_says_what_became_of_the_selected(manager: httpx2.AsyncClient, cast: Cast) -> None:
    first, second = await _leads(manager, 2)
    form = {"do": "assign", "owner": str(cast.other_rep.id)}
    await manager.post("/leads/bulk", data=form | {"ids": [str(first)]})
    assert "1 lead given to Ravi Rep." in (await manager.get("/leads")).text
    await manager.post("/leads/bulk", data=form | {"ids": [str(first), str(second), str(new_id())]})
    page = (await manager.get("/leads")).text
    assert "1 lead given to Ravi Rep. 1 was theirs already. 1 is no longer there." in page


# Limits: whoever gives over one is told so first.


async def _limit(database: Database, cast: Cast, change: str) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text(f"UPDATE rep_profiles SET {change}"))


async def test_over_somebodys_limit_a_manager_has_to_say_so(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    first, second = await _leads(manager, 2)
    await _limit(database, cast, "max_open = 1")
    path, body = "/api/qualification/routing/assign", {"rep_id": str(cast.other_rep.id)}
    assert (await manager.post(path, json=body | {"lead_id": str(first)})).status_code == 200
    refused = await manager.post(path, json=body | {"lead_id": str(second)})
    assert (refused.status_code, refused.json()["title"]) == (409, "At the limit")
    said = "Ravi Rep has 1 open lead, at most 1; this one would be over the limit."
    assert refused.json()["detail"] == said
    assert (await manager.post(path, json=body | {"lead_id": str(second), "over_limit": True})).status_code == 200
    loads = await _all(database, cast, "SELECT open_count FROM rep_loads WHERE open_count > 0")
    assert loads == [(2,)]


async def test_a_limit_by_day_is_one_too(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    ids = await _leads(manager, 3)
    await _limit(database, cast, """limits = '[{"leads": 2, "per": "day", "window": "rolling"}]'""")
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(AtTheLimit, match="had 0 of at most 2 leads a day; these 3 would be over"):
            await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "", utc_now())
        await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "", utc_now(), over_limit=True)


async def test_leads_that_are_theirs_already_pass_no_limit(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await _leads(manager, 2)
    await _limit(database, cast, "max_open = 1")
    async with database.transaction(cast.org_id) as tx:
        given = await give_leads(tx, cast.manager.actor, ids, cast.rep.id, "", utc_now())
    assert given.count(Giving.ALREADY_THEIRS) == 2
