"""The audit chain: what was written holds, and any change to it shows."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.casting import Cast

from oppspot.core.audit import ChainReport, record_audit, verify_chain
from oppspot.core.clock import utc_now
from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _write(database: Database, cast: Cast, count: int = 3) -> None:
    for number in range(count):
        async with database.transaction(cast.org_id) as tx:
            payload = {"number": number, "text": "é\u2028", "nested": [1.5, None]}
            await record_audit(tx, cast.owner.actor, "test.done", ("test", number), utc_now(), payload=payload)


async def _verify(database: Database, cast: Cast) -> ChainReport:
    async with database.transaction(cast.org_id) as tx:
        return await verify_chain(tx, cast.org_id)


async def test_what_was_written_holds(database: Database, cast: Cast) -> None:
    await _write(database, cast)
    assert await _verify(database, cast) == ChainReport(entries=4, broken_at=None)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit_log SET payload = '{}' WHERE org_id = %s AND seq = 2", 2),
        ("UPDATE audit_log SET at = at + interval '1 second' WHERE org_id = %s AND seq = 3", 3),
        ("UPDATE audit_log SET actor_name = 'Nobody' WHERE org_id = %s AND seq = 1", 1),
        ("DELETE FROM audit_log WHERE org_id = %s AND seq = 2", 2),
        ("DELETE FROM audit_log WHERE org_id = %s AND seq = 4", 4),
        ("UPDATE audit_log SET seq = 9 WHERE org_id = %s AND seq = 4", 4),
    ],
)
async def test_what_the_owner_of_the_tables_changes_shows(
    database: Database, database_url: str, cast: Cast, tampering: str, broken_at: int
) -> None:
    await _write(database, cast)
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute(tampering, [cast.org_id])  # type: ignore[arg-type]
    assert (await _verify(database, cast)).broken_at == broken_at


async def test_a_chain_that_is_gone_as_a_whole_shows(database: Database, database_url: str, cast: Cast) -> None:
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        for table in ("audit_log", "audit_heads"):
            await connection.execute(f"DELETE FROM {table} WHERE org_id = %s", [cast.org_id])  # type: ignore[arg-type]
    report = await _verify(database, cast)
    assert (report.entries, report.broken_at) == (0, 1)
    assert "whole chain is missing" in str(report.reason)


@pytest.mark.parametrize("change", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"])
async def test_the_application_cannot_change_the_log_at_all(database: Database, cast: Cast, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(cast.org_id) as tx:
            await tx.execute(text(change))


async def test_one_chain_says_nothing_of_another(database: Database, cast: Cast, outsiders: Cast) -> None:
    await _write(database, cast)
    assert (await _verify(database, outsiders)).entries == 1
