"""Logging in: who may, what slows guessing down, what is written down."""

import pytest
from sqlalchemy import text, update
from tests.casting import PASSWORD, Cast

from oppspot.accounts.errors import WrongCredentials
from oppspot.accounts.models import User
from oppspot.accounts.services.logins import log_in, log_out
from oppspot.accounts.throttling import PER_ACCOUNT, PER_ADDRESS, Throttle
from oppspot.accounts.types import NewSession, Origin
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import TooManyRequests

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _log_in(
    database: Database, email: str, password: str = PASSWORD, *, throttle: Throttle | None = None, ip: str = "192.0.2.1"
) -> NewSession:
    return await log_in(database, throttle or Throttle(), email, password, Origin(ip, "test"), utc_now())


async def test_the_right_password_opens_a_session(database: Database, cast: Cast) -> None:
    await _log_in(database, f"  {cast.rep.email.upper()} ")
    async with database.transaction(cast.org_id) as tx:
        assert (await tx.execute(text("SELECT user_id, ip FROM sessions"))).all() == [(cast.rep.id, "192.0.2.1")]
        assert await tx.scalar(text("SELECT action FROM audit_log ORDER BY seq DESC LIMIT 1")) == "login.succeeded"


async def test_a_wrong_password_is_refused_and_written_down(database: Database, cast: Cast) -> None:
    with pytest.raises(WrongCredentials):
        await _log_in(database, cast.rep.email, "guess")
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT action FROM audit_log ORDER BY seq DESC LIMIT 1")) == "login.failed"


@pytest.mark.parametrize("change", [{"active": False}, {"password_hash": None}])
async def test_nobody_logs_in_who_may_not(database: Database, cast: Cast, change: dict[str, object]) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(update(User).where(User.id == cast.rep.id).values(change))
    with pytest.raises(WrongCredentials):
        await _log_in(database, cast.rep.email)


async def test_an_unknown_address_is_refused_in_the_same_words(database: Database) -> None:
    with pytest.raises(WrongCredentials, match="address or the password"):
        await _log_in(database, "nobody@example.com")


async def test_guessing_at_one_account_is_stopped_even_with_the_right_password(database: Database, cast: Cast) -> None:
    throttle = Throttle()
    for _ in range(PER_ACCOUNT.amount):
        await throttle.admit("login", cast.rep.email, "192.0.2.1")
    with pytest.raises(TooManyRequests) as refusal:
        await _log_in(database, cast.rep.email, throttle=throttle, ip="192.0.2.2")
    assert 0 < refusal.value.retry_after <= 15 * 60


async def test_a_success_forgives_the_attempts_before_it(database: Database, cast: Cast) -> None:
    throttle = Throttle()
    for _ in range(PER_ACCOUNT.amount - 1):
        await throttle.admit("login", cast.rep.email, "192.0.2.1")
    await _log_in(database, cast.rep.email, throttle=throttle)
    await throttle.admit("login", cast.rep.email, "192.0.2.1")


async def test_trying_many_accounts_from_one_place_is_stopped() -> None:
    throttle = Throttle()
    for number in range(PER_ADDRESS.amount):
        await throttle.admit("login", f"{number}@example.com", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        await throttle.admit("login", "another@example.com", "192.0.2.1")
    await throttle.admit("login", "another@example.com", "192.0.2.2")


async def test_without_the_shared_counter_each_process_counts_for_itself() -> None:
    throttle = Throttle("redis://127.0.0.1:1/0")
    for _ in range(PER_ACCOUNT.amount):
        await throttle.admit("login", "a@example.com", "192.0.2.1")
    with pytest.raises(TooManyRequests):
        await throttle.admit("login", "a@example.com", "192.0.2.1")


async def test_logging_out_ends_the_session_and_twice_is_harmless(database: Database, cast: Cast) -> None:
    session = await _log_in(database, cast.rep.email)
    await log_out(database, session.token, utc_now())
    await log_out(database, session.token, utc_now())
    await log_out(database, "never a token", utc_now())
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")) == 0
