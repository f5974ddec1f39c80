"""The list of organisations, and sweeps that visit each in turn."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Database, Transaction


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """An organisation's identifier and short name."""

    id: UUID
    slug: str


async def list_organisations(database: Database) -> list[OrganisationName]:
    """Return all organisations, through door 5."""
    async with database.outside() as tx:
        rows = await tx.execute(text("SELECT org_id, slug FROM door_list_organisations()"))
        return [OrganisationName(row.org_id, row.slug) for row in rows]


async def visit_each(org_ids: Iterable[UUID], *visits: Callable[[UUID], Awaitable[int]]) -> int:
    """Make visits to organisations, one after another; returns the sum of what they return.

    No visit that fails holds up the next. At the end an ExceptionGroup is raised of what failed; a note on each error
    names the organisation.
    """
    done, failures = 0, list[Exception]()
    for org_id in org_ids:
        for visit in visits:
            try:
                done += await visit(org_id)
            except Exception as error:  # noqa: BLE001 — one organisation's trouble must not hold up the others
                error.add_note(f"In the organisation {org_id}.")
                failures.append(error)
    if failures:
        raise ExceptionGroup("some organisations could not be visited", failures)
    return done


async def visit_all(database: Database, *visits: Callable[[Transaction, UUID], Awaitable[int]]) -> int:
    """Make visits to all organisations, each in a transaction of its own; otherwise as `visit_each`."""

    def own(visit: Callable[[Transaction, UUID], Awaitable[int]]) -> Callable[[UUID], Awaitable[int]]:
        async def visit_one(org_id: UUID) -> int:
            async with database.transaction(org_id) as tx:
                return await visit(tx, org_id)

        return visit_one

    return await visit_each([each.id for each in await list_organisations(database)], *map(own, visits))
