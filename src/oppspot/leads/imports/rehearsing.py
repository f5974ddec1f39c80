"""Shows what an import would do: the real corridor carries its first rows, and all of it is rolled back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.corridor.types import LeadResult
from oppspot.leads.imports.errands import rehearsal_job
from oppspot.leads.imports.mapping import declare_attributes, forget_rehearsal, usable_mapping
from oppspot.leads.imports.opening import OpenImport, opened_import, started_by
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.states import fail_import, lock_import, progress_of, reason_of, save_import
from oppspot.leads.imports.taking import Row, TakenRow, count_outcomes, name_of, read_rows, stored_row, take_rows
from oppspot.leads.imports.types import BEFORE_RUN, CHUNK_ROWS, REHEARSED_ROWS, ImportProgress, ImportStatus
from oppspot.leads.models import ImportRow

log = structlog.get_logger(__name__)


async def start_rehearsal(
    tx: Transaction, actor: Actor, import_id: UUID, now: datetime, *, by_worker: bool = True
) -> None:
    """Have an import rehearsed, by a worker unless the caller does it; raises Invalid, Conflict, NotFound."""
    found = await lock_import(tx, actor.org_id, import_id, BEFORE_RUN, "rehearsed")
    usable_mapping(found)
    await forget_rehearsal(tx, found)
    found.status, found.error, found.run_by = ImportStatus.REHEARSING, None, started_by(actor)
    await save_import(tx, found, now)
    if by_worker:
        await enqueue(tx, [rehearsal_job(actor.org_id, import_id)])


async def rehearse_import(database: Database, org_id: UUID, import_id: UUID, now: datetime) -> ImportProgress | None:
    """Carry the first rows of an import and take it all back; keep only what would have become of each.

    Owners and duplicates come out as they would in a run at this moment, since all rows share one transaction. Does
    nothing and returns None unless the import is waiting for it.
    """
    try:
        async with opened_import(database, org_id, import_id) as opened:
            return await _rehearse(database, opened, now)
    except Exception as error:  # noqa: BLE001 — whatever it is, it would be the same on every further try
        log.warning("import.rehearsal_failed", import_id=str(import_id), error=str(error))
        await fail_import(database, org_id, import_id, reason_of(error), ImportStatus.UPLOADED, now)
        return None


async def _rehearse(database: Database, opened: OpenImport, now: datetime) -> ImportProgress | None:
    rows = await _first_rows(opened)
    async with database.transaction(opened.actor.org_id) as tx:
        found = await get_import(tx, opened.actor.org_id, opened.id, for_update=True)
        if found.status != ImportStatus.REHEARSING:
            return None
        savepoint = await tx.begin_nested()
        taken = await _take_all(tx, opened, rows, now)
        await savepoint.rollback()
        await insert_rows(tx, ImportRow, [_rehearsed_row(opened, item) for item in taken])
        found = await get_import(tx, opened.actor.org_id, opened.id, for_update=True)
        found.status, found.processed_rows = ImportStatus.REHEARSED, len(taken)
        found.counts = count_outcomes({}, taken)
        await save_import(tx, found, now)
        return progress_of(found)


async def _first_rows(opened: OpenImport) -> list[Row]:
    rows: list[Row] = []
    async for batch in opened.batches(CHUNK_ROWS):
        rows += await read_rows(batch, opened)
        if len(rows) >= REHEARSED_ROWS:
            break
    return rows[:REHEARSED_ROWS]


async def _take_all(tx: Transaction, opened: OpenImport, rows: Sequence[Row], now: datetime) -> list[TakenRow]:
    await declare_attributes(tx, opened.actor.org_id, opened.mapping, now)
    taken: list[TakenRow] = []
    earlier: set[UUID] = set()
    for start in range(0, len(rows), CHUNK_ROWS):
        taken += await take_rows(tx, opened, rows[start : start + CHUNK_ROWS], earlier, now)
        earlier = {item.result.id for item in taken if item.result}
    return taken


def _rehearsed_row(opened: OpenImport, item: TakenRow) -> dict[str, Any]:
    result = item.result
    return stored_row(opened, item) | {
        # A lead that was only rehearsed is not there.
        "lead_id": None,
        "before": None,
        "result": {"name": name_of(item.row)} | (_decision(result) if result else {}),
    }


def _decision(result: LeadResult) -> dict[str, Any]:
    score, verdict, assignment = result.score, result.qualification, result.assignment
    return {
        "score": score.overall,
        "band": score.band,
        "coverage": score.coverage,
        "verdict": verdict.status,
        "verdict_score": verdict.overall_score,
        "outcome": str(result.outcome),
        "owner": assignment.owner.name if assignment else None,
        "reason": result.reason,
    }
