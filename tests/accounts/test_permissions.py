"""Each role at each door: what a role may do is what the table says, and every door asks for the right thing."""

import pytest
from tests.casting import Cast, Clients, Member

from oppspot.accounts.permissions import ROLE_PERMISSIONS, Role

pytestmark = [pytest.mark.anyio, pytest.mark.db]

# Door: the permission it asks for; None is open to whoever is known. Bodies are empty: refused before or after the
# permission is asked for, never carried out.
DOORS = [
    ("GET", "/api/me", None),
    ("GET", "/api/users", "team.read"),
    ("POST", "/api/users", "team.write"),
    ("GET", "/api/users/{rep}", "team.read"),
    ("PATCH", "/api/users/{rep}", "team.write"),
    ("POST", "/api/users/{rep}/invitation", "team.write"),
    ("GET", "/api/teams", "team.read"),
    ("POST", "/api/teams", "team.write"),
    ("GET", "/api/teams/{team}", "team.read"),
    ("PATCH", "/api/teams/{team}", "team.write"),
    ("PUT", "/api/teams/{team}/members", "team.write"),
    ("DELETE", "/api/teams/{team}", "team.write"),
    ("GET", "/api/api-keys", "keys.write"),
    ("POST", "/api/api-keys", "keys.write"),
    ("DELETE", "/api/api-keys/{team}", "keys.write"),
    ("GET", "/api/audit", "audit.read"),
    ("GET", "/api/audit/verification", "audit.read"),
]


def _member(cast: Cast, role: Role) -> Member:
    return next(member for member in cast.members if member.role is role)


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_passes_exactly_the_doors_of_its_permissions(clients: Clients, cast: Cast, role: Role) -> None:
    browser = await clients.of(_member(cast, role))
    for method, pattern, permission in DOORS:
        address = pattern.format(rep=cast.rep.id, team=cast.team_id)
        answer = await browser.request(method, address, json={})
        allowed = permission is None or permission in ROLE_PERMISSIONS[role]
        assert (method, address, answer.status_code != 403) == (method, address, allowed)


async def test_nobody_passes_any_door_unknown(clients: Clients, cast: Cast) -> None:
    stranger = clients.anonymous()
    for method, pattern, _ in DOORS:
        answer = await stranger.request(method, pattern.format(rep=cast.rep.id, team=cast.team_id), json={})
        assert (method, pattern, answer.status_code) == (method, pattern, 401)


async def test_every_door_of_the_accounts_api_is_in_this_list(app: object) -> None:
    described = app.openapi()["paths"]  # type: ignore[attr-defined]
    tags = {"accounts", "audit"}
    found = {
        (method.upper(), path)
        for path, operations in described.items()
        for method, operation in operations.items()
        if tags & set(operation.get("tags", ())) and not path.endswith("/profile")
    }
    listed = {
        (
            m,
            p.replace("{rep}", "{user_id}")
            .replace("api-keys/{team}", "api-keys/{key_id}")
            .replace("{team}", "{team_id}"),
        )
        for m, p, _ in DOORS
    }
    assert found == listed
