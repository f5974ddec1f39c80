"""What became of reps' leads is counted by rep and priority, and shifts shares by conversion."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.bulk import insert_rows
from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.core.ids import new_id
from oppspot.leads.models import Contact, Lead
from oppspot.routing.models import Assignment
from oppspot.routing.services.outcomes import WINDOW, count_outcomes

pytestmark = pytest.mark.anyio
NOW = utc_now()


async def completed(
    tx: Transaction, cast: Cast, rep: object, status: str, *, days_ago: int = 1, value: int = 0
) -> None:
    contact, lead, at = new_id(), new_id(), NOW - timedelta(days=days_ago)
    stamps = {"org_id": cast.org_id, "created_at": at, "updated_at": at}
    await insert_rows(tx, Contact, [{**stamps, "id": contact}])
    known = {"outcome": "assigned", "framework": "bant", "verdict": "nurture", "assessed_at": at, "search_text": ""}
    empty = {"attributes": {}, "standings": [], "overrides": {}}
    row = {**stamps, **known, **empty, "id": lead, "contact_id": contact, "status": status, "stage": "lead"}
    await insert_rows(tx, Lead, [row])
    work = {"org_id": cast.org_id, "id": new_id(), "lead_id": lead, "rep_id": rep, "status": "completed", "reason": ""}
    when = {"assigned_at": at, "completed_at": at, "ended_at": at, "assigned_by": "routing"}
    await insert_rows(tx, Assignment, [{**work, **when, "priority": "high", "value": value}])


async def counted(tx: Transaction) -> list[tuple]:
    rows = await tx.execute(text("SELECT rep_id, priority, trials, wins, value FROM rep_outcomes ORDER BY trials DESC"))
    return [tuple(row) for row in rows]


async def test_a_win_is_a_lead_that_ended_qualified_or_converted(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        for status in ("qualified", "converted", "disqualified", "nurturing"):
            await completed(tx, cast, cast.rep.id, status, value=100)
        await completed(tx, cast, cast.other_rep.id, "disqualified")
        await completed(tx, cast, cast.other_rep.id, "qualified", days_ago=WINDOW.days + 1)
        await count_outcomes(tx, cast.org_id, NOW)
        assert await counted(tx) == [(cast.rep.id, "high", 4, 2, 200), (cast.other_rep.id, "high", 1, 0, 0)]


async def test_counting_again_changes_nothing_and_forgets_what_is_too_long_ago(database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        await completed(tx, cast, cast.rep.id, "qualified")
        await count_outcomes(tx, cast.org_id, NOW)
        first = await counted(tx)
        await count_outcomes(tx, cast.org_id, NOW)
        assert await counted(tx) == first
        assert first[0][2:4] == (1, 1)
        await count_outcomes(tx, cast.org_id, NOW + WINDOW)
        assert await counted(tx) == []
