"""Plans that a connection made for empty tables do not outlive them."""

from typing import Any

import pytest
from sqlalchemy import event
from tests.casting import Cast
from tests.corridor.conftest import NOW, an_intake

from oppspot.core.db import Database
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause

pytestmark = [pytest.mark.anyio, pytest.mark.db]


async def test_a_connection_plans_anew_each_time_it_has_taken_in_twice_as_many(database_url: str, cast: Cast) -> None:
    database = Database(database_url, pool_size=1)
    taken, planned_at = 0, []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _note(_1: Any, _2: Any, statement: str, *_: Any) -> None:
        if statement == "DISCARD PLANS":
            planned_at.append(taken)

    for batch in range(23):
        taken += 10
        intakes = [an_intake({"external_id": f"{batch}.{number}"}) for number in range(10)]
        async with database.transaction(cast.org_id) as tx:
            await take_in(tx, cast.system, intakes, NOW, Cause("test"))
    await database.close()
    assert planned_at == [50, 100, 200]
