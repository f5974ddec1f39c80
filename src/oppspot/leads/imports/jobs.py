"""The background work of imports: rehearse, run, undo; and every minute, take up what a killed worker left."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from procrastinate import Blueprint

from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.core.organisations import visit_all
from oppspot.core.runtime import Runtime
from oppspot.leads.imports.errands import rehearsal_job, run_job, undo_job
from oppspot.leads.imports.rehearsing import rehearse_import
from oppspot.leads.imports.running import run_import
from oppspot.leads.imports.states import standing_still
from oppspot.leads.imports.types import ImportStatus
from oppspot.leads.imports.undoing import undo_import

# A chunk takes a second or two; one that has not come for this long has nobody working on it.
STANDING_STILL: Final = timedelta(minutes=2)
_JOBS: Final = {
    ImportStatus.REHEARSING: rehearsal_job,
    ImportStatus.RUNNING: run_job,
    ImportStatus.UNDOING: undo_job,
}


async def resume_imports(database: Database, now: datetime) -> int:
    """Enqueue again the work that stands still; returns how many imports that is."""

    async def resume(tx: Transaction, org_id: UUID) -> int:
        stuck = await standing_still(tx, org_id, now - STANDING_STILL)
        await enqueue(tx, [_JOBS[status](org_id, import_id) for import_id, status in stuck])
        return len(stuck)

    return await visit_all(database, resume)


def tasks(runtime: Runtime) -> Blueprint:
    """Return the tasks, to be added under the namespace `imports`."""
    blueprint = Blueprint()

    @blueprint.task(name="rehearse_import")
    async def _rehearse(org_id: str, import_id: str) -> None:
        await rehearse_import(runtime.database, UUID(org_id), UUID(import_id), utc_now())

    @blueprint.task(name="run_import")
    async def _run(org_id: str, import_id: str) -> None:
        await run_import(runtime.database, UUID(org_id), UUID(import_id), utc_now)

    @blueprint.task(name="undo_import")
    async def _undo(org_id: str, import_id: str) -> None:
        await undo_import(runtime.database, UUID(org_id), UUID(import_id), utc_now)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="resume_imports", queueing_lock="imports:resume", pass_context=False)
    async def _resume(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await resume_imports(runtime.database, utc_now())

    return blueprint
