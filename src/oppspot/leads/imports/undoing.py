"""Undoes an import, last row first: its leads go unless somebody worked on them, and old values come back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, text

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import update_rows, uuid_array
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.corridor.loading import take_turn
from oppspot.corridor.removing import remove_leads
from oppspot.leads.imports.errands import undo_job
from oppspot.leads.imports.opening import started_by, starter_of
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.restoring import forget_acts, forget_attributes, restore_companies, restore_leads
from oppspot.leads.imports.rules import why_kept
from oppspot.leads.imports.states import fail_import, lock_import, progress_of, reason_of, save_import
from oppspot.leads.imports.storage import delete_file
from oppspot.leads.imports.types import TAKEN, UNDO_ROWS, ImportProgress, ImportStatus, RowOutcome, WorkSince
from oppspot.leads.models import Import, ImportRow

log = structlog.get_logger(__name__)


async def start_undo(tx: Transaction, actor: Actor, import_id: UUID, now: datetime, *, by_worker: bool = True) -> None:
    """Begin to undo an import; raises Conflict unless it is done or failed, NotFound."""
    found = await lock_import(tx, actor.org_id, import_id, {ImportStatus.DONE, ImportStatus.FAILED}, "undone")
    found.status, found.error, found.run_by = ImportStatus.UNDOING, None, started_by(actor)
    found.processed_rows = 0
    await save_import(tx, found, now)
    payload = {"filename": found.filename, "counts": dict(found.counts)}
    await record_audit(tx, actor, "import.undo_started", ("import", import_id), now, payload=payload)
    if by_worker:
        await enqueue(tx, [undo_job(actor.org_id, import_id)])


async def undo_import(
    database: Database,
    org_id: UUID,
    import_id: UUID,
    clock: Callable[[], datetime],
    report: Callable[[ImportProgress], None] = lambda _progress: None,
) -> ImportProgress | None:
    """Undo what is left of an import; returns where it ended, None when it is not being undone."""
    try:
        while True:
            async with database.transaction(org_id) as tx:
                found = await get_import(tx, org_id, import_id, for_update=True)
                if found.status != ImportStatus.UNDOING:
                    return None
                now = clock()
                rows = await _last_rows(tx, found)
                if not rows:
                    return await _finish(tx, found, now)
                await _undo_rows(tx, found, rows, now)
                await save_import(tx, found, now)
                progress = progress_of(found)
            report(progress)
    except Exception as error:  # noqa: BLE001 — whatever it is, it would be the same on every further try
        log.warning("import.undo_failed", import_id=str(import_id), error=str(error))
        await fail_import(database, org_id, import_id, reason_of(error), ImportStatus.DONE, clock())
        return None


async def _last_rows(tx: Transaction, found: Import) -> list[ImportRow]:
    statement = (
        select(ImportRow)
        .where(ImportRow.org_id == found.org_id, ImportRow.import_id == found.id, ImportRow.outcome.in_(TAKEN))
        .order_by(ImportRow.row_number.desc())
        .limit(UNDO_ROWS)
    )
    return list((await tx.execute(statement)).scalars())


async def _undo_rows(tx: Transaction, found: Import, rows: Sequence[ImportRow], now: datetime) -> None:
    await take_turn(tx, found.org_id)
    actor = starter_of(found)
    created = [row.lead_id for row in rows if row.outcome == RowOutcome.CREATED and row.lead_id]
    kept = await _kept(tx, found, created)
    mine = await _brought_in(tx, found, [row.lead_id for row in rows if row.lead_id])
    changed_since = await restore_companies(tx, found.org_id, [row for row in rows if row.lead_id not in kept], now)
    # What later rows added to a lead of this import goes, or stays, with the lead.
    others = [row for row in rows if row.lead_id not in mine]
    await forget_acts(tx, actor, found.id, [row.lead_id for row in others if row.lead_id], now)
    left = await restore_leads(tx, actor, others, _began(found), now)
    gone = [lead_id for lead_id in created if lead_id not in kept]
    await remove_leads(tx, found.org_id, gone, _began(found))
    for number, names in left.items():
        changed_since[number] = [*changed_since.get(number, []), *names]
    await _mark(tx, found, rows, kept, changed_since)


def _began(found: Import) -> datetime:
    return found.started_at or found.created_at


async def _mark(
    tx: Transaction,
    found: Import,
    rows: Sequence[ImportRow],
    kept: dict[UUID, str],
    changed_since: dict[int, list[str]],
) -> None:
    """Note on each row what became of it, and count."""
    marked = []
    for row in rows:
        is_kept = row.outcome == RowOutcome.CREATED and row.lead_id in kept
        problems: list[dict[str, Any]] = []
        if is_kept and row.lead_id:
            problems.append(_note("row", f"The lead was kept: {kept[row.lead_id]}"))
        if names := changed_since.get(row.row_number):
            problems.append(_note("row", f"Left as they are, because they have changed since: {', '.join(names)}"))
        marked.append(
            {
                "org_id": row.org_id,
                "import_id": row.import_id,
                "row_number": row.row_number,
                "outcome": RowOutcome.KEPT if problems else RowOutcome.UNDONE,
                "problems": problems or None,
            }
        )
        tx.expunge(row)
    await update_rows(tx, ImportRow, marked, ("org_id", "import_id", "row_number"))
    kept_rows = sum(row["outcome"] == RowOutcome.KEPT for row in marked)
    counts = dict(found.counts)
    counts["kept"] = counts.get("kept", 0) + kept_rows
    counts["undone"] = counts.get("undone", 0) + len(marked) - kept_rows
    found.counts = counts
    found.processed_rows += len(marked)


def _note(path: str, message: str) -> dict[str, Any]:
    return {"path": path, "message": message, "accepted": None}


async def _finish(tx: Transaction, found: Import, now: datetime) -> ImportProgress:
    found.status = ImportStatus.UNDONE
    fields = await forget_attributes(tx, found)
    await delete_file(tx, found.org_id, found.id)
    await save_import(tx, found, now)
    payload = {**{name: found.counts.get(name, 0) for name in ("undone", "kept")}, "custom_fields": fields}
    await record_audit(tx, starter_of(found), "import.undone", ("import", found.id), now, payload=payload)
    return progress_of(found)


_BROUGHT_IN = text(
    "SELECT id FROM leads WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) AND import_id = :import_id",
)


async def _brought_in(tx: Transaction, found: Import, lead_ids: Sequence[UUID]) -> set[UUID]:
    given = {"org_id": found.org_id, "ids": uuid_array(lead_ids), "import_id": found.id}
    return set((await tx.execute(_BROUGHT_IN, given)).scalars())


_WORK_SINCE = text(
    """
    SELECT l.id, l.status,
        EXISTS (SELECT FROM lead_notes AS n WHERE n.org_id = l.org_id AND n.lead_id = l.id AND n.deleted_at IS NULL)
            AS has_notes,
        EXISTS (SELECT FROM assignments AS a WHERE a.org_id = l.org_id AND a.lead_id = l.id
            AND (a.status IN ('accepted', 'working', 'completed', 'rejected') OR a.assigned_by <> 'routing'))
            AS was_worked,
        EXISTS (SELECT FROM timeline_events AS t WHERE t.org_id = l.org_id AND t.lead_id = l.id
            AND t.name = 'lead.updated' AND t.payload ->> 'cause' NOT IN ('import', 'undo', 'company')) AS was_edited,
        EXISTS (SELECT FROM claims AS c WHERE c.org_id = l.org_id AND c.lead_id = l.id)
            OR EXISTS (SELECT FROM claims AS c
                WHERE c.org_id = l.org_id AND c.company_id = l.company_id AND c.recorded_at >= :since)
            OR EXISTS (SELECT FROM engagement_events AS e WHERE e.org_id = l.org_id AND e.lead_id = l.id
                AND e.properties ->> 'import_id' IS DISTINCT FROM CAST(:import_id AS text)) AS has_facts,
        EXISTS (SELECT FROM import_rows AS r WHERE r.org_id = l.org_id AND r.lead_id = l.id
            AND r.import_id <> :import_id AND r.outcome IN ('updated', 'duplicate', 'unchanged')) AS came_again,
        EXISTS (SELECT FROM overrides AS o WHERE o.org_id = l.org_id AND o.lead_id = l.id) AS was_judged,
        EXISTS (SELECT FROM documents AS d WHERE d.org_id = l.org_id AND d.lead_id = l.id) AS has_texts
    FROM leads AS l WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[])) AND l.import_id = :import_id
    """,
)


async def _kept(tx: Transaction, found: Import, lead_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the leads of the import that must stay, each with the reason."""
    given = {"org_id": found.org_id, "ids": uuid_array(lead_ids), "import_id": found.id, "since": _began(found)}
    kept = {}
    for row in await tx.execute(_WORK_SINCE, given):
        work = WorkSince(*row[1:])
        if reason := why_kept(work):
            kept[row.id] = reason
    return kept


async def count_to_undo(tx: Transaction, org_id: UUID, import_id: UUID) -> int:
    """Return how many rows undoing an import would take back."""
    statement = select(func.count()).where(
        ImportRow.org_id == org_id, ImportRow.import_id == import_id, ImportRow.outcome.in_(TAKEN)
    )
    return int((await tx.execute(statement)).scalar_one())
