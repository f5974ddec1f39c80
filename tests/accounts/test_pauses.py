"""A pause keeps new leads away, has a reason, and ends when somebody ends it or by itself at its moment."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.accounts.jobs import tasks
from oppspot.accounts.services.reps import end_pause
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.db]


def profile_of(cast: Cast) -> str:
    return f"/api/users/{cast.rep.id}/profile"


async def paused(client: httpx2.AsyncClient, cast: Cast, **changes: Any) -> dict[str, Any]:
    answer = await client.patch(profile_of(cast), json={"available": False, **changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def stored(database: Database, cast: Cast) -> tuple[bool, datetime | None, str]:
    async with database.transaction(cast.org_id) as tx:
        row = (
            await tx.execute(
                text("SELECT available, paused_until, pause_reason FROM rep_profiles WHERE user_id = :id"),
                {"id": cast.rep.id},
            )
        ).one()
    return row[0], row[1], row[2]


async def test_a_pause_ends_by_itself_at_its_moment(clients: Clients, cast: Cast, database: Database) -> None:
    until = utc_now() + timedelta(days=3)
    said = await paused(await clients.of(cast.manager), cast, paused_until=until.isoformat(), pause_reason="Training")
    assert (said["available"], datetime.fromisoformat(said["paused_until"])) == (False, until)
    async with database.transaction(cast.org_id) as tx:
        assert not await end_pause(tx, cast.org_id, cast.rep.id, until - timedelta(microseconds=1))
    assert (await stored(database, cast))[0] is False
    async with database.transaction(cast.org_id) as tx:
        assert await end_pause(tx, cast.org_id, cast.rep.id, until)
    assert await stored(database, cast) == (True, None, "")
    async with database.transaction(cast.org_id) as tx:
        assert not await end_pause(tx, cast.org_id, cast.rep.id, until)


async def test_a_job_waits_for_the_end(clients: Clients, cast: Cast, database_url: str) -> None:
    until = utc_now() + timedelta(days=3)
    await paused(await clients.of(cast.manager), cast, paused_until=until.isoformat())
    with psycopg.connect(database_url) as connection:
        query = (
            "SELECT scheduled_at FROM jobs.procrastinate_jobs "
            "WHERE task_name = 'accounts:end_pause' AND args->>'user_id' = %s"
        )
        assert connection.execute(query, [str(cast.rep.id)]).fetchall() == [(until,)]


async def test_a_pause_ends_though_this_machines_clock_is_behind_the_databases(
    clients: Clients, cast: Cast, database: Database, database_url: str, tmp_path: Path
) -> None:
    """The database starts the job at its moment; whoever runs it may think that it is earlier."""
    until = utc_now() + timedelta(minutes=1)
    await paused(await clients.of(cast.manager), cast, paused_until=until.isoformat())
    with psycopg.connect(database_url) as connection:
        query = (
            "SELECT args FROM jobs.procrastinate_jobs WHERE task_name = 'accounts:end_pause' AND args->>'user_id' = %s"
        )
        [[given]] = connection.execute(query, [str(cast.rep.id)]).fetchall()
    runtime = Runtime(Settings(environment="test", data_dir=tmp_path), database, LiveHub(database.dsn))
    await tasks(runtime).tasks["end_pause"].func(**given)
    assert await stored(database, cast) == (True, None, "")


async def test_a_pause_that_was_made_longer_does_not_end_when_the_first_would_have(
    clients: Clients, cast: Cast, database: Database
) -> None:
    manager, first = await clients.of(cast.manager), utc_now() + timedelta(days=1)
    await paused(manager, cast, paused_until=first.isoformat())
    await paused(manager, cast, paused_until=(first + timedelta(days=1)).isoformat())
    async with database.transaction(cast.org_id) as tx:
        assert not await end_pause(tx, cast.org_id, cast.rep.id, first)
    await paused(manager, cast, paused_until=None)
    async with database.transaction(cast.org_id) as tx:
        assert not await end_pause(tx, cast.org_id, cast.rep.id, first + timedelta(days=9))


async def test_who_comes_back_early_has_no_pause_left(clients: Clients, cast: Cast, database: Database) -> None:
    rep = await clients.of(cast.rep)
    await paused(rep, cast, paused_until=(utc_now() + timedelta(days=1)).isoformat(), pause_reason="Deep work")
    assert (await rep.patch(profile_of(cast), json={"available": True})).status_code == 200
    assert await stored(database, cast) == (True, None, "")


async def test_a_past_end_and_a_long_reason_are_refused(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    past = {"available": False, "paused_until": "2020-01-01T00:00:00Z"}
    answer = await manager.patch(profile_of(cast), json=past)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "paused_until")
    long = await manager.patch(profile_of(cast), json={"available": False, "pause_reason": "x" * 201})
    assert long.json()["errors"][0]["path"] == "pause_reason"


async def test_it_is_in_the_audit_log_with_its_reason_and_colleagues_do_not_see_that(
    clients: Clients, cast: Cast
) -> None:
    manager = await clients.of(cast.manager)
    await paused(manager, cast, pause_reason="Physiotherapy")
    [entry] = (await manager.get("/api/audit?action=rep_profile.updated")).json()["items"][:1]
    assert entry["payload"]["pause_reason"] == {"from": "", "to": "Physiotherapy"}
    colleague = await clients.of(cast.other_rep)
    for path in (f"/api/users/{cast.rep.id}", f"/team/people/{cast.rep.id}", "/team"):
        assert "Physiotherapy" not in (await colleague.get(path)).text


async def test_the_form_pauses_until_the_start_of_a_day_where_the_person_works(
    clients: Clients, cast: Cast, database: Database
) -> None:
    browser = await clients.of(cast.rep)
    day = (utc_now() + timedelta(days=5)).date()
    form = {"time_zone": "Europe/Berlin", "paused_until": day.isoformat(), "pause_reason": "Exams"}
    assert (await browser.post("/account/hours", data=form)).status_code == 303
    available, until, reason = await stored(database, cast)
    assert (available, reason) == (False, "Exams")
    assert until
    assert until.isoformat() in (
        f"{day - timedelta(days=1)}T23:00:00+00:00",
        f"{day - timedelta(days=1)}T22:00:00+00:00",
    )
    page = (await browser.get("/account")).text
    assert f'value="{day.isoformat()}"' in page
    assert (await browser.post("/account/hours", data=form | {"available": "true"})).status_code == 303
    assert await stored(database, cast) == (True, None, "")


async def test_a_manager_pauses_and_resumes_on_a_page(clients: Clients, cast: Cast, database: Database) -> None:
    manager, page = await clients.of(cast.manager), f"/team/people/{cast.rep.id}"
    assert f'href="{page}/pause"' in (await manager.get(page)).text
    day = (utc_now() + timedelta(days=5)).date().isoformat()
    form = {"paused_until": day, "pause_reason": "Course", "back_to": "/routing/ledger"}
    done = await manager.post(f"{page}/pause", data=form)
    assert (done.status_code, done.headers["location"]) == (303, "/routing/ledger")
    available, until, reason = await stored(database, cast)
    assert (available, reason) == (False, "Course")
    assert until
    assert "End the pause" in (await manager.get(page)).text
    pool = (await manager.get(f"/routing/ledger/{cast.team_id}")).text
    assert "sits out: paused until" in pool
    assert "Course" not in pool
    past = await manager.post(f"{page}/pause", data=form | {"paused_until": "2020-01-01"})
    assert (past.status_code, "is past" in past.text) == (422, True)
    over = await manager.post(f"{page}/resume", data={"back_to": "https://elsewhere.example/"})
    assert (over.status_code, over.headers["location"]) == (303, page)
    assert await stored(database, cast) == (True, None, "")
    assert (await (await clients.of(cast.rep)).get(f"{page}/pause")).status_code == 403
