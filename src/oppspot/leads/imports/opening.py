"""Opens the stored file of an import, ready to be read batch by batch without stopping the event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anyio import to_thread

from oppspot.core.actor import Actor, ActorKind
from oppspot.core.db import Database
from oppspot.corridor.attributes import declarations_of
from oppspot.leads.importing.mappings import ImportMapping
from oppspot.leads.importing.readers import RowBatch, Table, open_table
from oppspot.leads.importing.values import RowReader, compile_reader
from oppspot.leads.imports.mapping import usable_mapping
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.storage import fetched_file
from oppspot.leads.imports.types import ImportStatus
from oppspot.leads.models import Import


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import with its file open; `actor` is who started the work."""

    id: UUID
    actor: Actor
    status: ImportStatus
    last_row: int
    mapping: ImportMapping
    table: Table
    reader: RowReader

    async def batches(self, size: int) -> AsyncIterator[RowBatch]:
        """Yield the rows that are not done yet, read in a thread of its own; raises UnreadableTable."""
        reading = self.table.iter_batches(size)
        while (batch := await to_thread.run_sync(next, reading, None)) is not None:
            if batch.numbers[-1] > self.last_row:
                yield rows_after(batch, self.last_row)


def rows_after(batch: RowBatch, last_row: int) -> RowBatch:
    """Return the rows of a batch whose numbers come after one."""
    places = [place for place, number in enumerate(batch.numbers) if number > last_row]
    if len(places) == len(batch):
        return batch
    return RowBatch(
        [batch.numbers[place] for place in places],
        [batch.rows[place] for place in places],
        {new: batch.faults[place] for new, place in enumerate(places) if place in batch.faults},
    )


@asynccontextmanager
async def opened_import(database: Database, org_id: UUID, import_id: UUID) -> AsyncIterator[OpenImport]:
    """Fetch and open an import's file. Raises NotFound, Invalid for its mapping, UnreadableTable, Conflict."""
    async with database.transaction(org_id) as tx:
        found = await get_import(tx, org_id, import_id)
    declared = await declarations_of(database, org_id)
    async with fetched_file(database, org_id, import_id) as path:
        table = await to_thread.run_sync(open_table, path)
        mapping = usable_mapping(found)
        status = ImportStatus(found.status)
        reader = compile_reader(mapping, declared)
        yield OpenImport(import_id, starter_of(found), status, found.last_row, mapping, table, reader)


def starter_of(found: Import) -> Actor:
    """Return who started the work on an import: the timeline shows their name."""
    run_by: dict[str, Any] = found.run_by or {"kind": ActorKind.SYSTEM, "id": None, "name": found.created_by}
    actor_id = UUID(run_by["id"]) if run_by["id"] else None
    return Actor(found.org_id, ActorKind(run_by["kind"]), actor_id, run_by["name"], frozenset())


def started_by(actor: Actor) -> dict[str, Any]:
    """Return an actor in the form that an import keeps."""
    return {"kind": str(actor.kind), "id": str(actor.id) if actor.id else None, "name": actor.name}
