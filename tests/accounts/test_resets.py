"""Forgotten and changed passwords."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from tests.casting import PASSWORD, Cast, Member

from oppspot.accounts.errors import LinkSpent, WrongCredentials, WrongPassword
from oppspot.accounts.services.links import following, make_link, spend_links
from oppspot.accounts.services.logins import log_in
from oppspot.accounts.services.resets import change_password, request_password_reset, reset_password
from oppspot.accounts.services.sessions import open_session
from oppspot.accounts.throttling import Throttle
from oppspot.accounts.types import Origin, Purpose
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NEW = "another long enough one"


async def _link(database: Database, cast: Cast, purpose: Purpose = Purpose.PASSWORD_RESET) -> str:
    async with database.transaction(cast.org_id) as tx:
        return (await make_link(tx, cast.org_id, cast.rep.id, purpose, utc_now())).token


async def _log_in(database: Database, member: Member, password: str) -> None:
    await log_in(database, Throttle(), member.email, password, Origin(), utc_now())


async def test_a_reset_changes_the_password_and_ends_every_session(database: Database, cast: Cast) -> None:
    await _log_in(database, cast.rep, PASSWORD)
    await reset_password(database, await _link(database, cast), NEW, utc_now())
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")) == 0
    with pytest.raises(WrongCredentials):
        await _log_in(database, cast.rep, PASSWORD)
    await _log_in(database, cast.rep, NEW)


async def test_a_reset_link_works_once_and_for_an_hour(database: Database, cast: Cast) -> None:
    token = await _link(database, cast)
    with pytest.raises(LinkSpent):
        await reset_password(database, token, NEW, utc_now() + timedelta(hours=1))
    await reset_password(database, token, NEW, utc_now())
    with pytest.raises(LinkSpent):
        await reset_password(database, token, NEW, utc_now())


async def test_of_two_who_follow_one_link_at_once_the_slower_is_too_late(database: Database, cast: Cast) -> None:
    token = await _link(database, cast)
    async with following(database, token, Purpose.PASSWORD_RESET, utc_now()) as (slower, holder):
        async with following(database, token, Purpose.PASSWORD_RESET, utc_now()) as (faster, _):
            await spend_links(faster, holder.user_id, token, utc_now())
        with pytest.raises(LinkSpent):
            await spend_links(slower, holder.user_id, token, utc_now())


async def test_an_invitation_is_no_reset(database: Database, cast: Cast) -> None:
    with pytest.raises(LinkSpent):
        await reset_password(database, await _link(database, cast, Purpose.INVITATION), NEW, utc_now())


def _jobs(database_url: str, where: str, value: str) -> list[tuple[str]]:
    query = f"SELECT args->>'purpose' FROM jobs.procrastinate_jobs WHERE {where} = %s"
    with psycopg.connect(database_url) as connection:
        return connection.execute(query, [value]).fetchall()  # type: ignore[arg-type]


async def test_asking_for_a_reset_enqueues_a_letter(database: Database, database_url: str, cast: Cast) -> None:
    await request_password_reset(database, cast.rep.email)
    assert _jobs(database_url, "args->>'user_id'", str(cast.rep.id)) == [("password_reset",)]


async def test_asking_for_an_unknown_address_leaves_the_same_trace(database: Database, database_url: str) -> None:
    def count() -> int:
        return len(_jobs(database_url, "task_name", "accounts:send_link"))

    before = count()
    await request_password_reset(database, "nobody.at.all@example.com")
    assert count() == before + 1


async def test_changing_a_password_ends_the_other_sessions_only(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        mine, other = [await open_session(tx, cast.org_id, cast.rep.id, Origin(), utc_now()) for _ in range(2)]
    actor = replace(cast.rep.actor, session_id=mine.id)
    assert await change_password(database, actor, PASSWORD, NEW, utc_now()) == 1
    async with database.transaction(cast.org_id) as tx:
        revoked = await tx.scalars(text("SELECT id FROM sessions WHERE revoked_at IS NOT NULL"))
    assert list(revoked) == [other.id]


async def test_changing_a_password_takes_the_old_one(database: Database, cast: Cast) -> None:
    with pytest.raises(WrongPassword):
        await change_password(database, cast.rep.actor, "not it", NEW, utc_now())
