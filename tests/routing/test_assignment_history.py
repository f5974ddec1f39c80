"""Everybody who had a lead: from when to when, why, how it ended, and how they kept its clocks."""

import pytest
from tests.casting import Cast, Clients

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"


async def test_every_assignment_stands_with_why_it_came_and_how_it_ended(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    await manager.post(RULES, json={"name": "All", "assignment_target": {"type": "team", "id": str(cast.team_id)}})
    lead = (await manager.post("/api/leads", json={"email": "a@x.example", "first_name": "Ada"})).json()["id"]
    await manager.post(f"/leads/{lead}/reject", data={"reason": "Speaks only Dutch"})
    await manager.post(f"/leads/{lead}/accept")
    await manager.post(f"/leads/{lead}/assign", data={"rep_id": str(cast.manager.id), "reason": "I know them"})
    page = (await manager.get(f"/leads/{lead}/assignments")).text
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count("<tr data-row") >= 2
    assert "Handed back" in table
    assert "Speaks only Dutch" in table
    first, second = (table.index(rep.name) for rep in cast.reps)
    assert first != second
    assert table.index("Handed back") > table.index("<tr data-row", 20)  # the first of them stands last
    assert page.count("/routing/decisions/") >= 4
    assert "In time" in table


async def test_a_lead_nobody_had_says_why(clients: Clients, cast: Cast) -> None:
    manager = await clients.of(cast.manager)
    lead = (await manager.post("/api/leads", json={"email": "a@x.example"})).json()["id"]
    page = (await manager.get(f"/leads/{lead}/assignments")).text
    assert "Nobody has had it" in page
    assert "While nobody had it" in page
    assert "Decisions about it" in page


async def test_the_lead_leads_to_it_and_strangers_find_nothing(clients: Clients, cast: Cast, outsiders: Cast) -> None:
    rep = await clients.of(cast.rep)
    lead = (await (await clients.of(cast.manager)).post("/api/leads", json={"email": "a@x.example"})).json()["id"]
    assert f'href="/leads/{lead}/assignments"' in (await rep.get(f"/leads/{lead}")).text
    stranger = await clients.of(outsiders.manager)
    assert (await stranger.get(f"/leads/{lead}/assignments")).status_code == 404
