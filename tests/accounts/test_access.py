"""Who gets in: sessions, keys, permissions; and what stops when they are taken away."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.accounts.asking import eventually
from tests.casting import Cast, Clients

from oppspot.accounts import rules
from oppspot.accounts.access import SESSION_COOKIE, needs
from oppspot.accounts.permissions import Role
from oppspot.accounts.services.api_keys import create_api_key, revoke_api_key
from oppspot.accounts.services.members import change_role, deactivate_user
from oppspot.accounts.services.sessions import open_session, revoke_session
from oppspot.accounts.types import Origin
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import NotFound

pytestmark = [pytest.mark.anyio, pytest.mark.db]


# A page and an endpoint that ask for the permission `audit.read`, which managers have and reps have not.
PAGE, ENDPOINT = "/audit", "/api/audit"


async def test_a_session_gets_in(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.manager)
    assert (await browser.get(PAGE)).status_code == 200


async def test_nobody_is_sent_to_log_in_and_back(clients: Clients) -> None:
    answer = await clients.anonymous().get(f"{PAGE}?a=b", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/login?next={PAGE}%3Fa%3Db"


async def test_a_machine_without_a_key_is_told_so(clients: Clients) -> None:
    answer = await clients.anonymous().get(ENDPOINT)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_permission_that_is_lacking_is_named(clients: Clients, cast: Cast) -> None:
    answer = await (await clients.of(cast.rep)).get(ENDPOINT)
    assert answer.status_code == 403
    assert "audit.read" in answer.json()["detail"]


async def test_a_key_does_what_its_scopes_say(clients: Clients, cast: Cast) -> None:
    assert (await (await clients.with_key(cast, ["audit.read"])).get(ENDPOINT)).status_code == 200
    assert (await (await clients.with_key(cast, ["team.read"])).get(ENDPOINT)).status_code == 403


async def test_a_bad_key_is_not_made_good_by_a_cookie(clients: Clients, cast: Cast) -> None:
    browser = await clients.of(cast.owner)
    for header in ("Bearer opp_aaaaaaaaaa_" + "x" * 43, "Bearer", "Basic b3BlbjpzZXNhbWU=", "nonsense"):
        assert (await browser.get(ENDPOINT, headers={"authorization": header})).status_code == 401


async def test_the_secret_of_a_key_counts_not_only_its_prefix(clients: Clients, cast: Cast) -> None:
    machine = await clients.with_key(cast)
    token = machine.headers["authorization"]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert (await machine.get(ENDPOINT, headers={"authorization": forged})).status_code == 401


async def test_a_revoked_key_stops(clients: Clients, cast: Cast, database: Database) -> None:
    machine = await clients.with_key(cast)
    assert (await machine.get(ENDPOINT)).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        key_id = await tx.scalar(text("SELECT id FROM api_keys"))
        await revoke_api_key(tx, cast.owner.actor, key_id, utc_now())

    async def is_out() -> bool:
        return (await machine.get(ENDPOINT)).status_code == 401

    assert await eventually(is_out)


async def test_an_expired_key_stops(clients: Clients, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        soon = utc_now() + timedelta(milliseconds=1500)
        key = await create_api_key(tx, cast.owner.actor, "brief", ["audit.read"], utc_now(), expires_at=soon)
    machine = clients.anonymous()
    machine.headers["authorization"] = f"Bearer {key.token}"
    assert (await machine.get(ENDPOINT)).status_code == 200

    async def is_out() -> bool:
        return (await machine.get(ENDPOINT)).status_code == 401

    assert await eventually(is_out)


async def test_a_key_remembers_when_it_was_used(clients: Clients, cast: Cast, database: Database) -> None:
    machine = await clients.with_key(cast)
    await machine.get(ENDPOINT)
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT last_used_at FROM api_keys")) is not None


async def test_a_revoked_session_stops(clients: Clients, cast: Cast, database: Database) -> None:
    browser = await clients.of(cast.manager)
    async with database.transaction(cast.org_id) as tx:
        session_id = await tx.scalar(text("SELECT id FROM sessions"))
        await revoke_session(tx, cast.manager.actor, session_id, utc_now())
    assert (await browser.get(ENDPOINT)).status_code == 401


async def test_nobody_logs_out_the_browser_of_a_colleague(clients: Clients, cast: Cast, database: Database) -> None:
    await clients.of(cast.manager)
    async with database.transaction(cast.org_id) as tx:
        session_id = await tx.scalar(text("SELECT id FROM sessions"))
        with pytest.raises(NotFound):
            await revoke_session(tx, cast.owner.actor, session_id, utc_now())


async def test_a_deactivated_person_is_out_at_once(clients: Clients, cast: Cast, database: Database) -> None:
    browser = await clients.of(cast.manager)
    async with database.transaction(cast.org_id) as tx:
        await deactivate_user(tx, cast.owner.actor, cast.manager.id, utc_now())
    assert (await browser.get(ENDPOINT)).status_code == 401


async def test_a_session_of_somebody_inactive_does_not_count(clients: Clients, cast: Cast, database: Database) -> None:
    browser = await clients.of(cast.manager)
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE users SET active = false WHERE role = 'manager'"))
    assert (await browser.get(ENDPOINT)).status_code == 401


async def test_a_new_role_holds_from_the_next_request(clients: Clients, cast: Cast, database: Database) -> None:
    browser = await clients.of(cast.rep)
    async with database.transaction(cast.org_id) as tx:
        await change_role(tx, cast.owner.actor, cast.rep.id, Role.MANAGER, utc_now())
    assert (await browser.get(ENDPOINT)).status_code == 200


@pytest.mark.parametrize("age", [rules.SESSION_IDLE, rules.SESSION_LONGEST])
async def test_a_session_ends(clients: Clients, cast: Cast, database: Database, age: timedelta) -> None:
    async with database.transaction(cast.org_id) as tx:
        long_ago = utc_now() - age
        session = await open_session(tx, cast.org_id, cast.manager.id, Origin(), long_ago)
    browser = clients.anonymous()
    browser.cookies.set(SESSION_COOKIE, session.token)
    assert (await browser.get(ENDPOINT)).status_code == 401


async def test_using_a_session_moves_its_end(clients: Clients, cast: Cast, database: Database) -> None:
    async with database.transaction(cast.org_id) as tx:
        session = await open_session(tx, cast.org_id, cast.manager.id, Origin(), utc_now() - timedelta(days=13))
    browser = clients.anonymous()
    browser.cookies.set(SESSION_COOKIE, session.token)
    assert (await browser.get(ENDPOINT)).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        left = await tx.scalar(text("SELECT expires_at - now() FROM sessions"))
    assert timedelta(days=13) < left <= timedelta(days=14)


def test_a_permission_that_does_not_exist_is_a_mistake_found_at_import() -> None:
    with pytest.raises(ValueError, match=r"leads\.fly"):
        needs("leads.fly")
