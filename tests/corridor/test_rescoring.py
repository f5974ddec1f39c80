"""All leads assessed anew: in chunks, by many, once each, whatever dies in between."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.casting import Cast
from tests.corridor.conftest import NOW, TakeIn, an_intake

from oppspot.core.config_versions import publish_config
from oppspot.core.db import Database
from oppspot.corridor import rescoring
from oppspot.corridor.jobs import route_unrouted
from oppspot.corridor.pipeline import reassess, take_in
from oppspot.corridor.rescoring import (
    Progress,
    list_rescorings,
    rescore_chunk,
    resume_rescorings,
    split_rescoring,
    start_rescoring,
)
from oppspot.corridor.types import Cause
from oppspot.scoring.defaults import default_document

pytestmark = [pytest.mark.anyio, pytest.mark.db]
LEADS = 60
LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 10)


async def _sixty(take: TakeIn) -> None:
    await take(
        *(
            {
                "email": f"p{number}@c{number}.example",
                "company": {"domain": f"c{number}.example", "annual_revenue": 2e6},
            }
            for number in range(LEADS)
        )
    )


async def _publish(database: Database, cast: Cast) -> UUID:
    """Make revenue worth nothing, so that every score changes."""
    document = default_document()
    document["weights"] = {"financial": 0.1, "technology": 0.2, "industry": 0.3, "growth": 0.2, "engagement": 0.2}
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.manager.actor, "scoring", document, LATER)
        return await start_rescoring(tx, cast.org_id, "config", LATER)


async def _progress(database: Database, cast: Cast) -> Progress:
    async with database.transaction(cast.org_id) as tx:
        return (await list_rescorings(tx, cast.org_id))[0]


async def _count(database: Database, cast: Cast, table: str) -> int:
    async with database.transaction(cast.org_id) as tx:
        return int((await tx.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_many_workers_do_every_chunk_once(take: TakeIn, database: Database, cast: Cast) -> None:
    await _sixty(take)
    run = await _publish(database, cast)
    assert await split_rescoring(database, cast.org_id, run) == 6
    before = await _count(database, cast, "score_history")
    # Every chunk is asked for three times at once.
    asked = [rescore_chunk(database, cast.org_id, run, number, LATER) for number in range(6) for _ in range(3)]
    done = await asyncio.gather(*asked)
    assert (sum(done), done.count(0)) == (LEADS, 12)
    assert await _count(database, cast, "score_history") == before + LEADS
    progress = await _progress(database, cast)
    assert (progress.done, progress.total, progress.finished_at is not None) == (LEADS, LEADS, True)


async def test_leads_come_in_while_all_are_assessed_anew(take: TakeIn, database: Database, cast: Cast) -> None:
    await _sixty(take)
    run = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, run)
    chunks = [rescore_chunk(database, cast.org_id, run, number, LATER) for number in range(6)]
    again = [
        take({"email": f"p{n}@c{n}.example", "title": "CFO"}, {"email": f"new{n}@c{n}.example"}) for n in range(12)
    ]
    await asyncio.gather(*chunks, *again)
    assert await _count(database, cast, "leads") == LEADS + 12
    assert (await _progress(database, cast)).done == LEADS


async def test_a_chunk_whose_worker_dies_is_taken_up_again(
    take: TakeIn, database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _sixty(take)
    run = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, run)
    before = await _count(database, cast, "score_history")
    with monkeypatch.context() as broken:
        broken.setattr(rescoring, "_HOLD", text("SELECT 1 / 0"))
        with pytest.raises(DBAPIError, match="division by zero"):
            await rescore_chunk(database, cast.org_id, run, 0, LATER)
    assert await _count(database, cast, "score_history") == before
    assert await resume_rescorings(database, cast.org_id, LATER + timedelta(minutes=4)) == 0
    assert await resume_rescorings(database, cast.org_id, LATER + timedelta(minutes=6)) == 1
    assert await rescore_chunk(database, cast.org_id, run, 0, LATER) == 10


async def test_a_later_publication_takes_the_place_of_a_run_under_way(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await _sixty(take)
    first = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, first)
    await _publish(database, cast)
    assert await rescore_chunk(database, cast.org_id, first, 0, LATER) == 0
    async with database.transaction(cast.org_id) as tx:
        latest, former = await list_rescorings(tx, cast.org_id)
    assert (latest.is_running, former.is_running) == (True, False)


async def test_without_leads_a_run_is_over_at_once(database: Database, cast: Cast) -> None:
    run = await _publish(database, cast)
    assert await split_rescoring(database, cast.org_id, run) == 0
    assert (await _progress(database, cast)).finished_at is not None


async def test_assessing_anew_routes_nobody_until_the_end(take: TakeIn, database: Database, cast: Cast) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 0"))
    [held] = await take({"email": "a@x.example"})
    assert held.outcome == "at_capacity"
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 5"))
    run = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, run)
    await rescore_chunk(database, cast.org_id, run, 0, LATER)
    assert await _count(database, cast, "assignments") == 0
    assert await route_unrouted(database, cast.org_id, UUID(int=0), LATER) == 1
    assert await _count(database, cast, "assignments") == 1


async def test_a_lead_that_stays_as_it_is_is_not_written_again(take: TakeIn, database: Database, cast: Cast) -> None:
    await take(
        {
            "email": "a@x.example",
            "company": {"domain": "x.example", "annual_revenue": 2e6, "technologies": ["SAP"]},
            "claims": [{"key": "need.urgency", "value": "high"}, {"key": "authority.committee_size", "value": 7}],
        }
    )
    version = text("SELECT xmin::text FROM leads")
    async with database.transaction(cast.org_id) as tx:
        before = (await tx.execute(version)).scalar_one()
        run = await start_rescoring(tx, cast.org_id, "time", LATER)
    await split_rescoring(database, cast.org_id, run)
    assert await rescore_chunk(database, cast.org_id, run, 0, LATER) == 1
    async with database.transaction(cast.org_id) as tx:
        assert (await tx.execute(version)).scalar_one() == before


async def test_evidence_recorded_while_a_run_waits_counts(take: TakeIn, database: Database, cast: Cast) -> None:
    await take({"email": "a@x.example"})
    run = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, run)
    since = LATER + timedelta(seconds=5)
    claims = [{"key": "need.urgency", "value": "high"}]
    [said] = await take({"email": "a@x.example", "claims": claims}, now=since)
    # The chunk was begun before the claim was made, and had to wait for the lead.
    await rescore_chunk(database, cast.org_id, run, 0, LATER)
    async with database.transaction(cast.org_id) as tx:
        coverage = (await tx.execute(text("SELECT bant_coverage FROM leads"))).scalar_one()
    assert float(coverage) == said.qualification.coverage > 0


async def test_what_a_company_says_since_counts_for_a_colleague_who_waited(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    company = {"domain": "x.example", "annual_revenue": 2e6}
    _, bea = await take({"email": "a@x.example", "company": company}, {"email": "b@x.example"})
    await take({"email": "a@x.example", "company": company | {"annual_revenue": 9e6}}, now=LATER + timedelta(seconds=5))
    # Asked for before the company changed, and carried out after.
    async with database.transaction(cast.org_id) as tx:
        [again] = await reassess(tx, cast.system, [bea.id], LATER, Cause("calculated"))
    assert again.qualification.coverage == bea.qualification.coverage > 0


async def test_history_stands_in_the_order_in_which_it_was_made(take: TakeIn, database: Database, cast: Cast) -> None:
    await take({"email": "a@x.example"})
    run = await _publish(database, cast)
    await split_rescoring(database, cast.org_id, run)
    since = LATER + timedelta(seconds=5)
    await take({"email": "a@x.example", "company": {"domain": "x.example", "annual_revenue": 2e6}}, now=since)
    document = default_document()
    document["weights"] = {"financial": 0.6, "technology": 0.1, "industry": 0.1, "growth": 0.1, "engagement": 0.1}
    async with database.transaction(cast.org_id) as tx:
        await publish_config(tx, cast.manager.actor, "scoring", document, since)
        await tx.execute(text("UPDATE companies SET updated_at = created_at"))
    before = await _count(database, cast, "score_history")
    await rescore_chunk(database, cast.org_id, run, 0, LATER)
    assert await _count(database, cast, "score_history") == before + 1
    async with database.transaction(cast.org_id) as tx:
        moments = list((await tx.execute(text("SELECT at FROM score_history ORDER BY id"))).scalars())
    assert moments == sorted(moments)


async def test_a_lead_taken_in_while_a_configuration_is_published_is_among_those_assessed_anew(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await take()
    async with database.transaction(cast.org_id) as tx:
        await take_in(tx, cast.system, [an_intake({"email": "a@x.example"})], NOW, Cause("test"))
        run = await _publish(database, cast)
        splitting = asyncio.create_task(split_rescoring(database, cast.org_id, run))
        await asyncio.wait({splitting}, timeout=0.3)
    assert await splitting == 1
    assert (await _progress(database, cast)).total == 1


async def test_a_chunk_that_waits_for_a_lead_decides_by_what_is_live_then(
    take: TakeIn, database: Database, cast: Cast
) -> None:
    await take({"email": "a@x.example", "company": {"domain": "x.example", "annual_revenue": 2e6}})
    async with database.transaction(cast.org_id) as tx:
        run = await start_rescoring(tx, cast.org_id, "time", LATER)
    await split_rescoring(database, cast.org_id, run)
    before = await _count(database, cast, "score_history")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("SELECT FROM leads FOR UPDATE"))
        chunk = asyncio.create_task(rescore_chunk(database, cast.org_id, run, 0, LATER))
        await asyncio.wait({chunk}, timeout=0.3)
        await _publish(database, cast)
    await chunk
    assert await _count(database, cast, "score_history") == before + 1
