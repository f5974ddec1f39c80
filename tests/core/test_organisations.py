"""Sweeps over organisations: the trouble of one is told with its name, and holds up nobody."""

from uuid import UUID

import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.db import Database, Transaction
from oppspot.core.organisations import visit_all, visit_each

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def test_each_is_visited_in_a_transaction_of_its_own(cast: Cast, outsiders: Cast, database: Database) -> None:
    seen: dict[UUID, int] = {}

    async def count(tx: Transaction, org_id: UUID) -> int:
        seen[org_id] = (await tx.execute(text("SELECT count(*) FROM users"))).scalar_one()
        return seen[org_id]

    assert await visit_all(database, count) == sum(seen.values())
    assert seen[cast.org_id] > 0
    assert {cast.org_id, outsiders.org_id} <= set(seen)


async def test_what_fails_is_rolled_back_and_named_and_the_others_are_visited(
    cast: Cast, outsiders: Cast, database: Database
) -> None:
    async def rename(tx: Transaction, org_id: UUID) -> int:
        await tx.execute(text("UPDATE users SET name = 'Visited'"))
        if org_id == cast.org_id:
            raise ValueError("This one is broken.")
        return 1

    async def visit(org_id: UUID) -> int:
        async with database.transaction(org_id) as tx:
            return await rename(tx, org_id)

    with pytest.raises(ExceptionGroup) as raised:
        await visit_each([cast.org_id, outsiders.org_id], visit, visit)
    assert [str(error) for error in raised.value.exceptions] == ["This one is broken."] * 2
    assert [error.__notes__ for error in raised.value.exceptions] == [[f"In the organisation {cast.org_id}."]] * 2
    names = []
    for org_id in (cast.org_id, outsiders.org_id):
        async with database.transaction(org_id) as tx:
            names.append(set((await tx.execute(text("SELECT DISTINCT name FROM users"))).scalars()))
    assert "Visited" not in names[0]
    assert names[1] == {"Visited"}
