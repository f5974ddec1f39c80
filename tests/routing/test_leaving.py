"""Before somebody leaves a pool, it is shown what the others are owed then and whose turns come; and so it comes."""

import re
from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.contracts.worlds import every_row
from tests.routing.test_ledger_pages import page_of
from tests.routing.test_ledgers import LEDGER, a_manager_with_a_rule, calibrated, leads_come, ledger_of

from oppspot.core.db import Database
from oppspot.web.formats import signed

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    """Return a manager whose team of three is not even: Rita is owed leads."""
    browser = await a_manager_with_a_rule(clients, cast)
    profile = await (await clients.of(cast.owner)).patch(f"/api/users/{cast.owner.id}/profile", json={"weight": 2.5})
    assert profile.status_code == 200, profile.text
    assert (await team(browser, cast, cast.rep.id, cast.other_rep.id, cast.owner.id)).status_code == 200
    await leads_come(browser, 4)
    seen = (await calibrated(browser, cast, kind="catch_up", leads=4, preview=True)).json()["seen"]
    made = await calibrated(browser, cast, kind="catch_up", leads=4, reason="Fair", seen=seen)
    assert made.status_code == 200, made.text
    return browser


async def test_what_was_shown_comes_of_it_when_somebody_is_taken_out_of_the_team(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    shown = await departure(manager, cast, cast.rep.id)
    assert shown["credit"] > 1
    assert any(each["change"] for each in shown["changes"])
    assert (await team(manager, cast, cast.other_rep.id, cast.owner.id)).status_code == 200
    assert await standings(manager, cast) == after_of(shown)
    assert (await ledger_of(manager, cast))["next_turns"] == shown["turns_after"] != shown["turns_before"]
    await leads_come(manager, 5, start=40)
    turns = (await ledger_of(manager, cast))["turns"][:5]
    assert [each["rep_id"] for each in reversed(turns)] == shown["turns_after"][:5]


async def test_showing_it_writes_nothing(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    pages = (f"/routing/departures/{cast.rep.id}", f"/routing/teams/{cast.team_id}/departures?user_ids={cast.owner.id}")
    before = await every_row(database, cast.org_id)
    for path in (f"{LEDGER}/{cast.team_id}/departures/{cast.rep.id}", *pages):
        assert (await manager.get(path)).status_code == 200
    assert await every_row(database, cast.org_id) == before


@pytest.mark.parametrize("body", [{"active": False}, {"role": "viewer"}], ids=["deactivated", "viewer"])
async def test_what_was_shown_comes_of_it_when_an_account_is_closed_or_becomes_a_viewers(
    manager: httpx2.AsyncClient, cast: Cast, body: dict[str, Any]
) -> None:
    shown = await departure(manager, cast, cast.rep.id, how="account")
    assert [each["change"] for each in shown["changes"]] == [0, 0]
    changed = await manager.patch(f"/api/users/{cast.rep.id}", json=body)
    assert changed.status_code == 200, changed.text
    assert await standings(manager, cast) == after_of(shown) | {str(cast.rep.id): (shown["credit"], shown["ahead"])}
    assert (await ledger_of(manager, cast))["next_turns"] == shown["turns_after"]
    assert str(cast.rep.id) not in shown["turns_after"]


async def test_who_is_in_no_such_pool_has_nothing_to_leave(manager: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await manager.get(f"{LEDGER}/{cast.team_id}/departures/{cast.viewer.id}")
    assert answer.status_code == 404
    page = await page_of(manager, f"/routing/departures/{cast.viewer.id}")
    assert "In no pool" in page


async def test_the_page_shows_what_is_owed_and_the_turns_without_and_with_them(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    shown = await departure(manager, cast, cast.rep.id)
    page = await page_of(manager, f"/routing/departures/{cast.rep.id}")
    assert f"{cast.rep.name} owed {shown['credit']:.2f} leads" in page
    assert shown["sentence"] in page
    for each in shown["changes"]:
        assert f"{each['name']} {signed(each['credit_before'], 2)} {signed(each['credit_after'], 2)}" in page
    link = f'href="/routing/departures/{cast.rep.id}"'
    assert link in (await manager.get(f"/routing/ledger/{cast.team_id}")).text
    assert link in (await manager.get(f"/team/people/{cast.rep.id}")).text
    assert link in (await manager.get(f"/team/people/{cast.rep.id}/deactivate")).text
    assert link not in (await (await clients.of(cast.rep)).get(f"/routing/ledger/{cast.team_id}")).text


async def test_before_the_team_page_takes_somebody_out_it_shows_what_comes_of_it(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    page = f"/team/teams/{cast.team_id}"
    before = await standings(manager, cast)
    asked = await manager.post(f"{page}/members", data={"user_ids": [str(cast.other_rep.id), str(cast.owner.id)]})
    assert asked.status_code == 303
    look = asked.headers["location"]
    assert look.startswith(f"/routing/teams/{cast.team_id}/departures?")
    html, shown = (await manager.get(look)).text, await departure(manager, cast, cast.rep.id)
    assert await standings(manager, cast) == before
    words = await page_of(manager, look)
    assert f"Out of the team: {cast.rep.name}." in words
    assert shown["sentence"] in words
    fields = re.findall(r'type="hidden" name="(user_ids|shown)" value="([^"]*)"', html)
    data = {"user_ids": [value for name, value in fields if name == "user_ids"], "shown": dict(fields)["shown"]}
    assert (await manager.post(f"{page}/members", data=data)).headers["location"] == page
    assert await standings(manager, cast) == after_of(shown)


async def test_who_only_joins_is_saved_at_once(manager: httpx2.AsyncClient, cast: Cast) -> None:
    everybody = [str(each.id) for each in (cast.rep, cast.other_rep, cast.owner, cast.manager)]
    saved = await manager.post(f"/team/teams/{cast.team_id}/members", data={"user_ids": everybody})
    assert saved.headers["location"] == f"/team/teams/{cast.team_id}"
    teams = (await manager.get("/api/teams")).json()["items"]
    assert set(teams[0]["member_ids"]) == set(everybody)


async def departure(client: httpx2.AsyncClient, cast: Cast, user_id: UUID, **asked: str) -> dict[str, Any]:
    answer = await client.get(f"{LEDGER}/{cast.team_id}/departures/{user_id}", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def team(client: httpx2.AsyncClient, cast: Cast, *user_ids: UUID) -> httpx2.Response:
    return await client.put(f"/api/teams/{cast.team_id}/members", json={"user_ids": [str(one) for one in user_ids]})


async def standings(client: httpx2.AsyncClient, cast: Cast) -> dict[str, tuple[float, int]]:
    return {each["rep_id"]: (each["credit"], each["ahead"]) for each in (await ledger_of(client, cast))["members"]}


def after_of(shown: dict[str, Any]) -> dict[str, tuple[float, int]]:
    return {each["rep_id"]: (each["credit_after"], each["ahead_after"]) for each in shown["changes"]}
