"""What was given and finished in the last weeks is read into a forecast, over the API and on the ledger's pages."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.routing.test_ledgers import RULES, a_manager_with_a_rule

from oppspot.calendars.types import WEEKDAYS
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]
FORECAST = "/api/routing/forecast"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await a_manager_with_a_rule(clients, cast)


async def four_weeks_of_leads(client: httpx2.AsyncClient, cast: Cast, database: Database, count: int = 84) -> None:
    """Give leads as if they had come evenly in the last four weeks, and people as if they had been here longer."""
    leads = [{"email": f"lead{number}@x{number}.example"} for number in range(count)]
    assert (await client.post("/api/leads/batch", json={"leads": leads})).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(
            text(
                "UPDATE assignments AS a SET assigned_at = :now - interval '28 days' * n.place / :count FROM "
                "(SELECT id, row_number() OVER (ORDER BY id) AS place FROM assignments) AS n WHERE n.id = a.id"
            ),
            {"now": utc_now(), "count": count},
        )
        await tx.execute(text("UPDATE users SET created_at = created_at - interval '100 days'"))


async def limited(client: httpx2.AsyncClient, cast: Cast, most: int | None) -> None:
    for rep in cast.reps:
        assert (await client.patch(f"/api/users/{rep.id}/profile", json={"max_open": most})).status_code == 200


async def forecast(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await client.get(FORECAST)
    assert answer.status_code == 200, answer.text
    [found] = answer.json()["items"]
    return dict(found)


async def test_at_first_there_is_too_little_data(manager: httpx2.AsyncClient) -> None:
    found = await forecast(manager)
    assert (found["answer"], found["name"], found["expected"]) == ("too_little_data", "North", None)


async def test_three_leads_a_day_fill_sixty_places_in_about_three_weeks(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await four_weeks_of_leads(manager, cast, database)
    await limited(manager, cast, 42 + 30)
    found = await forecast(manager)
    assert found["answer"] == "expected", found
    assert found["room"] == 60
    assert found["a_week"] == pytest.approx(21, abs=2)
    assert found["finished_a_week"] == 0
    today = utc_now().date()
    assert today + timedelta(days=17) <= _day(found["expected"]) <= today + timedelta(days=25)
    assert _day(found["earliest"]) < _day(found["expected"]) < _day(found["latest"])
    page = (await manager.get("/routing/ledger")).text
    assert found["sentence"] in page
    assert "60 fit" in (await manager.get(f"/routing/ledger/{cast.team_id}")).text


def _day(text_of: str) -> date:
    return date.fromisoformat(text_of)


async def test_a_pause_halves_the_room_and_one_that_ends_does_not(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await four_weeks_of_leads(manager, cast, database)
    await limited(manager, cast, 42 + 30)
    both = _day((await forecast(manager))["expected"])
    profile = f"/api/users/{cast.rep.id}/profile"
    assert (await manager.patch(profile, json={"available": False})).status_code == 200
    alone = await forecast(manager)
    assert alone["room"] == 30
    assert _day(alone["expected"]) < both - timedelta(days=7)
    soon = {"available": False, "paused_until": (utc_now() + timedelta(days=3)).isoformat()}
    assert (await manager.patch(profile, json=soon)).status_code == 200
    assert abs(_day((await forecast(manager))["expected"]) - both) <= timedelta(days=1)


async def test_who_is_full_is_full_now(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await four_weeks_of_leads(manager, cast, database, count=6)
    await limited(manager, cast, 3)
    found = await forecast(manager)
    assert (found["answer"], found["room"]) == ("full_now", 0)
    assert "Full now" in (await manager.get(f"/routing/ledger/{cast.team_id}")).text


async def test_without_limits_nothing_is_in_sight(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await four_weeks_of_leads(manager, cast, database)
    found = await forecast(manager)
    assert (found["answer"], found["room"]) == ("not_in_sight", None)
    assert found["sentence"].endswith("somebody has no limit.")


async def _finish(database: Database, cast: Cast, count: int) -> None:
    """Finish leads as if that had been done evenly in the last four weeks."""
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(
            text(
                "UPDATE assignments AS a SET status = 'completed', "
                "ended_at = :now - interval '28 days' * n.place / :count "
                "FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM assignments) AS n "
                "WHERE n.id = a.id AND n.place <= :count"
            ),
            {"now": utc_now(), "count": count},
        )


async def _close(manager: httpx2.AsyncClient, first: int, last: int) -> None:
    for ahead in range(first, last + 1):
        day = (utc_now() + timedelta(days=ahead)).date().isoformat()
        answer = await manager.post("/api/calendars/closing-days", json={"day": day, "name": "Closed"})
        assert answer.status_code == 201, answer.text


async def test_nothing_is_finished_while_the_house_is_closed(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await four_weeks_of_leads(manager, cast, database)
    await _finish(database, cast, 56)
    await limited(manager, cast, 14 + 45)
    open_house = await forecast(manager)
    await _close(manager, 1, 30)
    closed = await forecast(manager)
    assert closed["finished_a_week"] == open_house["finished_a_week"]
    assert _day(closed["expected"]) < _day(open_house["expected"]) - timedelta(days=7)
    await _close(manager, -14, -1)
    assert (await forecast(manager))["finished_a_week"] > closed["finished_a_week"] * 1.1


async def test_where_only_people_at_work_are_given_leads_a_team_is_full_on_a_day_of_work(
    clients: Clients, cast: Cast, database: Database
) -> None:
    manager = await clients.of(cast.manager)
    target = {"type": "team", "id": str(cast.team_id)}
    rule = {"name": "At work", "assignment_target": target, "settings": {"working_hours_only": True}}
    assert (await manager.post(RULES, json=rule)).status_code == 201
    await four_weeks_of_leads(manager, cast, database)
    await limited(manager, cast, 42 + 30)
    always = _day((await forecast(manager))["expected"])
    weekday = (always.weekday() + 3) % 7
    hours = {WEEKDAYS[weekday]: [["09:00", "17:00"]]}
    assert (await manager.put("/api/calendars/organisation", json={"hours": hours})).status_code == 200
    found = await forecast(manager)
    assert found["room"] == 60
    assert [_day(found[name]).weekday() for name in ("earliest", "expected", "latest")] == [weekday] * 3
    assert timedelta() < _day(found["expected"]) - always <= timedelta(days=7)


async def test_a_day_off_leaves_the_room_there_is(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await four_weeks_of_leads(manager, cast, database)
    await limited(manager, cast, 42 + 30)
    expected = (await forecast(manager))["expected"]
    await _close(manager, 0, 0)
    found = await forecast(manager)
    assert (found["room"], found["expected"]) == (60, expected)
