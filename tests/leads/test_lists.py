"""The orders of the lead list: every lead comes exactly once, in order, however small the pages are."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from tests.casting import Cast
from tests.corridor.conftest import NOW, an_intake

from oppspot.core.db import Database
from oppspot.core.errors import Invalid
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.pagination import encode_cursor
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause
from oppspot.leads.filters import LeadFilter, LeadSort
from oppspot.leads.queries.details import list_timeline
from oppspot.leads.queries.lists import LeadRow, list_leads

pytestmark = [pytest.mark.anyio, pytest.mark.db]

# Ties, and values nobody knows.
SCORES = [Decimal(50), None, Decimal("12.5"), Decimal(50), None, Decimal(0), None]
_SET = text(
    "UPDATE leads SET score_overall = :score, sla_due_at = :due, created_at = :at, updated_at = :at WHERE id = :id"
)


@pytest.fixture
async def mixed(database: Database, cast: Cast) -> None:
    intakes = [an_intake({"email": f"p{number}@x{number}.example"}) for number in range(len(SCORES))]
    async with database.transaction(cast.org_id) as tx:
        results = await take_in(tx, cast.system, intakes, NOW, Cause("test"))
        for number, (result, score) in enumerate(zip(results, SCORES, strict=True)):
            due = None if number % 3 == 0 else NOW + timedelta(hours=number // 2)
            at = NOW + timedelta(minutes=number % 4)
            await tx.execute(_SET, {"id": result.id, "score": score, "due": due, "at": at})


_VALUE = {"created": "created_at", "updated": "updated_at", "score": "score", "due": "sla_due_at"}


def _in_order(rows: list[LeadRow], sort: LeadSort) -> list[Any]:
    """Sort as the definition of an order says: unknown values last, equal ones by identifier in the same direction."""
    name, backwards = _VALUE[sort.removeprefix("-")], sort.startswith("-")
    known = [row for row in rows if getattr(row, name) is not None]
    unknown = [row for row in rows if getattr(row, name) is None]
    known.sort(key=lambda row: (getattr(row, name), row.id), reverse=backwards)
    return [*known, *sorted(unknown, key=lambda row: row.id, reverse=backwards)]


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
@pytest.mark.parametrize("sort", LeadSort)
@pytest.mark.usefixtures("mixed")
async def test_pages_join_into_the_whole_list(database: Database, cast: Cast, sort: LeadSort, limit: int) -> None:
    rows: list[LeadRow] = []
    async with database.transaction(cast.org_id) as tx:
        cursor = None
        while cursor is not None or not rows:
            page = await list_leads(tx, cast.rep.actor, LeadFilter(), NOW, sort=sort, limit=limit, cursor=cursor)
            assert len(page.items) <= limit
            rows += page.items
            cursor = page.next_cursor
    assert [row.id for row in rows] == [row.id for row in _in_order(rows, sort)]
    assert len({row.id for row in rows}) == len(SCORES)


async def test_pages_of_a_timeline_join_whatever_was_written_late(database: Database, cast: Cast) -> None:
    """Who waits writes later than it says: times and identifiers need not go the same way."""
    lead_id = new_id()
    minutes = [3, 1, 4, 1, 5, 2]
    async with database.transaction(cast.org_id) as tx:
        for minute in minutes:
            happened = [Happening("lead.scored", lead_id, {"to": minute})]
            await record_events(tx, cast.system, happened, NOW + timedelta(minutes=minute))
        told, cursor = [], None
        while cursor is not None or not told:
            page = await list_timeline(tx, cast.org_id, lead_id, limit=2, cursor=cursor)
            told += [event.payload["to"] for event in page.items]
            cursor = page.next_cursor
        with pytest.raises(Invalid, match="cursor"):
            await list_timeline(tx, cast.org_id, lead_id, cursor=encode_cursor(["yesterday", 7]))
    assert told == sorted(minutes, reverse=True)
