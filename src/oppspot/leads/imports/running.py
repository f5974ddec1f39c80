"""Runs an import chunk by chunk; each chunk's rows, leads and progress are one transaction, so none happens twice."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.leads.importing.readers import RowBatch
from oppspot.leads.imports.errands import run_job
from oppspot.leads.imports.mapping import declare_attributes, forget_rehearsal, remember_mapping, usable_mapping
from oppspot.leads.imports.opening import OpenImport, opened_import, rows_after, started_by, starter_of
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.states import fail_import, lock_import, progress_of, reason_of, save_import
from oppspot.leads.imports.storage import delete_file
from oppspot.leads.imports.taking import count_outcomes, read_rows, stored_row, take_rows
from oppspot.leads.imports.types import BEFORE_RUN, CHUNK_ROWS, ImportProgress, ImportStatus
from oppspot.leads.models import ImportRow

log = structlog.get_logger(__name__)

Report = Callable[[ImportProgress], None]
_ATTEMPTS: Final = 4
# Deadlock, serialisation failure, lost unique race: the same chunk will succeed on its next try.
_PASSING: Final = frozenset({"40P01", "40001", "23505"})


async def start_run(tx: Transaction, actor: Actor, import_id: UUID, now: datetime, *, by_worker: bool = True) -> None:
    """Begin an import, or go on with one that failed; a worker does it unless the caller does.

    Raises Invalid when the mapping cannot be used, Conflict when the import has been run, NotFound.
    """
    found = await lock_import(tx, actor.org_id, import_id, {*BEFORE_RUN, ImportStatus.FAILED}, "run")
    mapping = usable_mapping(found)
    goes_on = found.status == ImportStatus.FAILED
    if not goes_on:
        await forget_rehearsal(tx, found)
        found.started_at = now
    await declare_attributes(tx, actor.org_id, mapping, now)
    await remember_mapping(tx, actor.org_id, mapping, now)
    found.status, found.error, found.run_by = ImportStatus.RUNNING, None, started_by(actor)
    await save_import(tx, found, now)
    action = "import.resumed" if goes_on else "import.started"
    payload = {"filename": found.filename, "rows": found.total_rows}
    await record_audit(tx, actor, action, ("import", import_id), now, payload=payload)
    if by_worker:
        await enqueue(tx, [run_job(actor.org_id, import_id)])


async def run_import(
    database: Database,
    org_id: UUID,
    import_id: UUID,
    clock: Callable[[], datetime],
    report: Report = lambda _progress: None,
) -> ImportProgress | None:
    """Carry what is left of a running import; returns where it ended, None when it is not running.

    A file that turns out to be broken, or leads that cannot be saved, leave it failed with the reason.
    """
    try:
        async with opened_import(database, org_id, import_id) as opened:
            if opened.status is not ImportStatus.RUNNING:
                return None
            async for batch in opened.batches(CHUNK_ROWS):
                if (progress := await _run_chunk(database, opened, batch, clock())) is None:
                    return None
                report(progress)
        return await _finish(database, org_id, import_id, clock())
    except Exception as error:  # noqa: BLE001 — whatever it is, it would be the same on every further try
        log.warning("import.failed", import_id=str(import_id), error=str(error))
        await fail_import(database, org_id, import_id, reason_of(error), ImportStatus.FAILED, clock())
        async with database.transaction(org_id) as tx:
            return progress_of(await get_import(tx, org_id, import_id))


async def _run_chunk(database: Database, opened: OpenImport, batch: RowBatch, now: datetime) -> ImportProgress | None:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await _take_chunk(database, opened, batch, now)
        except DBAPIError as error:
            if attempt == _ATTEMPTS or getattr(error.orig, "sqlstate", None) not in _PASSING:
                raise
    return None  # pragma: no cover — the last attempt returns or raises


async def _take_chunk(database: Database, opened: OpenImport, batch: RowBatch, now: datetime) -> ImportProgress | None:
    """Carry one chunk in one transaction. Rows that another worker has done meanwhile are left out."""
    async with database.transaction(opened.actor.org_id) as tx:
        found = await get_import(tx, opened.actor.org_id, opened.id, for_update=True)
        if found.status != ImportStatus.RUNNING:
            return None
        left = rows_after(batch, found.last_row)
        if len(left):
            taken = await take_rows(tx, opened, await read_rows(left, opened), None, now)
            await insert_rows(tx, ImportRow, [stored_row(opened, item) for item in taken])
            found.counts = count_outcomes(found.counts, taken)
            found.processed_rows += len(left)
            found.last_row = left.numbers[-1]
            await save_import(tx, found, now)
        return progress_of(found)


async def _finish(database: Database, org_id: UUID, import_id: UUID, now: datetime) -> ImportProgress:
    async with database.transaction(org_id) as tx:
        found = await get_import(tx, org_id, import_id, for_update=True)
        if found.status == ImportStatus.RUNNING:
            found.status, found.finished_at = ImportStatus.DONE, now
            await delete_file(tx, org_id, import_id)
            await save_import(tx, found, now)
            await record_audit(
                tx, starter_of(found), "import.finished", ("import", import_id), now, payload=dict(found.counts)
            )
        return progress_of(found)


async def discard_import(tx: Transaction, actor: Actor, import_id: UUID, now: datetime) -> None:
    """Throw away an upload that was never run; raises Conflict otherwise."""
    found = await lock_import(tx, actor.org_id, import_id, BEFORE_RUN, "thrown away")
    payload = {"filename": found.filename}
    await delete_file(tx, actor.org_id, import_id)
    await tx.execute(delete(ImportRow).where(ImportRow.org_id == actor.org_id, ImportRow.import_id == import_id))
    await tx.delete(found)
    await tx.flush()
    await record_audit(tx, actor, "import.discarded", ("import", import_id), now, payload=payload)
