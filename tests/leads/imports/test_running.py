"""Running an import: every row is accounted for, once."""

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, a_rule, publish_rules
from tests.leads.imports.conftest import Run, Upload

from oppspot.core.db import Database
from oppspot.core.errors import Conflict, Invalid
from oppspot.leads.imports.queries import list_rows
from oppspot.leads.imports.running import start_run

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def _leads(database: Database, cast: Cast) -> int:
    async with database.transaction(cast.org_id) as tx:
        return int((await tx.execute(text("SELECT count(*) FROM leads"))).scalar_one())


async def test_every_row_is_accounted_for(upload: Upload, run: Run, database: Database, cast: Cast) -> None:
    import_id = await upload()
    progress = await run(import_id)
    assert (progress.status, progress.counts) == ("done", {"created": 2, "rejected": 1})
    assert progress.processed_rows == progress.total_rows == 3
    async with database.transaction(cast.org_id) as tx:
        rows = (await list_rows(tx, cast.org_id, import_id)).items
    assert [row.outcome for row in rows] == ["created", "created", "rejected"]
    assert rows[2].original == {"email": "nobody", "first name": "", "company": "", "source": ""}
    assert rows[2].problems[0]["path"] == "email"


async def test_a_row_about_a_lead_of_a_row_above_is_a_duplicate(upload: Upload, run: Run) -> None:
    progress = await run(await upload("email,phone\na@x.example,\na@x.example,+44 20 7946 0018\n"))
    assert progress.counts == {"created": 1, "duplicate": 1}


async def test_known_leads_are_updated_or_left_alone(upload: Upload, run: Run) -> None:
    await run(await upload("email,source\na@x.example,web\nb@x.example,web\n"))
    progress = await run(await upload("email,source\na@x.example,fair\nb@x.example,web\n"))
    assert progress.counts == {"updated": 1, "unchanged": 1}


async def test_an_import_is_run_once(upload: Upload, run: Run, database: Database, cast: Cast) -> None:
    import_id = await upload()
    await run(import_id)
    with pytest.raises(Conflict):
        await run(import_id)
    assert await _leads(database, cast) == 2


async def test_columns_that_say_nobody_cannot_be_run(upload: Upload, database: Database, cast: Cast) -> None:
    import_id = await upload("colour,size\nred,12\nblue,14\n")
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(Invalid, match="who a lead is"):
            await start_run(tx, cast.manager.actor, import_id, NOW)


async def test_a_german_file_says_where_companies_are_and_rules_that_ask_it_match(
    upload: Upload, run: Run, database: Database, cast: Cast
) -> None:
    europe = {"conditions": {"field": "company.country", "op": "in", "value": ["DE", "AT"]}}
    everybody = a_rule(cast, id="rest", name="Everybody else", priority=200)
    await publish_rules(database, cast, [a_rule(cast, name="Europe", **europe), everybody])
    await run(
        await upload("E-Mail;Firma;Land\nada@nordwind.example;Nordwind;Deutschland\nbo@volta.example;Volta;USA\n")
    )
    async with database.transaction(cast.org_id) as tx:
        found = await tx.execute(
            text(
                "SELECT c.country, d.rule_name, l.score_coverage > 0 AS is_scored FROM leads l "
                "JOIN companies c ON c.id = l.company_id JOIN routing_decisions d ON d.lead_id = l.id "
                "ORDER BY c.country"
            )
        )
    assert [tuple(row) for row in found] == [("DE", "Europe", True), ("US", "Everybody else", True)]
