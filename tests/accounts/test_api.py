"""The accounts API from outside: what it answers, and what it refuses."""

from uuid import UUID

import httpx2
import pytest
from tests.casting import Cast, Clients

from oppspot.accounts.queries.people import list_people
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.queries.standing import list_standings

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def machine(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.with_key(cast)


async def test_a_key_learns_who_it_is(clients: Clients, cast: Cast) -> None:
    machine = await clients.with_key(cast, ["leads.read"])
    me = (await machine.get("/api/me")).json()
    assert (me["kind"], me["permissions"], me["email"]) == ("api_key", ["leads.read"], None)
    assert me["organisation"]["slug"] == cast.slug


async def test_a_person_learns_who_they_are(clients: Clients, cast: Cast) -> None:
    me = (await (await clients.of(cast.rep)).get("/api/me")).json()
    assert (me["kind"], me["email"], me["role"]) == ("user", cast.rep.email, "rep")


async def test_people_come_by_name_in_pages(machine: httpx2.AsyncClient, cast: Cast) -> None:
    names, cursor = [], None
    for _ in range(3):
        page = (await machine.get("/api/users", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        names += [person["name"] for person in page["items"]]
        cursor = page["next_cursor"]
    assert names == sorted(member.name for member in cast.members)
    assert cursor is None


async def test_people_are_found_by_role_and_text(machine: httpx2.AsyncClient, cast: Cast) -> None:
    found = (await machine.get("/api/users", params={"role": "rep", "q": "RITA"})).json()["items"]
    assert [(person["id"], person["team_ids"]) for person in found] == [(str(cast.rep.id), [str(cast.team_id)])]


async def test_somebody_is_invited(machine: httpx2.AsyncClient, cast: Cast) -> None:
    email = f"jo.{cast.org_id.hex}@example.com"
    answer = await machine.post("/api/users", json={"email": email.upper(), "name": "Jo", "role": "viewer"})
    assert answer.status_code == 201
    assert "/invitation?token=" in answer.json()["url"]
    person = (await machine.get(f"/api/users/{answer.json()['user_id']}")).json()
    assert (person["email"], person["state"], person["role"]) == (email, "invited", "viewer")


async def test_a_person_is_renamed_promoted_and_shut_out(machine: httpx2.AsyncClient, cast: Cast) -> None:
    changes = {"name": "Rita Renamed", "role": "manager", "active": False}
    person = (await machine.patch(f"/api/users/{cast.rep.id}", json=changes)).json()
    assert (person["name"], person["role"], person["state"]) == ("Rita Renamed", "manager", "deactivated")


async def test_a_key_gives_no_more_than_its_scopes(clients: Clients, cast: Cast) -> None:
    machine = await clients.with_key(cast, ["team.write", "team.read", "keys.write"])
    assert (await machine.patch(f"/api/users/{cast.rep.id}", json={"role": "manager"})).status_code == 403
    body = {"name": "more", "scopes": ["leads.delete"]}
    assert (await machine.post("/api/api-keys", json=body)).status_code == 403


async def test_the_last_owner_cannot_be_demoted(machine: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await machine.patch(f"/api/users/{cast.owner.id}", json={"role": "rep"})
    assert answer.status_code == 409
    assert "owner" in answer.json()["detail"]


async def test_a_profile_changes_only_where_it_is_told_to(machine: httpx2.AsyncClient, cast: Cast) -> None:
    address = f"/api/users/{cast.rep.id}/profile"
    await machine.patch(address, json={"max_open": 7, "skills": [" pumps ", "Pumps", "german"]})
    profile = (
        await machine.patch(address, json={"weight": 0.5, "working_hours": {"mon": [["09:00", "17:00"]]}})
    ).json()
    assert (profile["max_open"], profile["skills"], profile["weight"]) == (7, {"pumps": 3, "german": 3}, 0.5)
    assert profile["working_hours"] == {"mon": [["09:00", "17:00"]]}


async def test_what_a_profile_is_given_is_what_it_answers(machine: httpx2.AsyncClient, cast: Cast) -> None:
    given = {
        "skills": {"german": 4, "pumps": 2},
        "limits": [{"leads": 5, "per": "day", "window": "fixed"}, {"leads": 20, "per": "week", "window": "rolling"}],
        "ramp_from": "2026-01-05",
        "country": "DE",
        "subdivision": "BY",
    }
    await machine.patch(f"/api/users/{cast.rep.id}/profile", json=given)
    profile = (await machine.get(f"/api/users/{cast.rep.id}")).json()["profile"]
    assert {name: profile[name] for name in given} == given


async def test_somebody_invited_has_not_joined_yet(machine: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    body = {"email": f"new.{cast.org_id.hex}@example.com", "name": "Nora New", "role": "rep"}
    invited = UUID((await machine.post("/api/users", json=body)).json()["user_id"])
    now = utc_now()
    async with database.transaction(cast.org_id) as tx:
        people = {person.user.id: person.joined for person in (await list_people(tx)).items}
        standings = {rep.id: rep.joined for rep in await list_standings(tx, cast.org_id, now, now)}
    assert (people[invited], people[cast.rep.id]) == (False, True)
    assert standings == {invited: False, cast.rep.id: True, cast.other_rep.id: True}


async def test_people_change_their_own_hours_and_nothing_else(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.rep)
    own, other = f"/api/users/{cast.rep.id}/profile", f"/api/users/{cast.other_rep.id}/profile"
    assert (await browser.patch(own, json={"available": False, "country": "DE"})).status_code == 200
    assert (await browser.patch(own, json={"max_open": 1000})).status_code == 403
    assert (await browser.patch(other, json={"available": False})).status_code == 403


async def test_a_team_lives(machine: httpx2.AsyncClient, cast: Cast) -> None:
    team = (await machine.post("/api/teams", json={"name": "South"})).json()
    address = f"/api/teams/{team['id']}"
    assert (await machine.patch(address, json={"name": "Deep South"})).json()["name"] == "Deep South"
    members = await machine.put(f"{address}/members", json={"user_ids": [str(cast.rep.id), str(cast.viewer.id)]})
    assert set(members.json()["member_ids"]) == {str(cast.rep.id), str(cast.viewer.id)}
    assert (await machine.delete(address)).status_code == 204
    assert (await machine.get(address)).status_code == 404
    assert (await machine.get(f"/api/users/{cast.rep.id}")).status_code == 200


async def test_two_teams_cannot_have_one_name(machine: httpx2.AsyncClient) -> None:
    assert (await machine.post("/api/teams", json={"name": "NORTH"})).status_code == 409


async def test_a_stranger_is_not_made_a_member(machine: httpx2.AsyncClient, cast: Cast, outsiders: Cast) -> None:
    body = {"user_ids": [str(outsiders.rep.id)]}
    answer = await machine.put(f"/api/teams/{cast.team_id}/members", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "user_ids"


async def test_a_key_is_shown_once_and_revoked(machine: httpx2.AsyncClient) -> None:
    made = (await machine.post("/api/api-keys", json={"name": "sync", "scopes": ["leads.read"]})).json()
    assert made["token"].startswith(f"opp_{made['prefix']}_")
    listed = (await machine.get("/api/api-keys")).json()["items"]
    assert made["id"] in [key["id"] for key in listed]
    assert not any("token" in key or "secret_hash" in key for key in listed)
    assert (await machine.delete(f"/api/api-keys/{made['id']}")).status_code == 204
    assert (await machine.delete(f"/api/api-keys/{made['id']}")).status_code == 404


async def test_the_audit_log_tells_who_did_what(machine: httpx2.AsyncClient, cast: Cast) -> None:
    await machine.patch(f"/api/users/{cast.rep.id}", json={"role": "viewer"})
    (entry,) = (await machine.get("/api/audit", params={"action": "user.role_changed"})).json()["items"]
    assert (entry["actor_name"], entry["subject_id"]) == ("test", str(cast.rep.id))
    assert entry["payload"] == {"from": "rep", "to": "viewer"}


async def test_the_audit_log_comes_in_pages_newest_first(machine: httpx2.AsyncClient) -> None:
    first = (await machine.get("/api/audit", params={"limit": 1})).json()
    second = (await machine.get("/api/audit", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [first["items"][0]["seq"], second["items"][0]["seq"]] == [2, 1]


async def test_the_audit_log_is_found_intact(machine: httpx2.AsyncClient) -> None:
    answer = (await machine.get("/api/audit/verification")).json()
    assert answer == {"intact": True, "entries": 2, "broken_at": None, "reason": None}


ADDRESS = "/api/users"
BAD = [
    ("POST", "/api/users", {"email": "not an address", "name": "Jo"}, "email"),
    ("POST", "/api/users", {"email": "a@b@example.com", "name": "Jo"}, "email"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "Jo\0"}, "name"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "x" * 121}, "name"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "  "}, "name"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "Jo", "role": "god"}, "role"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "Jo", "admin": True}, "admin"),
    ("POST", "/api/users", {"email": "jo@example.com", "name": "Jo", "time_zone": "../../etc/passwd"}, "time_zone"),
    ("POST", "/api/teams", {"name": "a\u0007b"}, "name"),
    ("POST", "/api/teams", {"name": "a", "description": "x" * 2001}, "description"),
    ("POST", "/api/api-keys", {"name": "k", "scopes": []}, "scopes"),
    ("POST", "/api/api-keys", {"name": "k", "scopes": ["leads.fly"]}, "scopes"),
    (
        "POST",
        "/api/api-keys",
        {"name": "k", "scopes": ["leads.read"], "expires_at": "2020-01-01T00:00:00Z"},
        "expires_at",
    ),
    (
        "POST",
        "/api/api-keys",
        {"name": "k", "scopes": ["leads.read"], "expires_at": "2030-01-01T00:00:00"},
        "expires_at",
    ),
    ("GET", "/api/users?cursor=AAAA", None, "cursor"),
    ("GET", "/api/users?cursor=WyJcdTAwMDAiLCAiMDE5M2YwYzgtN2E1MS03YzNlLTlkMGEtNWI2ZjJmM2MxYTc3Il0", None, "cursor"),
    ("GET", "/api/audit?cursor=WyJ4Il0", None, "cursor"),
    ("GET", "/api/audit?limit=0", None, "query.limit"),
    ("GET", "/api/audit?action=%00", None, "query.action"),
    ("GET", "/api/users?q=%00", None, "query.q"),
    ("GET", "/api/users/not-an-id", None, "path.user_id"),
]


@pytest.mark.parametrize(("method", "address", "body", "path"), BAD)
async def test_bad_input_is_refused_naming_the_field(
    machine: httpx2.AsyncClient, method: str, address: str, body: object, path: str
) -> None:
    answer = await machine.request(method, address, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path


PROFILES = [
    ({"weight": 0}, "weight"),
    ({"weight": "NaN"}, "weight"),
    ({"max_open": -1}, "max_open"),
    ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ({"working_hours": {"mon": [["17:00", "09:00"]]}}, "working_hours.mon"),
    ({"skills": ["x" * 61]}, f"skills.{'x' * 61}.[key]"),
    ({"skills": {"german": 6}}, "skills.german"),
    ({"skills": {"german, pumps": 3}}, "skills"),
    ({"limits": [{"leads": 0, "per": "day"}]}, "limits[0].leads"),
    ({"limits": [{"leads": 5, "per": "year"}]}, "limits[0].per"),
    ({"limits": [{"leads": 5, "per": "day"}, {"leads": 6, "per": "day"}]}, "limits"),
    ({"ramp_from": "soon"}, "ramp_from"),
    ({"country": "XX"}, "country"),
    ({"country": "DE", "subdivision": "SCT"}, "subdivision"),
    ({"subdivision": "BY"}, "subdivision"),
]


@pytest.mark.parametrize(("body", "path"), PROFILES)
async def test_settings_that_make_no_sense_are_named(
    machine: httpx2.AsyncClient, cast: Cast, body: dict[str, object], path: str
) -> None:
    answer = await machine.patch(f"/api/users/{cast.rep.id}/profile", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path


def _doors(cast: Cast, key_id: UUID) -> list[tuple[str, str, object]]:
    user, team = f"/api/users/{cast.rep.id}", f"/api/teams/{cast.team_id}"
    return [
        ("GET", user, None),
        ("PATCH", user, {"name": "Mine now"}),
        ("PATCH", user, {"role": "viewer"}),
        ("PATCH", user, {"active": False}),
        ("PATCH", f"{user}/profile", {"max_open": 0}),
        ("POST", f"{user}/invitation", None),
        ("GET", team, None),
        ("PATCH", team, {"name": "Mine now"}),
        ("PUT", f"{team}/members", {"user_ids": []}),
        ("DELETE", team, None),
        ("DELETE", f"/api/api-keys/{key_id}", None),
    ]


async def test_outsiders_find_nothing_behind_any_door(clients: Clients, cast: Cast, outsiders: Cast) -> None:
    machine, stranger = await clients.with_key(cast), await clients.with_key(outsiders)
    key_id = UUID((await machine.get("/api/api-keys")).json()["items"][0]["id"])
    for method, address, body in _doors(cast, key_id):
        answer = await stranger.request(method, address, json=body)
        assert (method, address, answer.status_code) == (method, address, 404)
    nobody = (await stranger.get(f"/api/users/{new_id()}")).json()
    somebody = (await stranger.get(f"/api/users/{cast.rep.id}")).json()
    assert {**nobody, "instance": "", "request_id": ""} == {**somebody, "instance": "", "request_id": ""}


async def test_outsiders_lists_hold_nothing_of_ours(clients: Clients, cast: Cast, outsiders: Cast) -> None:
    stranger = await clients.with_key(outsiders)
    for address in ("/api/users", "/api/teams", "/api/api-keys", "/api/audit"):
        text = (await stranger.get(address)).text
        assert str(cast.rep.id) not in text
        assert str(cast.team_id) not in text
        assert cast.slug not in text
