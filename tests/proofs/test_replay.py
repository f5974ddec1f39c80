"""Thousands of stored decisions, taken again from their records: every answer is identical, the candidates included."""

from uuid import UUID

import pytest
from bench.arena import Organisation, found, with_database
from bench.samples import intakes
from sqlalchemy import select, text
from tests.proofs.conftest import LEADS

from oppspot.core.clock import utc_now
from oppspot.core.config_versions import get_config_version
from oppspot.core.db import Database, Transaction
from oppspot.corridor.configuration import compile_routing
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause
from oppspot.routing.models import RoutingDecisionRecord
from oppspot.routing.records import differences, read_decision, replay

pytestmark = [pytest.mark.prove, pytest.mark.timeout(300)]
BATCHES = (1, 7, 100, 250)
# Twice the load of the other proofs: 10,000 where nobody says otherwise.
DECISIONS = 2 * LEADS


async def _fill(database: Database, organisation: Organisation) -> None:
    taken = 0
    while taken < DECISIONS:
        size = BATCHES[taken % len(BATCHES)]
        async with database.transaction(organisation.org_id) as tx:
            await take_in(tx, organisation.system, intakes(size, first=taken), utc_now(), Cause("proof"))
        taken += size


async def _replay_all(tx: Transaction, org_id: UUID) -> tuple[int, list[str]]:
    published = await get_config_version(tx, org_id, "routing", 1)
    config = await compile_routing(tx, org_id, published.document, published.hash)
    rows = (await tx.scalars(select(RoutingDecisionRecord).where(RoutingDecisionRecord.org_id == org_id))).all()
    tables = {str(row.id): row.record.get("stretch") for row in rows}
    wrong = []
    for row in rows:
        table = tables.get(row.record.get("stretch_in", ""))
        found_different = differences(read_decision(row.record, table), replay(row.record, config, table))
        wrong += [f"{row.id}: {difference}" for difference in found_different]
    return len(rows), wrong


def test_replay_of_thousands_of_stored_decisions_gives_the_identical_answer(dsn: str) -> None:
    async def prove(database: Database) -> tuple[int, list[str], int]:
        organisation = await found(database, 9, capacity=DECISIONS // 12)
        await _fill(database, organisation)
        async with database.transaction(organisation.org_id) as tx:
            outcomes = await tx.scalar(text("SELECT count(DISTINCT outcome) FROM routing_decisions"))
            return *await _replay_all(tx, organisation.org_id), int(outcomes or 0)

    decisions, wrong, outcomes = with_database(dsn, prove)
    assert decisions >= DECISIONS
    assert outcomes > 1, "some leads found nobody with room"
    assert wrong == []
