"""Sixteen clients at two batchers, as two processes would have them: fair, within capacity, nobody double."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.casting import Cast
from tests.corridor.conftest import NOW, a_rule, an_intake, publish_rules

from oppspot.core.bulk import insert_rows, pipelined
from oppspot.core.db import Database
from oppspot.corridor.batching import Answer, IntakeBatcher, Submission
from oppspot.corridor.types import LeadResult
from oppspot.leads.models import Contact

pytestmark = [pytest.mark.anyio, pytest.mark.db]
CLIENTS = 16
LEADS = 200


def _created(results: Sequence[LeadResult]) -> Answer:
    return Answer(201, {"created": results[0].created, "outcome": results[0].outcome})


async def _flood(database: Database, cast: Cast, addresses: Sequence[str]) -> list[Answer]:
    """Send every address from the next free client; every other client speaks to the other batcher."""
    batchers = [IntakeBatcher(database, clock=lambda: NOW) for _ in range(2)]
    waiting = iter(addresses)

    async def client(batcher: IntakeBatcher) -> list[Answer]:
        submissions = (Submission(cast.system, [an_intake({"email": address})], _created) for address in waiting)
        return [await batcher.submit(submission) for submission in submissions]

    answered = await asyncio.gather(*(client(batchers[number % 2]) for number in range(CLIENTS)))
    return [answer for answers in answered for answer in answers]


async def _counts(database: Database, cast: Cast, query: str) -> dict[Any, int]:
    async with database.transaction(cast.org_id) as tx:
        return {row[0]: row[1] for row in await tx.execute(text(query))}


PER_REP = "SELECT rep_id, count(*) FROM assignments GROUP BY rep_id"


async def test_many_clients_at_two_batchers_are_shared_out_evenly(database: Database, cast: Cast) -> None:
    await publish_rules(database, cast, [a_rule(cast)])
    answers = await _flood(database, cast, [f"lead{number}@evenly.example" for number in range(LEADS)])
    assert len(answers) == LEADS
    assert await _counts(database, cast, PER_REP) == {rep.id: LEADS // 2 for rep in cast.reps}


async def test_many_clients_at_two_batchers_never_exceed_capacity(database: Database, cast: Cast) -> None:
    await publish_rules(database, cast, [a_rule(cast)])
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 30"))
    answers = await _flood(database, cast, [f"lead{number}@within.example" for number in range(LEADS // 2)])
    assert await _counts(database, cast, PER_REP) == {rep.id: 30 for rep in cast.reps}
    assert sum(answer.body["outcome"] == "assigned" for answer in answers) == 60


async def test_racing_duplicates_at_two_batchers_become_one_lead(database: Database, cast: Cast) -> None:
    await publish_rules(database, cast, [a_rule(cast)])
    answers = await _flood(database, cast, [f"lead{number // 4}@racing.example" for number in range(LEADS // 2)])
    assert sum(answer.body["created"] for answer in answers) == LEADS // 8
    assert await _counts(database, cast, "SELECT 1, count(*) FROM leads") == {1: LEADS // 8}


async def test_an_error_inside_a_pipeline_is_raised_as_everywhere_else(database: Database, cast: Cast) -> None:
    row = {"org_id": cast.org_id, "id": cast.team_id, "created_at": NOW, "updated_at": NOW}

    async def twice() -> None:
        async with database.transaction(cast.org_id) as tx, pipelined(tx):
            await insert_rows(tx, Contact, [row])
            await insert_rows(tx, Contact, [row])

    with pytest.raises(IntegrityError):
        await twice()
