"""A rehearsal says what a run would do, and leaves nothing behind."""

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.leads.imports.conftest import Run, Upload

from oppspot.core.db import Database
from oppspot.leads.imports.queries import list_rows

pytestmark = [pytest.mark.anyio, pytest.mark.db]
LEFT_BEHIND = ("leads", "contacts", "companies", "assignments", "lead_identities", "timeline_events", "notifications")


async def test_a_rehearsal_writes_nothing(upload: Upload, rehearse: Run, database: Database, cast: Cast) -> None:
    progress = await rehearse(await upload())
    assert (progress.status, progress.counts) == ("rehearsed", {"created": 2, "rejected": 1})
    async with database.transaction(cast.org_id) as tx:
        for table in LEFT_BEHIND:
            assert await tx.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


async def test_a_rehearsal_shows_score_verdict_and_owner(
    upload: Upload, rehearse: Run, database: Database, cast: Cast
) -> None:
    import_id = await upload()
    await rehearse(import_id)
    async with database.transaction(cast.org_id) as tx:
        first = (await list_rows(tx, cast.org_id, import_id)).items[0].result
    assert first is not None
    assert first["name"] == "Ada · Nordwind"
    assert first["owner"] in {"Rita Rep", "Ravi Rep"}
    assert {"score", "verdict", "outcome", "reason"} <= first.keys()


async def test_the_run_does_what_the_rehearsal_said(
    upload: Upload, rehearse: Run, run: Run, database: Database, cast: Cast
) -> None:
    import_id = await upload()
    said = await rehearse(import_id)
    async with database.transaction(cast.org_id) as tx:
        owners = [row.result["owner"] for row in (await list_rows(tx, cast.org_id, import_id)).items[:2] if row.result]
    done = await run(import_id)
    async with database.transaction(cast.org_id) as tx:
        query = "SELECT u.name FROM leads l JOIN users u ON u.id = l.owner_id JOIN import_rows r ON r.lead_id = l.id"
        given = list((await tx.execute(text(f"{query} ORDER BY r.row_number"))).scalars())
    assert (said.counts, owners) == (done.counts, given)
