"""The dashboard: what it says is what the lists it opens hold, in as many statements however many people there are."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients
from tests.routing.world import ANN, a_rep
from tests.statements import statements_of

from oppspot.accounts.models import RepProfile, Team, TeamMember, User
from oppspot.accounts.period_limits import Period, PeriodLimit, Window
from oppspot.calendars.types import Calendar
from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.leads.pages.wording import OUTCOMES
from oppspot.routing.outcomes import WAITING, Outcome
from oppspot.routing.pages.outcome_words import KINDS, PRESENCES, REMEDIES
from oppspot.routing.queries.dashboard import HOURS, count_clocks, list_unplaced
from oppspot.routing.rep_states import Presence, RepState, fullness, limit_reached, state_of

ROUTING = "/api/qualification/routing"
RULES = f"{ROUTING}/rules"
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
    with statements_of(own) as few:
        assert (await manager.get("/routing")).status_code == 200
    await _crowd(database, cast, 30)
    async with database.transaction(cast.org_id) as tx:
        teams = [str(row[0]) for row in await tx.execute(text("SELECT id FROM teams WHERE name <> 'North' LIMIT 5"))]
    for team in teams:
        await _rule(manager, cast, name=team, assignment_target={"type": "team", "id": team})
    await manager.get("/routing")
    with statements_of(own) as many:
        page = (await manager.get("/routing")).text
    assert page.count('href="/routing/ledger/') >= 6
    assert "7 more reps" in page
    assert [each for each in many if each not in few] == []
    assert len(many) == len(few)
    assert len(few) < 30


async def _every_outcome(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    """Leads of every outcome, one of them of last week: one was reassigned, one waited first, one lay in a queue."""
    await _rule(manager, cast, conditions=_FROM_WEB)
    shelf = {"type": "queue", "id": "Shelf"}
    await _rule(manager, cast, name="Shelf", assignment_target=shelf, priority=200, conditions=_source("fair"))
    students = {"name": "Students", "conditions": {"field": "lead.title", "op": "contains", "value": "student"}}
    assert (await manager.post(f"{ROUTING}/exclusions", json=students)).status_code == 201
    for number, facts in enumerate([{"source": "web"}] * 4 + [{"source": "fair"}] * 3 + [{"title": "Student"}] * 2):
        assert (await manager.post("/api/leads", json={"email": f"e{number}@e.example", **facts})).status_code == 201
    waiting = [await _lead(manager, number) for number in range(9)]
    [reassigned, shelved] = await _ids(database, cast, "assigned", 1) + await _ids(database, cast, "queued", 1)
    for path, body in (
        (f"/api/leads/{reassigned}/reject", {"reason": "Not theirs"}),
        (f"{ROUTING}/assign", {"lead_id": shelved, "rep_id": str(cast.rep.id), "reason": "Knows them"}),
    ):
        answer = await manager.post(path, json=body)
        assert answer.status_code < 300, answer.text
    changed = await manager.patch(f"/api/leads/{waiting[0]['id']}", json={"source": "web"})
    assert changed.status_code == 200, changed.text
    others = [outcome for outcome in Outcome if not await _ids(database, cast, outcome, 1)]
    async with database.transaction(cast.org_id) as tx:
        for lead, outcome in zip(waiting[1:], others, strict=False):
            await tx.execute(_COME_TO, {"id": lead["id"], "outcome": outcome})
        for number, lead in enumerate(waiting):
            await tx.execute(_CAME, {"id": lead["id"], "hours": number * 2})
        # Decided on today, received a week ago.
        await tx.execute(_CAME, {"id": waiting[-1]["id"], "hours": 7 * 24})


def _source(name: str) -> dict[str, str]:
    return {"field": "lead.source", "op": "eq", "value": name}


async def _ids(database: Database, cast: Cast, outcome: str, number: int) -> list[str]:
    async with database.transaction(cast.org_id) as tx:
        found = text("SELECT id FROM leads WHERE outcome = :outcome ORDER BY id LIMIT :number")
        return [str(row.id) for row in await tx.execute(found, {"outcome": outcome, "number": number})]


_COME_TO = text("UPDATE leads SET outcome = :outcome WHERE id = :id")
_CAME = text("UPDATE leads SET created_at = created_at - make_interval(hours => :hours) WHERE id = :id")
_LEGEND = re.compile(r'href="(/leads\?created_after=[^"]+)">(\d+) ([^<]+)</a>')
_TITLE = re.compile(r"<title>[^:]+:\d+[^:]*: (\d+) received((?:, \d+ [a-z ]+)*)</title>")


@pytest.mark.anyio
@pytest.mark.db
async def test_what_became_of_leads_adds_up_to_those_received(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await _every_outcome(manager, cast, database)
    async with database.transaction(cast.org_id) as tx:
        decided = (await tx.execute(text("SELECT count(*), count(DISTINCT lead_id) FROM routing_decisions"))).one()
        received = text("SELECT count(*) FROM leads WHERE created_at > now() - interval '23 hours'")
        truth = (await tx.execute(received)).scalar_one()
    assert decided[0] > decided[1] > truth == 17
    page = (await manager.get("/routing")).text
    [(_, total, word), *outcomes] = _LEGEND.findall(page)
    assert (int(total), word) == (truth, "received")
    assert {word for _, _, word in outcomes} == {OUTCOMES[outcome].lower() for outcome in Outcome}
    assert sum(int(number) for _, number, _ in outcomes) == truth
    for href, number, word in _LEGEND.findall(page):
        assert (word, await _rows(manager, href.replace("&amp;", "&"))) == (word, int(number))
    hours = [(int(total), sum(map(int, re.findall(r"\d+", kinds)))) for total, kinds in _TITLE.findall(page)]
    assert len(hours) == HOURS
    assert sum(total for total, _ in hours) == truth
    assert all(total == kinds for total, kinds in hours)


def test_every_outcome_is_of_one_kind() -> None:
    assert sorted(outcome for _, _, outcomes in KINDS for outcome in outcomes) == sorted(Outcome)


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
