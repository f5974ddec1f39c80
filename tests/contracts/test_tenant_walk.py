"""Every route, as an outsider and as nobody: no word of the first organisation, no change to it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from tests.casting import Cast, Clients, an_organisation, clients_of
from tests.contracts.routes import Route, routes_of
from tests.contracts.worlds import MARK, World, a_marked_world, every_row

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]

# Open to whoever comes, with the reason.
OPEN = {
    "GET /api/openapi.json": "describes the API; it holds nothing of anybody",
    "GET /healthz": "says that the process lives",
    "GET /readyz": "says that the database answers",
    "GET /metrics": "counts for the operator's monitoring; names nobody",
    "POST /preferences/theme": "sets a cookie of the browser that asks",
    "GET /login": "the way in",
    "POST /login": "the way in; throttled",
    "POST /logout": "ends the session whose cookie is sent, if any",
    "GET /invitation": "opened by the secret in the address",
    "POST /invitation": "opened by the secret in the address",
    "GET /forgot-password": "the way back in",
    "POST /forgot-password": "says the same whether or not there is such a person",
    "GET /reset-password": "opened by the secret in the address",
    "POST /reset-password": "opened by the secret in the address",
}
# Parameters that are no identifiers, so that an outsider's own answer is right.
OWN = ("version", "form", "key", "name")
REFUSED = (401, 403, 404, 405, 409, 415, 422)


@pytest.fixture(scope="module")
async def world(app: FastAPI, database: Database) -> AsyncIterator[World]:
    """Nothing here changes it, so that one is enough for all."""
    async with clients_of(app, database) as clients:
        yield await a_marked_world(await an_organisation(database), clients, database)


def _foreign(route: Route) -> bool:
    return any(name not in OWN for name in route.parameters)


def _body(world: World, route: Route) -> dict[str, Any]:
    """Return what to send: a body that names the first organisation's things where one is understood."""
    ids, path = world.ids, route.path
    if route.method == "GET":
        return {}
    if path in JSON_BODIES:
        return {"json": JSON_BODIES[path](ids)}
    if path in FORMS:
        return {"data": FORMS[path](ids)}
    return {"json": {}} if path.startswith("/api/") else {"data": {}}


BANT = {"key": "budget.confirmed", "value": True}
JSON_BODIES: dict[str, Any] = {
    "/api/qualification/routing/assign": lambda ids: {"lead_id": ids["lead_id"], "rep_id": ids["user_id"]},
    "/api/qualification/routing/redistribute": lambda ids: {
        "scope": {"kind": "leaves", "rep_id": ids["user_id"]},
    },
    "/api/qualification/routing/rules": lambda ids: {
        "name": "Theirs",
        "assignment_target": {"type": "team", "id": ids["team_id"]},
    },
    "/api/qualification/routing/rules/{rule_id}": lambda ids: {
        "name": "Theirs",
        "assignment_target": {"type": "individual", "id": ids["user_id"]},
    },
    "/api/qualification/routing/rules/order": lambda ids: {"rule_ids": [ids["rule_id"]]},
    "/api/qualification/routing/exclusions/{exclusion_id}": lambda _: {
        "name": "Theirs",
        "conditions": {"field": "lead.source", "op": "is_known"},
    },
    "/api/qualification/routing/territories/{territory}": lambda _: {"name": "Theirs"},
    "/api/qualification/routing/document": lambda ids: {
        "document": {
            "rules": [{"id": "r", "name": "r", "assignment_target": {"type": "team", "id": ids["team_id"]}}],
        },
    },
    "/api/qualification/bant/calculate": lambda ids: {"lead_id": ids["lead_id"]},
    "/api/qualification/bant/update": lambda ids: {"lead_id": ids["lead_id"], "budget": {"budget_confirmed": True}},
    "/api/qualification/meddic/calculate": lambda ids: {"lead_id": ids["lead_id"]},
    "/api/qualification/meddic/update": lambda ids: {"lead_id": ids["lead_id"], "champion": {"identified": True}},
    "/api/qualification/preview": lambda ids: {"lead_id": ids["lead_id"], "claims": [BANT]},
    "/api/qualification/framework-selection": lambda _: {"document": {}},
    "/api/qualification/committees/{lead_id}": lambda _: {"name": "Ours"},
    "/api/qualification/bulk": lambda ids: {"lead_ids": [ids["lead_id"]]},
    "/api/qualification/leads/{lead_id}/frameworks": lambda _: {"frameworks": ["meddic"]},
    "/api/qualification/leads/{lead_id}/override": lambda _: {
        "framework": "bant",
        "status": "qualified",
        "reason": "Ours",
    },
    "/api/qualification/texts": lambda ids: {"lead_id": ids["lead_id"], "content": "Budget is 80k."},
    "/api/qualification/texts/{document_id}/decisions": lambda ids: {
        "decisions": [{"proposal_id": ids["proposal_id"], "action": "accept"}],
    },
    "/api/qualification/claims": lambda ids: {"lead_id": ids["lead_id"], "claims": [BANT]},
    "/api/routing/ledger/{pool}/calibrations": lambda ids: {"rep_id": ids["user_id"], "kind": "even", "preview": True},
    "/api/teams/{team_id}/members": lambda ids: {"user_ids": [ids["user_id"]]},
    "/api/leads/{lead_id}": lambda _: {"title": "Changed"},
    "/api/companies/{company_id}": lambda _: {"name": "Changed"},
    "/api/leads/{lead_id}/notes": lambda _: {"body": "Changed"},
    "/api/leads/{lead_id}/complete": lambda _: {"outcome": "qualified"},
    "/api/leads/{lead_id}/reject": lambda _: {"reason": "Not ours"},
    "/api/users/{user_id}": lambda _: {"role": "owner"},
    "/api/users/{user_id}/profile": lambda _: {"weight": 9},
    "/api/teams/{team_id}": lambda _: {"name": "Changed"},
}
FORMS: dict[str, Any] = {
    "/leads/bulk": lambda ids: {"ids": [ids["lead_id"]], "do": "status", "status": "archived"},
    "/leads/{lead_id}/assign": lambda ids: {"rep_id": ids["user_id"]},
    "/leads/{lead_id}/complete": lambda _: {"outcome": "qualified"},
    "/leads/{lead_id}/reject": lambda _: {"reason": "Not ours"},
    "/leads/{lead_id}/notes": lambda _: {"body": "Changed"},
    "/leads/{lead_id}/texts": lambda _: {"content": "Budget is 80k."},
    "/leads/{lead_id}/texts/{document_id}/proposals/{proposal_id}": lambda _: {"do": "accept"},
    "/leads/{lead_id}/edit": lambda _: {"email": "changed@x.example"},
    "/leads/{lead_id}/qualification/{framework}": lambda _: {"budget.confirmed": "no"},
    "/leads/{lead_id}/qualification/{framework}/override": lambda _: {"status": "qualified", "reason": "Ours"},
    "/leads/{lead_id}/frameworks": lambda _: {"framework": "meddic"},
    "/leads/{lead_id}/qualification/{framework}/evidence/{claim_key}": lambda _: {"side": "other", "value": "no"},
    "/team/people/{user_id}/role": lambda _: {"role": "owner"},
    "/team/teams/{team_id}": lambda _: {"name": "Changed"},
    "/team/teams/{team_id}/members": lambda ids: {"member": [ids["user_id"]]},
    "/qualification/selection/rules/new": lambda _: {"name": "Theirs", "framework": "meddic"},
    "/qualification/selection/rules/{place}": lambda _: {"name": "Theirs", "framework": "meddic"},
    "/routing/redistribute": lambda ids: {"kind": "leaves", "rep_id": ids["user_id"]},
    "/routing/ledger/{pool}/calibrations": lambda ids: {
        "rep_id": ids["user_id"],
        "kind": "even",
        "reason": "Ours",
        "seen": "x",
    },
    "/routing/rules/new": lambda ids: {"name": "Theirs", "priority": "1", "target": f"team:{ids['team_id']}"},
    "/routing/rules/{rule_id}": lambda ids: {"name": "Theirs", "priority": "1", "target": f"team:{ids['team_id']}"},
}


async def _ask(client: httpx2.AsyncClient, world: World, route: Route) -> httpx2.Response:
    return await client.request(route.method, world.address(route), **_body(world, route))


async def test_no_route_tells_or_changes_anything_of_another_organisation(
    app: FastAPI, world: World, clients: Clients, outsiders: Cast, database: Database
) -> None:
    before = await every_row(database, world.cast.org_id)
    wrong = []
    for route in sorted(routes_of(app), key=lambda each: (each.method != "GET", each.name)):
        if route.path == "/logout":
            continue  # would log the outsider out
        client = await clients.of(outsiders.owner)
        answer = await _ask(client, world, route)
        refused = answer.status_code in REFUSED
        if MARK.lower() in answer.text.lower() or (_foreign(route) and not refused) or answer.status_code >= 500:
            wrong.append((route.name, answer.status_code, answer.text[:300]))
    assert wrong == []
    assert await every_row(database, world.cast.org_id) == before


async def test_nobody_passes_any_route_unknown(app: FastAPI, world: World, clients: Clients) -> None:
    stranger, wrong = clients.anonymous(), []
    for route in routes_of(app):
        if route.name in OPEN:
            continue
        answer = await _ask(stranger, world, route)
        to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        if answer.status_code != 401 and not (to_login and not route.path.startswith("/api/")):
            wrong.append((route.name, answer.status_code))
    assert wrong == []


async def test_what_is_open_to_everybody_tells_nothing(app: FastAPI, world: World, clients: Clients) -> None:
    stranger = clients.anonymous()
    for route in routes_of(app):
        if route.name in OPEN:
            answer = await _ask(stranger, world, route)
            assert (route.name, answer.status_code < 500, MARK in answer.text) == (route.name, True, False)


async def test_every_route_that_is_open_to_everybody_still_exists(app: FastAPI) -> None:
    assert {route.name for route in routes_of(app) if not route.known} == set(OPEN)


async def test_the_mark_is_seen_where_it_belongs(app: FastAPI, world: World, clients: Clients) -> None:
    """Without this, a page that is empty for everybody would pass the walk."""
    owner, unmarked = await clients.of(world.cast.owner), []
    for route in routes_of(app):
        if route.method == "GET" and _foreign(route) and route.path not in NO_MARK:
            answer = await _ask(owner, world, route)
            if answer.status_code not in (200, 303) or MARK not in answer.text + answer.headers.get("location", ""):
                unmarked.append((route.name, answer.status_code))
    assert unmarked == []


# Pages of a thing that do not show its words.
NO_MARK = {
    "/imports/{import_id}/mapping": "a file that was taken in has no columns to map any more",
    "/api/qualification/bant/{lead_id}": "numbers, and answers that are no free text",
    "/api/qualification/meddic/{lead_id}": "numbers, and answers that are no free text",
    "/api/qualification/assessments/{lead_id}": "numbers and verdicts",
    "/api/qualification/explain/{lead_id}": "numbers, and answers that are no free text",
    "/api/qualification/committees/{lead_id}": "people, of whom there are none here",
    "/api/calendars/teams/{team_id}": "hours and places, no words",
    "/api/qualification/diff/{lead_id}": "numbers, and asks for dates",
    "/routing/simulator/{simulation_id}/moved.csv": "a simulation that was only begun has moved nobody",
}
