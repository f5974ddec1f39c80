"""Seeds a database with the example organisations; does nothing where they are already."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import create_engine, delete, make_url, select, text

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.organisations import list_organisations
from oppspot.corridor.rescoring import rescore_chunk, split_rescoring, start_rescoring
from oppspot.demo.budgets import with_budgets
from oppspot.demo.founding import found
from oppspot.demo.generating import YEAR, make_leads
from oppspot.demo.lately import act
from oppspot.demo.living import live_through
from oppspot.demo.organisations import ORGANISATIONS
from oppspot.models import metadata

SEED: Final = 20_260
LEADS: Final = 1_600
Report = Callable[[int, int], None]


async def seed(
    database: Database, now: datetime, *, leads: int = LEADS, seed_number: int = SEED, report: Report
) -> bool:
    """Found the example organisations with `leads` leads in all; returns False when one exists already.

    Equal arguments give equal leads. `report` is told how many leads of how many have come in.
    """
    existing = {organisation.slug for organisation in await list_organisations(database)}
    if existing & {made.slug for made in ORGANISATIONS}:
        return False
    start, done = now - YEAR, 0
    for number, made in enumerate(ORGANISATIONS):
        founded = await found(database, made, start, now)
        history = make_leads(seed_number + number, max(1, round(leads * made.share)), now)
        if made.asks_for_budgets:
            history = with_budgets(history, seed_number)

        def tell(count: int) -> None:
            nonlocal done
            done += count
            report(min(done, leads), leads)

        await live_through(database, founded.id, history, start, now, tell)
        await _assess_as_of(database, founded.id, now)
        await act(database, founded, now)
        await _mark_complete(database, founded.id)
    return True


async def _assess_as_of(database: Database, org_id: UUID, now: datetime) -> None:
    """Have evidence that aged since a lead last changed count as what it is, as every night does."""
    async with database.transaction(org_id) as tx:
        run_id = await start_rescoring(tx, org_id, "time", now)
    for number in range(await split_rescoring(database, org_id, run_id)):
        await rescore_chunk(database, org_id, run_id, number, now)


_COMPLETE: Final = text('UPDATE organisations SET settings = settings || \'{"demo": "complete"}\' WHERE id = :org_id')


async def _mark_complete(database: Database, org_id: UUID) -> None:
    async with database.transaction(org_id) as tx:
        await tx.execute(_COMPLETE, {"org_id": org_id})


def forget_unfinished(dsn: str) -> None:
    """Remove example organisations whose year was interrupted; needs the owner of the tables."""
    slugs = [made.slug for made in ORGANISATIONS]
    engine = create_engine(make_url(dsn).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        organisations = metadata.tables["organisations"]
        unfinished = select(organisations.c.id).where(
            organisations.c.slug.in_(slugs), organisations.c.settings["demo"].astext.is_distinct_from("complete")
        )
        ids = list(connection.scalars(unfinished))
        for table in reversed(metadata.sorted_tables) if ids else ():
            key = table.c.get("org_id", table.c.get("id"))
            connection.execute(delete(table).where(key.in_(ids)))
    engine.dispose()


def run(dsn: str, *, leads: int = LEADS, seed_number: int = SEED, report: Report) -> bool:
    """Seed a migrated database; see `seed`."""
    forget_unfinished(dsn)

    async def work() -> bool:
        database = Database(dsn, pool_size=2)
        try:
            return await seed(database, utc_now(), leads=leads, seed_number=seed_number, report=report)
        finally:
            await database.close()

    return asyncio.run(work())
