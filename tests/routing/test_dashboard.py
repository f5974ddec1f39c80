"""The dashboard: what it says is what the lists it opens hold, in as many statements however many people there are."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import event, text
from tests.casting import Cast, Clients
from tests.routing.world import ANN, a_rep

from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.calendars.types import Calendar
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.outcomes import WAITING
from oppspot.routing.pages.outcome_words import PRESENCES, REMEDIES
from oppspot.routing.queries.dashboard import HOURS, count_clocks, count_hours, list_unplaced
from oppspot.routing.rep_states import Presence, RepState, fullness, limit_reached, state_of

RULES = "/api/qualification/routing/rules"
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
_FROM_WEB = {"field": "lead.source", "op": "eq", "value": "web"}
HOURLY = PeriodLimit(2, Period.HOUR, Window.ROLLING)


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _rule(manager: httpx2.AsyncClient, cast: Cast, **changes: Any) -> None:
    rule = {"name": "All to North", "assignment_target": {"type": "team", "id": str(cast.team_id)}} | changes
    assert (await manager.post(RULES, json=rule)).status_code == 201


async def _lead(manager: httpx2.AsyncClient, number: int) -> dict[str, Any]:
    answer = await manager.post(
        "/api/leads", json={"email": f"p{number}@x{number}.example", "first_name": f"P{number}"}
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _rows(manager: httpx2.AsyncClient, path: str) -> int:
    page = (await manager.get(path)).text
    return page.count("<tr data-row")


_LATE = text(
    """
    UPDATE sla_clocks SET due_at = now() - interval '1 hour'
    WHERE kind = 'first_touch' AND assignment_id = (SELECT id FROM assignments ORDER BY id LIMIT 1)
    """,
)
_TRUE_DUES = text(
    """
    UPDATE leads SET sla_due_at = (SELECT min(due_at) FROM sla_clocks AS c WHERE c.org_id = leads.org_id
        AND c.lead_id = leads.id AND c.met_at IS NULL AND c.stopped_at IS NULL)
    """,
)


@pytest.mark.anyio
@pytest.mark.db
async def test_every_number_opens_a_list_of_as_many(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await _rule(manager, cast, conditions=_FROM_WEB, sla_hours=0.5)
    await _rule(manager, cast, name="Shelf", assignment_target={"type": "queue", "id": "Shelf"}, priority=200,
                conditions={"field": "lead.source", "op": "eq", "value": "fair"})  # fmt: skip
    for number in range(3):
        await _lead(manager, number)
    for number in range(4):
        body = {"email": f"s{number}@s{number}.example", "source": "web"}
        await manager.post("/api/leads", json=body)
    await manager.post("/api/leads", json={"email": "q@q.example", "source": "fair"})
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(_LATE)
        await tx.execute(_TRUE_DUES)
    page = (await manager.get("/routing")).text
    counted = re.findall(
        r'<p class="stat-label"><a href="([^"]+)">([^<]+)</a></p>\s*<p class="stat-value">(\d+)</p>', page
    )
    assert {label: int(number) for _, label, number in counted} == {
        "Nobody has them": 3,
        "Overdue": 1,
        "Due within the hour": 6,
        "Not accepted yet": 4,
        "With people": 4,
    }
    assert counted[0][0] == "#nobody"
    for href, label, number in counted[1:]:
        assert (label, await _rows(manager, href.replace("&amp;", "&"))) == (label, int(number))
    linked = re.findall(r'href="(/leads\?clock=[^"]+)" aria-label="[^"]+: (\d+)"', page)
    linked += re.findall(
        r'href="(/leads\?outcome=[^"]+)" data-row-link>.*?numeric" data-label="Leads">(\d+)<', page, re.DOTALL
    )
    assert len(linked) > 3
    for href, number in linked:
        assert (href, await _rows(manager, href.replace("&amp;", "&"))) == (href, int(number))


@pytest.mark.anyio
@pytest.mark.db
async def test_what_nobody_has_says_why_since_when_and_what_to_do(manager: httpx2.AsyncClient) -> None:
    first = await _lead(manager, 1)
    await _lead(manager, 2)
    page = (await manager.get("/routing")).text
    assert "No rule takes them in" in page
    assert "/routing/lint" in page
    assert f'href="/leads/{first["id"]}">P1</a>' in page


@contextmanager
def _counting(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


_USER = {"role": "rep", "active": True, "password_hash": "x"}
_PROFILE = {
    "weight": 1,
    "skills": {},
    "territories": [],
    "seniority": "mid",
    "time_zone": "UTC",
    "working_hours": {},
    "available": True,
}


async def _crowd(database: Database, cast: Cast, people: int) -> None:
    """Add as many teams as people, one person in each."""
    ids = [(new_id(), new_id()) for _ in range(people)]
    own = {"org_id": cast.org_id}
    made = own | {"created_at": utc_now()}
    users = [made | _USER | {"id": user, "email": f"{user.hex}@example.com", "name": user.hex[-6:]} for user, _ in ids]
    async with database.transaction(cast.org_id) as tx:
        await insert_rows(tx, User, users)
        await insert_rows(tx, RepProfile, [own | _PROFILE | {"user_id": user} for user, _ in ids])
        await insert_rows(tx, Team, [made | {"id": team, "name": team.hex[-8:], "description": ""} for _, team in ids])
        await insert_rows(tx, TeamMember, [own | {"team_id": team, "user_id": user} for user, team in ids])


@pytest.mark.anyio
@pytest.mark.db
async def test_more_people_teams_and_rules_take_no_more_statements(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, app: Any
) -> None:
    await _rule(manager, cast)
    await _lead(manager, 1)
    own = app.state.runtime.database
    await manager.get("/routing")
    with _counting(own) as few:
        assert (await manager.get("/routing")).status_code == 200
    await _crowd(database, cast, 30)
    async with database.transaction(cast.org_id) as tx:
        teams = [str(row[0]) for row in await tx.execute(text("SELECT id FROM teams WHERE name <> 'North' LIMIT 5"))]
    for team in teams:
        await _rule(manager, cast, name=team, assignment_target={"type": "team", "id": team})
    await manager.get("/routing")
    with _counting(own) as many:
        page = (await manager.get("/routing")).text
    assert page.count('href="/routing/ledger/') >= 6
    assert "7 more reps" in page
    assert [each for each in many if each not in few] == []
    assert len(many) == len(few)
    assert len(few) < 30


_AGAIN = text(
    """
    INSERT INTO routing_decisions
    SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).* FROM routing_decisions AS d
    """,
)


@pytest.mark.anyio
@pytest.mark.db
async def test_the_last_hours_count_each_lead_once(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await _rule(manager, cast, conditions=_FROM_WEB)
    lead = await _lead(manager, 1)
    await manager.post("/api/leads", json={"email": "s@s.example", "source": "web"})
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(_AGAIN)
        hours = await count_hours(tx, cast.org_id, utc_now())
        old = await count_hours(tx, cast.org_id, utc_now() + timedelta(hours=HOURS + 1))
    assert lead
    assert len(hours) == HOURS
    assert (hours[-1].placed, hours[-1].waiting, hours[-1].total) == (1, 1, 2)
    assert sum(hour.total for hour in old) == 0


@pytest.mark.anyio
@pytest.mark.db
async def test_an_empty_organisation_counts_nothing_and_fails_nowhere(
    database: Database, cast: Cast, manager: httpx2.AsyncClient
) -> None:
    async with database.transaction(cast.org_id) as tx:
        any_clock, clocks = await count_clocks(tx, cast.org_id, NOW)
        assert (any_clock.running, [each.running for each in clocks]) == (0, [0, 0, 0])
        assert await list_unplaced(tx, cast.org_id) == []
    assert "Nothing was timed" in (await manager.get("/routing/delays")).text
    assert (await manager.get("/routing/delays?days=3")).status_code == 422


@pytest.mark.anyio
@pytest.mark.db
async def test_both_delays_are_told_apart(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await _rule(manager, cast)
    await _lead(manager, 1)
    page = (await manager.get("/routing/delays?days=1")).text
    assert "Us: to be placed" in page
    assert "People: first touch" in page
    assert "longer than seen yet" in page


_MADE_OLD = text(
    "UPDATE sla_clocks SET started_at = now() - interval '3 days' WHERE kind = 'first_touch' AND lead_id = :id"
)
_ENDED = "UPDATE sla_clocks SET {} = now() WHERE kind = 'first_touch' AND lead_id = :id"
_TIMED_ANEW = text(
    """
    INSERT INTO sla_clocks
    SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'met_at', null))).*
    FROM sla_clocks AS c
    WHERE kind = 'first_touch' AND lead_id = :id
    """,
)


@pytest.mark.anyio
@pytest.mark.db
async def test_those_who_wait_still_are_those_in_the_list_it_opens(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    """One has waited since before the days asked for, one is done, one was taken back, two are timed a second time."""
    await _rule(manager, cast)
    waits, old, done, taken_back, *anew = [(await _lead(manager, number))["id"] for number in range(6)]
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(_MADE_OLD, {"id": old})
        for lead in (done, *anew):
            await tx.execute(text(_ENDED.format("met_at")), {"id": lead})
        await tx.execute(text(_ENDED.format("stopped_at")), {"id": taken_back})
        for lead in anew:
            await tx.execute(_TIMED_ANEW, {"id": lead})
    for days, expected in ((1, {waits, *anew}), (14, {waits, old, *anew})):
        page = (await manager.get(f"/routing/delays?days={days}")).text
        [(href, number)] = re.findall(r'href="([^"]+)" aria-label="People: first touch: (\d+) wait still"', page)
        listed = (await manager.get(href.replace("&amp;", "&"))).text
        assert int(number) == listed.count("<tr data-row") == len(expected)
        assert {lead for lead in expected if f'href="/leads/{lead}"' in listed} == expected
        assert "Clock started after" in listed


def test_every_reason_to_wait_has_something_that_can_be_done() -> None:
    assert set(REMEDIES) == WAITING
    assert set(PRESENCES) == set(Presence)


BY_DAY = Calendar(week=tuple(((540, 1020),) for _ in range(7)))


@pytest.mark.parametrize(
    ("changes", "now", "away", "expected"),
    [
        ({}, NOW, None, RepState(Presence.HERE)),
        ({"joined": False, "available": False}, NOW, None, RepState(Presence.INVITED)),
        ({"available": False}, NOW, None, RepState(Presence.PAUSED, NOW + timedelta(days=2))),
        ({}, NOW, NOW + timedelta(days=1), RepState(Presence.AWAY, NOW + timedelta(days=1))),
        ({"calendar": BY_DAY}, NOW.replace(hour=20), None, RepState(Presence.OFF, NOW + timedelta(days=1))),
        ({"max_open": 3, "open_count": 3}, NOW, None, RepState(Presence.HERE, None, "3 open")),
        ({"limits": (HOURLY,), "used": (2,)}, NOW, None, RepState(Presence.HERE, None, "2 an hour")),
    ],
)
def test_a_rep_stands_as_routing_would_find_them(
    changes: dict[str, Any], now: datetime, away: datetime | None, expected: RepState
) -> None:
    paused_until = (
        NOW + timedelta(days=2) if not changes.get("available", True) and changes.get("joined", True) else None
    )
    assert state_of(a_rep(1, **changes), now, away, paused_until) == expected


def test_the_fullest_limit_counts() -> None:
    assert fullness(ANN) == 0
    assert fullness(a_rep(1, max_open=10, open_count=5, limits=(HOURLY,), used=(1,))) == 0.5
    assert fullness(a_rep(1, max_open=10, open_count=2, limits=(HOURLY,), used=(2,))) == 1
    assert limit_reached(a_rep(1, max_open=10, open_count=9)) is None
