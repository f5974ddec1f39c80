"""Whatever lets somebody take leads has those routed at once that waited for them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from tests.casting import Cast, Clients

from oppspot.calendars.types import WEEKDAYS
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.corridor.errands import retry_unrouted
from oppspot.corridor.jobs import route_unrouted

pytestmark = [pytest.mark.anyio, pytest.mark.db]
Deed = Callable[[httpx2.AsyncClient, Cast], Awaitable[httpx2.Response]]
_IN_A_WEEK = (utc_now() + timedelta(days=7)).date().isoformat()


async def _hours(browser: httpx2.AsyncClient, _: Cast) -> httpx2.Response:
    return await browser.put("/api/calendars/organisation", json={"hours": {"mon": [["08:00", "18:00"]]}})


async def _closing(browser: httpx2.AsyncClient, _: Cast) -> httpx2.Response:
    entry = {"day": _IN_A_WEEK, "name": "Summer party", "works": False}
    made = await browser.post("/api/calendars/closing-days", json=entry)
    assert made.status_code == 201, made.text
    return await browser.delete(f"/api/calendars/closing-days/{made.json()['id']}")


async def _absence(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    entry = {"user_id": str(cast.rep.id), "first": _IN_A_WEEK}
    return await browser.post("/api/calendars/absences", json=entry)


async def _room(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    return await browser.patch(f"/api/users/{cast.rep.id}/profile", json={"max_open": 99})


async def _team(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    ids = [str(member.id) for member in (*cast.reps, cast.manager)]
    return await browser.put(f"/api/teams/{cast.team_id}/members", json={"user_ids": ids})


async def _leaving(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    return await browser.put(f"/api/teams/{cast.team_id}/members", json={"user_ids": [str(cast.rep.id)]})


async def _dissolved(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    return await browser.delete(f"/api/teams/{cast.team_id}")


async def _own_hours(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    hours = {"working_hours": {"tue": [["08:00", "18:00"]]}}
    return await browser.patch(f"/api/users/{cast.rep.id}/profile", json=hours)


async def _file(browser: httpx2.AsyncClient, cast: Cast) -> httpx2.Response:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:t", "BEGIN:VEVENT", "UID:a", "SUMMARY:Away"]
    lines += [f"DTSTART;VALUE=DATE:{_IN_A_WEEK.replace('-', '')}", "END:VEVENT", "END:VCALENDAR", ""]
    where = f"/api/calendars/people/{cast.rep.id}/absences/files"
    return await browser.post(where, files={"file": ("my.ics", "\r\n".join(lines).encode())})


def _waiting(dsn: str, cast: Cast) -> list[tuple[Any, ...]]:
    query = (
        "SELECT task_name FROM jobs.procrastinate_jobs WHERE args ->> 'org_id' = %s AND status = 'todo' "
        "AND task_name = 'corridor:retry_unrouted'"
    )
    with psycopg.connect(dsn) as connection:
        return connection.execute(query, [str(cast.org_id)]).fetchall()


@pytest.mark.parametrize("deed", [_hours, _own_hours, _closing, _absence, _file, _room, _team, _leaving, _dissolved])
async def test_leads_that_wait_are_routed_again(clients: Clients, cast: Cast, database_url: str, deed: Deed) -> None:
    browser = await clients.of(cast.owner)
    assert _waiting(database_url, cast) == []
    answer = await deed(browser, cast)
    assert answer.is_success, answer.text
    assert len(_waiting(database_url, cast)) == 1


async def test_a_lead_that_waits_for_somebody_to_start_is_theirs_when_they_say_they_work_now(
    clients: Clients, cast: Cast, database: Database
) -> None:
    """The job that the change enqueued, done by hand: days before the lead would have been looked at again."""
    browser, now = await clients.of(cast.owner), utc_now()
    target = {"type": "team", "id": str(cast.team_id)}
    rule = {"name": "At work", "assignment_target": target, "settings": {"working_hours_only": True}}
    assert (await browser.post("/api/qualification/routing/rules", json=rule)).status_code == 201
    later = WEEKDAYS[(now.weekday() + 3) % 7]
    await browser.put("/api/calendars/organisation", json={"hours": {later: [["09:00", "17:00"]]}})
    lead = (await browser.post("/api/leads", json={"email": "ada@x.example"})).json()
    assert lead["outcome"] == "held_until", lead
    assert (await browser.put("/api/calendars/organisation", json={})).status_code == 200
    await route_unrouted(database, cast.org_id, UUID(retry_unrouted(cast.org_id).args["after"]), utc_now())
    assert (await browser.get(f"/api/leads/{lead['id']}")).json()["outcome"] == "assigned"
