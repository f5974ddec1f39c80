"""Clocks and tasks on the lead's page and the desk, and the buttons about them."""

import re
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.timed import arrive, owners, publish, rows, to_queue, to_team

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
HOUR = timedelta(hours=1)


def to_rita(cast: Cast, **rule: object) -> dict[str, object]:
    return to_team(cast, **rule) | {"assignment_target": {"type": "individual", "id": str(cast.rep.id)}}  # type: ignore[arg-type]


async def a_lead(database: Database, cast: Cast, hours_ago: float = 0.6, **policy: object) -> UUID:
    """Return a lead that came to Rita a while ago, with an hour for the first touch and a task."""
    came = utc_now() - hours_ago * HOUR
    await publish(database, cast, came, to_rita(cast, settings={"auto_followup": True}), **policy)
    [lead] = await arrive(database, cast, came)
    await sweep_clocks(database, utc_now())
    return lead


async def said(browser: httpx2.AsyncClient, path: str) -> str:
    return (await browser.get(path)).text


async def test_a_page_shows_the_clock_what_comes_next_and_who_waited_on_whom(
    clients: Clients, cast: Cast, database: Database
) -> None:
    lead = await a_lead(database, cast)
    page = await said(await clients.of(cast.rep), f"/leads/{lead}")
    for text in (
        "First touch",
        "data-countdown",
        "it goes to somebody else",
        "Placed within 0 s",
        "Has waited on people for 36 min",
    ):
        assert text in page, text
    assert "Make the first touch" in page
    for action in ("touch", "pause", "tasks/new"):
        assert f"/leads/{lead}/{action}" in page, action
    assert f"/leads/{lead}/acknowledge" not in page  # a reminder that comes once needs no answer


async def test_who_only_looks_sees_clocks_and_no_buttons(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast)
    page = await said(await clients.of(cast.viewer), f"/leads/{lead}")
    assert "it goes to somebody else" in page
    for action in ("touch", "pause", "acknowledge", "tasks/new"):
        assert f"/leads/{lead}/{action}" not in page, action


async def test_a_touch_is_recorded_from_the_page(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast)
    rita = await clients.of(cast.rep)
    form = await said(rita, f"/leads/{lead}/touch")
    assert "stopped by accepting it, a call, an e-mail, a meeting or a message" in form
    refused = await rita.post(f"/leads/{lead}/touch", data={"kind": "pigeon"})
    assert refused.status_code == 422
    done = await rita.post(f"/leads/{lead}/touch", data={"kind": "call", "note": "Wants a quote"})
    assert (done.status_code, done.headers["location"]) == (303, f"/leads/{lead}")
    page = await said(rita, f"/leads/{lead}")
    assert "call: Wants a quote" in page
    assert "Touched after 36 min" in page
    assert "To do" not in await said(rita, "/inbox")
    assert "In time" in page


async def test_where_accepting_is_no_touch_the_page_asks_to_get_in_touch(
    clients: Clients, cast: Cast, database: Database
) -> None:
    lead = await a_lead(database, cast, touches=["call", "meeting"])
    rita = await clients.of(cast.rep)
    await rita.post(f"/leads/{lead}/accept")
    page = await said(rita, f"/leads/{lead}")
    assert "Get in touch" in page
    assert "a call or a meeting stops the clock" in page
    await rita.post(f"/leads/{lead}/touch", data={"kind": "email"})
    page = await said(rita, f"/leads/{lead}")
    assert "What stops the clock here is a call or a meeting." in page
    assert "e-mail (does not stop the clock)" in page


async def test_a_pause_is_asked_for_shown_and_ended(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast)
    rita = await clients.of(cast.rep)
    assert (await rita.post(f"/leads/{lead}/pause", data={"reason": " "})).status_code == 422
    await rita.post(f"/leads/{lead}/pause", data={"reason": "Back on Monday"})
    page = await said(rita, f"/leads/{lead}")
    assert page.count("Stands still") == 2  # at a glance, and among the clocks
    assert "Back on Monday" in page
    assert "Let it run on" in page
    assert "Stands still" in await said(rita, "/inbox")
    await rita.post(f"/leads/{lead}/resume")
    page = await said(rita, f"/leads/{lead}")
    assert "Stands still" not in page
    assert "after: Back on Monday" in page
    await rita.post(f"/leads/{lead}/resume")
    assert "No clock of this lead is paused." in await said(rita, f"/leads/{lead}")


async def test_a_pause_with_an_end_says_until_when_at_a_glance_among_the_clocks_and_on_the_desk(
    clients: Clients, cast: Cast, database: Database
) -> None:
    lead = await a_lead(database, cast)
    rita = await clients.of(cast.rep)
    day = (utc_now() + timedelta(days=20)).date()
    await rita.post(f"/leads/{lead}/pause", data={"reason": "On leave", "until": day.isoformat()})
    until = f"until {day.day} {day:%b %Y}, 00:00"
    assert re.sub("<[^>]+>", "", await said(rita, f"/leads/{lead}")).count(until) == 3  # and in the timeline
    assert until in re.sub("<[^>]+>", "", await said(rita, "/inbox"))


async def test_an_escalation_is_acknowledged_from_the_page(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast, hours_ago=2.1)
    manager = await clients.of(cast.manager)
    page = await said(manager, f"/leads/{lead}")
    assert "SLA breached" in page
    assert "to Alice Owner, Max Manager" in page
    await manager.post(f"/leads/{lead}/acknowledge")
    page = await said(manager, f"/leads/{lead}")
    assert "acknowledged by Max Manager" in page
    assert f"/leads/{lead}/acknowledge" not in page


async def test_tasks_stand_on_the_desk_and_are_done_there(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast)
    rita = await clients.of(cast.rep)
    when = {"title": "Send the data sheet", "due_at": "2030-01-01T09:00"}
    assert (await rita.post(f"/leads/{lead}/tasks/new", data={"title": ""})).status_code == 422
    assert (await rita.post(f"/leads/{lead}/tasks/new", data=when)).status_code == 303
    desk = await said(rita, "/inbox")
    assert "To do · 2" in desk
    assert desk.index("Make the first touch") < desk.index("Send the data sheet")  # what is due first comes first
    [(task,)] = await rows(database, cast, "SELECT id FROM tasks WHERE title = 'Make the first touch'")
    done = await rita.post(f"/tasks/{task}/done", data={"back_to": "/inbox"})
    assert done.headers["location"] == "/inbox"
    desk = await said(rita, "/inbox")
    assert "Done: Make the first touch." in desk
    assert "To do · 1" in desk
    ravi = await clients.of(cast.other_rep)
    await ravi.post(f"/tasks/{task}/done", data={"back_to": "/inbox"})
    assert "The task is somebody else" in await said(ravi, "/inbox")


async def test_a_manager_gives_somebody_something_to_do(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast)
    manager = await clients.of(cast.manager)
    assert "Ravi Rep" in await said(manager, f"/leads/{lead}/tasks/new")
    form = {"title": "Ring Ada", "rep_id": str(cast.other_rep.id), "due_at": ""}
    await manager.post(f"/leads/{lead}/tasks/new", data=form)
    assert "Ring Ada" in await said(await clients.of(cast.other_rep), "/inbox")
    refused = await manager.post(f"/leads/{lead}/tasks/new", data=form | {"rep_id": str(cast.viewer.id)})
    assert refused.status_code == 422


async def test_overdue_work_stands_first_whatever_its_status(clients: Clients, cast: Cast, database: Database) -> None:
    lead = await a_lead(database, cast, touches=["call"])
    rita = await clients.of(cast.rep)
    await rita.post(f"/leads/{lead}/accept")
    assert "Working on · 1" in await said(rita, "/inbox")
    late = utc_now() - HOUR / 60
    await rows(
        database, cast, "UPDATE sla_clocks SET due_at = :late WHERE met_at IS NULL AND stopped_at IS NULL", late=late
    )
    assert "Overdue · 1" in await said(rita, "/inbox")


async def test_over_a_limit_the_form_asks_once_more_and_only_about_that_person(
    clients: Clients, cast: Cast, database: Database
) -> None:
    lead = await a_lead(database, cast)
    await rows(database, cast, "UPDATE rep_profiles SET max_open = 0")
    manager = await clients.of(cast.manager)
    form = {"rep_id": str(cast.other_rep.id), "reason": "Knows them"}
    asked = await manager.post(f"/leads/{lead}/assign", data=form)
    assert asked.status_code == 409
    assert "Ravi Rep has 0 open leads, at most 0; this one would be over the limit." in asked.text
    assert "Give it all the same" in asked.text
    assert "Knows them" in asked.text
    assert len(await owners(database, cast, lead)) == 1
    elsewhere = form | {"over_limit_of": str(cast.rep.id)}
    assert (await manager.post(f"/leads/{lead}/assign", data=elsewhere)).status_code == 409
    given = await manager.post(f"/leads/{lead}/assign", data=form | {"over_limit_of": form["rep_id"]})
    assert given.status_code == 303
    assert (await owners(database, cast, lead))[-1] == (cast.other_rep.id, "assigned")


async def test_many_over_a_limit_are_asked_about_together(clients: Clients, cast: Cast, database: Database) -> None:
    await publish(database, cast, utc_now(), to_queue())
    leads = await arrive(database, cast, utc_now(), 3)
    await rows(database, cast, "UPDATE rep_profiles SET max_open = 2")
    manager = await clients.of(cast.manager)
    form = {"do": "assign", "owner": str(cast.rep.id), "ids": [str(lead) for lead in leads], "back_to": "/leads"}
    asked = await manager.post("/leads/bulk", data=form)
    assert "Rita Rep has 0 open leads, at most 2; these 3 would be over the limit." in asked.text
    assert "Give them all the same" in asked.text
    assert await rows(database, cast, "SELECT id FROM assignments") == []
    again = form | {"ids": ",".join(str(lead) for lead in leads), "over_limit": "true"}
    assert (await manager.post("/leads/bulk", data=again)).status_code == 303
    assert len(await rows(database, cast, "SELECT id FROM assignments")) == 3
