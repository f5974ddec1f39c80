"""A rep's own desk: due first, what to do said plainly, why it is theirs, what is new, and how they stand."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from starlette.requests import Request
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.pages.desk_actions import NextAction, desk_lines, next_action
from oppspot.routing.pages.last_look import COOKIE, looks_of
from oppspot.routing.queries.desk import DeskLead

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
RULES = "/api/qualification/routing/rules"
EVERY = ("accepted", "call", "email", "meeting", "message")
LEAD = DeskLead(
    id=UUID(int=1), name="Ada", title=None, company=None, email="ada@x.example", phone="+49 30 1", score=Decimal(70),
    status="assigned", priority="high", assigned_at=NOW, reason="", rule_name=None, decision_id=None,
    clock="first_touch", clock_due_at=NOW + timedelta(hours=1), paused_at=None, pause_reason=None, paused_until=None,
    task=None, task_due_at=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "touches", "text_", "href"),
    [
        ({}, EVERY, "Accept it", None),
        ({}, ("call", "meeting"), "Call +49 30 1", "tel:+49 30 1"),
        ({"phone": None}, ("call", "email"), "Write to them", "mailto:ada@x.example"),
        ({"phone": None}, ("call", "meeting"), "Get in touch", None),
        ({"status": "accepted"}, EVERY, "Call +49 30 1", "tel:+49 30 1"),
        ({"status": "working", "clock": "qualify"}, EVERY, "Qualify it, or hand it back", None),
        ({"status": "working", "clock": None, "clock_due_at": None}, EVERY, "Qualify it, or hand it back", None),
        ({"clock": None, "clock_due_at": None}, ("call",), "Accept it", None),
        ({"status": "working", "paused_at": NOW, "pause_reason": "On leave"}, EVERY, "Wait", None),
        ({"status": "working", "task": "Send a quote", "task_due_at": NOW}, EVERY, "Send a quote", None),
        ({"task": "Send a quote", "task_due_at": NOW + timedelta(days=9)}, EVERY, "Accept it", None),
        ({"task": "Send a quote"}, EVERY, "Accept it", None),
        ({"paused_at": NOW, "task": "Send a quote"}, EVERY, "Send a quote", None),
    ],
)
def test_the_next_action_is_what_is_due_first(
    changes: dict[str, Any], touches: tuple[str, ...], text_: str, href: str | None
) -> None:
    action = next_action(replace(LEAD, **changes), touches)
    assert (action.text, action.href) == (text_, href)


def test_a_pause_says_why_and_nothing_is_due() -> None:
    paused = replace(LEAD, status="working", paused_at=NOW, pause_reason="On leave")
    assert next_action(paused, EVERY) == NextAction("Wait", "On leave")
    assert (paused.due_at, paused.is_overdue(NOW + timedelta(days=9))) == (None, False)


def test_what_is_due_is_the_first_of_clock_and_task() -> None:
    assert LEAD.due_at == NOW + timedelta(hours=1)
    assert replace(LEAD, task="x", task_due_at=NOW).due_at == NOW
    assert LEAD.is_overdue(NOW + timedelta(hours=2))


def test_only_what_came_after_the_last_look_is_new() -> None:
    assert [line.is_new for line in desk_lines([LEAD], EVERY, NOW - timedelta(minutes=1))] == [True]
    assert [line.is_new for line in desk_lines([LEAD], EVERY, NOW)] == [False]
    assert [line.is_new for line in desk_lines([LEAD], EVERY, None)] == [False]


def _request(cookie: str) -> Request:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    return Request({"type": "http", "headers": headers, "method": "GET", "path": "/inbox", "query_string": b""})


def _second(moment: datetime) -> str:
    return str(int(moment.timestamp()))


def test_reloading_is_the_same_look_and_coming_back_is_another() -> None:
    before, minute, hour = (NOW - timedelta(**each) for each in ({"days": 1}, {"minutes": 5}, {"hours": 1}))
    assert looks_of(_request(f"{_second(before)}.{_second(minute)}"), NOW).before == before
    assert looks_of(_request(f"{_second(before)}.{_second(hour)}"), NOW).before == hour
    assert looks_of(_request(f".{_second(hour)}"), NOW).before == hour


@pytest.mark.parametrize("cookie", ["", ".", "x.y", "99999999999.99999999999", "-1.5", "1e9.1e9", "..."])
def test_a_look_that_cannot_have_been_is_none(cookie: str) -> None:
    assert looks_of(_request(cookie), NOW).before is None


async def _placed(clients: Clients, cast: Cast, number: int = 1) -> tuple[httpx2.AsyncClient, list[str]]:
    """Return Rita's browser, with so many leads of hers."""
    manager = await clients.of(cast.manager)
    target = {"type": "individual", "id": str(cast.rep.id)}
    await manager.post(RULES, json={"name": "To Rita", "assignment_target": target, "sla_hours": 2})
    ids = []
    for each in range(number):
        body = {"email": f"p{each}@x{each}.example", "first_name": f"P{each}", "phone": "+49 30 123456"}
        ids.append((await manager.post("/api/leads", json=body)).json()["id"])
    return await clients.of(cast.rep), ids


@pytest.mark.anyio
@pytest.mark.db
async def test_leads_stand_due_first_with_why_they_are_mine(clients: Clients, cast: Cast, database: Database) -> None:
    rita, ids = await _placed(clients, cast, 3)
    sooner = text("UPDATE sla_clocks SET due_at = :due WHERE lead_id = :id AND kind = 'first_touch'")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(sooner, {"due": utc_now() + timedelta(minutes=5), "id": ids[2]})
        await tx.execute(sooner, {"due": utc_now() - timedelta(minutes=5), "id": ids[1]})
    page = (await rita.get("/inbox")).text
    assert re.findall(r'<tr data-row="([^"]+)"', page) == [ids[1], ids[2], ids[0]]
    assert page.index("Overdue · 1") < page.index(ids[1]) < page.index("New · 2")
    assert page.count('data-row-key="w"') == 3
    assert "To Rita" in page
    assert "Accept it" in page


@pytest.mark.anyio
@pytest.mark.db
async def test_what_is_done_from_a_row_comes_back_to_the_desk(clients: Clients, cast: Cast) -> None:
    rita, [lead] = await _placed(clients, cast)
    accepted = await rita.post(f"/leads/{lead}/accept?back_to=/inbox")
    assert accepted.headers["location"] == "/inbox"
    asked = (await rita.get(f"/leads/{lead}/touch?back_to=/inbox", headers={"hx-request": "true"})).text
    assert f'action="/leads/{lead}/touch?back_to=/inbox"' in asked
    assert 'hx-target="#desk"' in asked
    # On a page of its own there is no desk behind it.
    assert "hx-post" not in (await rita.get(f"/leads/{lead}/touch?back_to=/inbox")).text
    assert "hx-post" not in (await rita.get(f"/leads/{lead}/touch", headers={"hx-request": "true"})).text
    touched = await rita.post(f"/leads/{lead}/touch?back_to=/inbox", data={"kind": "call", "note": ""})
    assert touched.headers["location"] == "/inbox"
    assert "Qualify it, or hand it back" in (await rita.get("/inbox")).text
    done = await rita.post(f"/leads/{lead}/complete?back_to=/inbox", data={"outcome": "qualified"})
    assert done.headers["location"] == "/inbox"
    assert "Nothing to do" in (await rita.get("/inbox")).text


@pytest.mark.anyio
@pytest.mark.db
async def test_a_manager_who_takes_up_a_lead_of_a_rep_is_not_told_it_is_theirs(clients: Clients, cast: Cast) -> None:
    rita, [lead] = await _placed(clients, cast)
    manager = await clients.of(cast.manager)
    await manager.post(f"/leads/{lead}/accept")
    assert "It is taken up for whoever has it." in (await manager.get(f"/leads/{lead}")).text
    await rita.post(f"/leads/{lead}/accept")
    assert "It is yours. Good luck." in (await rita.get(f"/leads/{lead}")).text


@pytest.mark.anyio
@pytest.mark.db
async def test_nobody_is_led_off_the_site(clients: Clients, cast: Cast) -> None:
    rita, [lead] = await _placed(clients, cast)
    answer = await rita.post(f"/leads/{lead}/accept?back_to=//elsewhere.example")
    assert answer.headers["location"] == f"/leads/{lead}"


@pytest.mark.anyio
@pytest.mark.db
async def test_what_came_since_the_last_look_is_marked(clients: Clients, cast: Cast) -> None:
    rita, _ = await _placed(clients, cast)
    assert "since you last looked" not in (await rita.get("/inbox")).text
    rita.cookies.delete(COOKIE)
    rita.cookies.set(COOKIE, f".{_second(utc_now() - timedelta(hours=1))}")
    page = (await rita.get("/inbox")).text
    assert "1 lead came since you last looked" in page
    # A live update is no look.
    assert "set-cookie" not in (await rita.get("/inbox", headers={"hx-request": "true"})).headers


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(("span", "ends"), [("hour", True), ("day", True), ("open", False)])
async def test_a_rep_pauses_themselves_and_takes_leads_again(
    clients: Clients, cast: Cast, database: Database, span: str, ends: bool
) -> None:
    rita, _ = await _placed(clients, cast)
    assert "New leads come" in (await rita.get("/inbox")).text
    assert (await rita.post("/inbox/pause", data={"span": span})).headers["location"] == "/inbox"
    async with database.transaction(cast.org_id) as tx:
        row = (
            await tx.execute(
                text("SELECT available, paused_until FROM rep_profiles WHERE user_id = :id"), {"id": cast.rep.id}
            )
        ).one()
    assert (row.available, row.paused_until is not None) == (False, ends)
    page = (await rita.get("/inbox")).text
    assert "Take leads again" in page
    await rita.post("/inbox/resume")
    assert "New leads come to you again." in (await rita.get("/inbox")).text


@pytest.mark.anyio
@pytest.mark.db
async def test_a_pause_of_no_known_length_is_refused(clients: Clients, cast: Cast) -> None:
    rita = await clients.of(cast.rep)
    await rita.post("/inbox/pause", data={"span": "century"})
    page = (await rita.get("/inbox")).text
    assert "Take leads again" not in page


@pytest.mark.anyio
@pytest.mark.db
async def test_the_desk_says_when_ones_turn_comes(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    await manager.post(RULES, json={"name": "All", "assignment_target": {"type": "team", "id": str(cast.team_id)}})
    pages = [(await (await clients.of(rep)).get("/inbox")).text for rep in cast.reps]
    assert sorted("You are next in turn" in page for page in pages) == [False, True]
    assert all('href="/routing/my-turn">North</a>' in page for page in pages)
    assert "How you stand" not in (await manager.get("/inbox")).text
