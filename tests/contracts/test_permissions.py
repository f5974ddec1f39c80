"""Every route by every role: who holds what the route declares passes, who does not is told so, nobody else."""

import pytest
from fastapi import FastAPI
from tests.casting import Cast, Clients, Member
from tests.contracts.routes import Route, routes_of
from tests.contracts.test_tenant_walk import OPEN
from tests.contracts.worlds import a_bare_world

from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role

pytestmark = [pytest.mark.anyio, pytest.mark.db]

# Routes that ask for nothing but to be known: each is somebody's own, or decides inside.
OWN = {
    "GET /api/me": "oneself",
    "PATCH /api/users/{user_id}/profile": "reps may change their own availability; decided inside",
    "GET /account": "oneself",
    "POST /account/name": "oneself",
    "POST /account/password": "oneself",
    "POST /account/emails": "oneself",
    "POST /account/hours": "oneself",
    "POST /account/sessions/{session_id}/revoke": "one's own sessions",
    "POST /api/calendars/absences": "one's own absences, or with team.write anybody's; decided inside",
    "PUT /api/calendars/absences/{absence_id}": "as above",
    "DELETE /api/calendars/absences/{absence_id}": "as above",
    "POST /api/calendars/people/{user_id}/absences/files": "as above",
    "POST /calendars/people/{user_id}/absences": "as above",
    "POST /calendars/people/{user_id}/absences/files": "as above",
    "GET /calendars/absences/{absence_id}": "as above",
    "POST /calendars/absences/{absence_id}": "as above",
    "GET /calendars/absences/{absence_id}/remove": "as above",
    "POST /calendars/absences/{absence_id}/remove": "as above",
    "GET /notifications": "one's own",
    "GET /notifications/{notification_id}": "one's own",
    "POST /notifications/read-all": "one's own",
}


def _member(cast: Cast, role: Role) -> Member:
    return next(member for member in cast.members if member.role is role)


def _may(route: Route, role: Role) -> bool:
    return set(route.permissions) <= ROLE_PERMISSIONS[role]


async def test_every_route_names_a_permission_or_a_reason_why_not(app: FastAPI) -> None:
    unnamed = {route.name for route in routes_of(app) if not route.permissions}
    assert unnamed == set(OPEN) | set(OWN)
    assert all(route.known for route in routes_of(app) if route.name not in OPEN)


async def test_whatever_changes_something_asks_for_more_than_reading(app: FastAPI) -> None:
    writes = [route for route in routes_of(app) if route.method != "GET" and route.name not in READERS_WRITES]
    reading = {"leads.read", "routing.read", "scoring.read", "qualification.read", "team.read"}
    assert [route.name for route in writes if route.permissions and set(route.permissions) <= reading] == []


# What readers may write is their own; checking a draft writes nothing.
READERS_WRITES = {"POST /leads/views/new", "POST /leads/views/{view_id}/delete", "POST /api/routing/lint"}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_passes_exactly_the_routes_of_its_permissions(
    app: FastAPI, clients: Clients, cast: Cast, role: Role
) -> None:
    browser, world, wrong = await clients.of(_member(cast, role)), a_bare_world(cast), []
    for route in routes_of(app):
        if not route.permissions:
            continue
        body = {} if route.method == "GET" else {"json": {}} if route.path.startswith("/api/") else {"data": {}}
        answer = await browser.request(route.method, world.address(route), **body)
        if (answer.status_code != 403) != _may(route, role) or answer.status_code >= 500:
            wrong.append((route.name, answer.status_code))
    assert wrong == []
