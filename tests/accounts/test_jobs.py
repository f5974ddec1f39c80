"""The jobs of accounts, run by a real worker."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from tests.accounts.test_notifying import Postbox
from tests.casting import Cast

from oppspot.accounts.jobs import NAMESPACE, tasks
from oppspot.accounts.mail import DeliveryFailed, EmailSender
from oppspot.accounts.notifying import EMAIL_QUEUE
from oppspot.accounts.services.resets import request_password_reset
from oppspot.accounts.services.sessions import open_session
from oppspot.accounts.services.tidying import tidy
from oppspot.accounts.types import Origin
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.jobs import create_job_app
from oppspot.core.live import LiveHub
from oppspot.core.runtime import Runtime
from oppspot.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _work(database: Database, sender: EmailSender) -> None:
    """Do every e-mail job that is due now."""
    runtime = Runtime(Settings(environment="test"), database, LiveHub(database.dsn))
    jobs = create_job_app(database.dsn)
    jobs.add_tasks_from(tasks(runtime, sender), namespace=NAMESPACE)
    async with jobs.open_async():
        await jobs.run_worker_async(queues=[EMAIL_QUEUE], wait=False, install_signal_handlers=False)


def _job(database_url: str, cast: Cast) -> tuple[str, int]:
    with psycopg.connect(database_url) as connection:
        query = "SELECT status::text, attempts FROM jobs.procrastinate_jobs WHERE args->>'user_id' = %s"
        (row,) = connection.execute(query, [str(cast.rep.id)]).fetchall()
    return row


async def test_a_reset_is_mailed(database: Database, database_url: str, cast: Cast) -> None:
    box = Postbox()
    await request_password_reset(database, cast.rep.email)
    await _work(database, box)
    assert [email.to for email in box.sent if email.to == cast.rep.email] == [cast.rep.email]
    assert _job(database_url, cast) == ("succeeded", 1)


async def test_a_failure_is_tried_again_later(database: Database, database_url: str, cast: Cast) -> None:
    await request_password_reset(database, cast.rep.email)
    await _work(database, Postbox(DeliveryFailed("busy")))
    assert _job(database_url, cast) == ("todo", 1)


async def test_a_refusal_is_final_and_written_down(database: Database, database_url: str, cast: Cast) -> None:
    await request_password_reset(database, cast.rep.email)
    await _work(database, Postbox(DeliveryFailed("550", permanent=True)))
    assert _job(database_url, cast) == ("succeeded", 1)
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'email.undelivered'")) == 1


async def test_tidying_removes_what_is_long_over_and_nothing_else(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        for age in (0, 43, 45):
            await open_session(tx, cast.org_id, cast.rep.id, Origin(), utc_now() - timedelta(days=age))
    await tidy(database, utc_now())
    async with database.transaction(cast.org_id) as tx:
        assert await tx.scalar(text("SELECT count(*) FROM sessions")) == 2
