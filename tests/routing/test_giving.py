"""Leads given by hand, one or many: same statements, every lead accounted for."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import event, text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.errors import NotARep
from oppspot.routing.services.assignments import accept_assignment
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


@contextmanager
def statements_of(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


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
    assert taken[0] == taken[1] <= 15, taken


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


async def test_many_leads_are_told_in_one_notice_and_one_line_each(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await _leads(manager, 5)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, ids, cast.other_rep.id, "on leave", utc_now())
    notices = await _all(database, cast, f"SELECT title, body FROM notifications WHERE user_id = '{cast.other_rep.id}'")
    assert notices == [("5 leads were given to you", "Given to Ravi Rep by Max Manager: on leave")]
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
