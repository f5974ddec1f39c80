"""Every address that a form is sent to can be looked at: reloading a form that was refused ends nowhere."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from tests.casting import Cast, Clients, an_organisation, clients_of
from tests.contracts.routes import Route, routes_of
from tests.contracts.worlds import World, a_marked_world

from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role
from oppspot.accounts.services.links import make_link
from oppspot.accounts.types import Purpose
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture(scope="module")
async def world(app: FastAPI, database: Database) -> AsyncIterator[World]:
    """Nothing here changes it, so that one is enough for all."""
    async with clients_of(app, database) as clients:
        yield await a_marked_world(await an_organisation(database), clients, database)


def forms_of(app: FastAPI) -> list[Route]:
    return [route for route in routes_of(app) if route.method == "POST" and not route.path.startswith("/api/")]


async def look(browser: httpx2.AsyncClient, address: str) -> tuple[list[str], int]:
    """Return through which addresses a browser goes, and how it ends."""
    seen = [address]
    while (answer := await browser.get(seen[-1])).status_code in (302, 303, 307) and len(seen) < 5:
        seen.append(answer.headers["location"])
    return seen, answer.status_code


# Whose page is not for everybody who may send such a form; asked for as the owner, to whom all here belongs.
OWNERS = {"/leads/views/{view_id}/delete": "a view is forgotten by whoever saved it"}
# A page; that it is not theirs, where the form would be refused them too; that the thing is past that.
SEEN = (200, 403, 409)
# Opened by the secret in the address.
SECRET = {"/invitation": Purpose.INVITATION, "/reset-password": Purpose.PASSWORD_RESET}


@pytest.mark.parametrize("role", list(Role))
async def test_whoever_may_send_a_form_may_look_at_its_address(
    app: FastAPI, clients: Clients, world: World, role: Role
) -> None:
    members = {member.role: member for member in world.cast.members}
    browser = await clients.of(members[role])
    asked, lost = 0, []
    for route in forms_of(app):
        if route.path in SECRET or (route.path in OWNERS and role is not Role.OWNER):
            continue
        if set(route.permissions) <= ROLE_PERMISSIONS[role]:
            seen, status = await look(browser, world.address(route))
            asked += 1
            if status not in SEEN:
                lost.append((route.path, seen, status))
    assert lost == []
    assert asked > 10


@pytest.mark.parametrize("path", SECRET)
async def test_a_form_behind_a_secret_keeps_it_in_its_address(
    clients: Clients, world: World, database: Database, path: str
) -> None:
    cast, stranger = world.cast, clients.anonymous()
    async with database.transaction(cast.org_id) as tx:
        token = (await make_link(tx, cast.org_id, cast.rep.id, SECRET[path], utc_now())).token
    page = (await stranger.get(f"{path}?token={token}")).text
    action = re.search(rf'<form method="post" action="({path}[^"]*)"', page)
    assert action
    refused = await stranger.post(action[1], data={"token": token, "name": "S", "password": "short"})
    assert refused.status_code == 422
    assert (await look(stranger, action[1]))[1] == 200


async def test_only_looking_leads_back_and_only_from_where_forms_go(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    assert (await look(browser, "/routing/rules/order"))[0] == ["/routing/rules/order", "/routing/rules"]
    assert (await look(browser, "/calendars/closing-days/files"))[0][-1] == "/calendars"
    assert (await browser.get("/routing/rules/nothing")).status_code == 404
    assert (await browser.get("/leads/nothing")).status_code in (404, 422)
    assert (await browser.post("/routing/rules/nothing/switch", data={})).status_code in (404, 422)
    assert (await browser.delete("/routing/rules/order")).status_code == 405
