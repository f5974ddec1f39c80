"""A lead is called the same wherever it is named, in Python as in SQL."""

from itertools import product

import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.db import Database
from oppspot.leads.naming import lead_name, sql_lead_name

pytestmark = [pytest.mark.anyio, pytest.mark.db]
_NAMED = """
    SELECT {name} FROM (SELECT CAST(:first AS text) AS first_name, CAST(:last AS text) AS last_name,
                               CAST(:email AS text) AS email) AS p,
           (SELECT CAST(:company AS text) AS name, CAST(:domain AS text) AS domain) AS o,
           (SELECT CAST(:external_id AS text) AS external_id) AS l
"""


async def test_sql_and_python_call_a_lead_the_same(cast: Cast, database: Database) -> None:
    statement = text(_NAMED.format(name=sql_lead_name()))
    parts = (
        ("Ada", "", None),
        ("Lovelace", None),
        ("ada@x.example", None),
        ("X", "", None),
        ("x.example", None),
        ("7", None),
    )
    called = set()
    async with database.transaction(cast.org_id) as tx:
        for first, last, email, company, domain, external_id in product(*parts):
            given = {"first": first, "last": last, "email": email, "company": company, "domain": domain}
            found = (await tx.execute(statement, {**given, "external_id": external_id})).scalar_one()
            assert found == lead_name(first, last, email, company or domain, external_id)
            called.add(found)
    assert called == {"Ada Lovelace", "Ada", "Lovelace", "ada@x.example", "X", "x.example", "7", "No name"}
