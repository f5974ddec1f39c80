"""Reads what would become of the ledgers if somebody left; writes nothing."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.routing.departures import Departure, Leaving, depart
from oppspot.routing.ledger_standings import PoolStanding
from oppspot.routing.queries.ledgers import Books, get_pool, open_books


async def get_departure(
    tx: Transaction, org_id: UUID, address: str, rep_id: UUID, how: Leaving, now: datetime
) -> Departure:
    """Return what becomes of one pool if one of its members leaves; raises NotFound."""
    books, pool = await get_pool(tx, org_id, address, now)
    if pool.member(rep_id) is None:
        raise NotFound("They are not in this pool.")
    return foresee_departure(books, pool, {rep_id}, how, now)


async def list_departures_of(
    tx: Transaction, org_id: UUID, rep_id: UUID, now: datetime
) -> list[tuple[Departure, Departure]]:
    """Return for each pool somebody is in what becomes of it if they leave: its team, or altogether."""
    books = await open_books(tx, org_id, now)
    return [
        (
            foresee_departure(books, pool, {rep_id}, Leaving.TEAM, now),
            foresee_departure(books, pool, {rep_id}, Leaving.ACCOUNT, now),
        )
        for pool in books.pools
        if pool.member(rep_id)
    ]


async def list_departures_from(
    tx: Transaction, org_id: UUID, team_id: UUID, staying: Collection[UUID], now: datetime
) -> list[Departure]:
    """Return what becomes of each pool of a team if of its members only these stay; none for who takes no leads."""
    books = await open_books(tx, org_id, now)
    found = []
    for pool in books.pools:
        leavers = {each.rep.id for each in pool.members} - set(staying) if pool.id.team_id == team_id else set()
        if leavers:
            found.append(foresee_departure(books, pool, leavers, Leaving.TEAM, now))
    return found


def foresee_departure(
    books: Books, pool: PoolStanding, leavers: Collection[UUID], how: Leaving, now: datetime
) -> Departure:
    """Return what becomes of a pool if these of its members leave together."""
    left = tuple(each for each in pool.members if each.rep.id in leavers)
    remaining = depart(books.reps, leavers, pool.id.team_id, how)
    return Departure(how, left, pool, books.stand_with(remaining, pool.id, now))
