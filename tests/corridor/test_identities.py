"""Whose an address, a number or a company's domain is: one holder each, whoever names it."""

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import TakeIn

from oppspot.core.db import Database

pytestmark = [pytest.mark.anyio, pytest.mark.db]

FIRST = {"external_id": "EX1", "email": "exa@x.example"}
SECOND = {"external_id": "EX2", "email": "exb@x.example"}
MIXED = {"external_id": "EX1", "email": "exb@x.example", "title": "COO"}


async def _identities(database: Database, cast: Cast) -> list[tuple[str, str, str | None]]:
    statement = "SELECT l.external_id, c.email, c.title FROM leads AS l JOIN contacts AS c ON c.id = l.contact_id"
    async with database.transaction(cast.org_id) as tx:
        return sorted((tuple(row) for row in await tx.execute(text(statement))), key=str)


async def test_an_address_of_another_lead_is_not_taken_over(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(FIRST)
    await take(SECOND)
    await take(MIXED)
    assert await _identities(database, cast) == [("EX1", "exa@x.example", "COO"), ("EX2", "exb@x.example", None)]


async def test_one_batch_tells_identities_apart_as_three_do(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(FIRST, SECOND, MIXED)
    assert await _identities(database, cast) == [("EX1", "exa@x.example", "COO"), ("EX2", "exb@x.example", None)]


async def test_a_new_lead_keeps_its_address_when_a_known_one_names_it_later_in_the_batch(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await take(FIRST)
    fresh, _ = await take({"email": "exb@x.example"}, MIXED)
    [again] = await take({"email": "exb@x.example"})
    assert again.id == fresh.id
    assert ("EX1", "exa@x.example", "COO") in await _identities(database, cast)
