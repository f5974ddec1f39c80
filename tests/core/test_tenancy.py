"""No organisation sees, changes or points at another's rows, even in raw SQL without a WHERE."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from oppspot.core.db import Base, Database
from oppspot.core.ids import new_id
from oppspot.models import metadata

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TENANT_TABLES = sorted(table.name for table in metadata.sorted_tables if "org_id" in table.c)


async def _organisation(database: Database, name: str) -> object:
    org_id = new_id()
    async with database.transaction(org_id) as tx:
        await tx.execute(
            text(
                "INSERT INTO organisations (id, name, slug, time_zone, settings, created_at) "
                "VALUES (:id, :name, :slug, 'UTC', '{}', :now)",
            ),
            {"id": org_id, "name": name, "slug": f"{name}-{org_id}", "now": NOW},
        )
        await tx.execute(
            text("INSERT INTO teams (org_id, id, name, description, created_at) VALUES (:org, :id, 'North', '', :now)"),
            {"org": org_id, "id": new_id(), "now": NOW},
        )
    return org_id


async def test_raw_sql_without_a_where_sees_only_its_own_organisation(database: Database) -> None:
    mine, theirs = await _organisation(database, "mine"), await _organisation(database, "theirs")
    async with database.transaction(mine) as tx:
        seen = set((await tx.execute(text("SELECT org_id FROM teams"))).scalars())
    assert seen == {mine}
    assert theirs not in seen


async def test_outside_any_organisation_nothing_is_seen(database: Database) -> None:
    await _organisation(database, "somebody")
    async with database.outside() as tx:
        assert (await tx.execute(text("SELECT count(*) FROM teams"))).scalar_one() == 0
        assert (await tx.execute(text("SELECT count(*) FROM organisations"))).scalar_one() == 0


async def test_a_row_cannot_be_written_into_another_organisation(database: Database) -> None:
    mine, theirs = await _organisation(database, "mine"), await _organisation(database, "theirs")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.transaction(mine) as tx:
            await tx.execute(
                text("INSERT INTO teams (org_id, id, name, description, created_at) VALUES (:org, :id, 'X', '', :now)"),
                {"org": theirs, "id": new_id(), "now": NOW},
            )


async def test_the_restricted_role_cannot_be_left_by_resetting_it(database: Database) -> None:
    mine = await _organisation(database, "mine")
    async with database.transaction(mine) as tx:
        await tx.execute(text("RESET ROLE"))
        assert (await tx.execute(text("SELECT current_user"))).scalar_one() == "oppspot_app"


async def test_job_tables_are_closed_to_the_application(database: Database) -> None:
    async with database.outside() as tx:
        with pytest.raises(DBAPIError, match="permission denied"):
            await tx.execute(text("SELECT * FROM jobs.procrastinate_jobs"))


@pytest.mark.parametrize("table", TENANT_TABLES)
async def test_every_tenant_table_is_under_row_level_security(database: Database, table: str) -> None:
    async with database.outside() as tx:
        row = (
            await tx.execute(
                text(
                    "SELECT c.relrowsecurity, count(p.*) AS policies FROM pg_class c "
                    "LEFT JOIN pg_policies p ON p.tablename = c.relname WHERE c.oid = CAST(:name AS regclass) "
                    "GROUP BY c.relrowsecurity",
                ),
                {"name": table},
            )
        ).one()
    assert row.relrowsecurity
    assert row.policies == 1


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_every_primary_key_starts_with_the_organisation(table: str) -> None:
    assert next(iter(Base.metadata.tables[table].primary_key.columns)).name == "org_id"
