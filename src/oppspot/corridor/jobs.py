"""Work that enters the corridor by itself: after a configuration changed, a company changed, or time passed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from procrastinate import Blueprint
from sqlalchemy import text

from oppspot.core.actor import system_actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.core.organisations import list_organisations, visit_all, visit_each
from oppspot.core.runtime import Runtime
from oppspot.corridor.errands import retry_unrouted
from oppspot.corridor.pipeline import reassess
from oppspot.corridor.rescoring import rescore_chunk, resume_rescorings, split_rescoring, start_rescoring
from oppspot.corridor.types import Cause

CHUNK: Final = 500
_UNROUTED = text(
    "SELECT id FROM leads WHERE org_id = :org_id AND id > :after AND next_check_at IS NOT NULL "
    "ORDER BY id LIMIT :number",
)
_OF_COMPANY = text("SELECT id FROM leads WHERE org_id = :org_id AND company_id = :company_id ORDER BY id")
_DUE = text(
    "SELECT id FROM leads WHERE org_id = :org_id AND next_check_at <= :now ORDER BY score_overall DESC NULLS LAST, id "
    "LIMIT :number",
)


async def route_unrouted(database: Database, org_id: UUID, after: UUID, now: datetime) -> int:
    """Route the next leads that nobody has and enqueue those after them, in one transaction; returns how many."""
    async with database.transaction(org_id) as tx:
        ids = await _ids(tx, _UNROUTED, org_id=org_id, after=after, number=CHUNK)
        await _reassess(tx, org_id, ids, now, "rules")
        if len(ids) == CHUNK:
            await enqueue(tx, [retry_unrouted(org_id, ids[-1])])
        return len(ids)


async def reassess_company(database: Database, org_id: UUID, company_id: UUID, now: datetime) -> int:
    """Assess all leads of a company anew; returns how many."""
    async with database.transaction(org_id) as tx:
        ids = await _ids(tx, _OF_COMPANY, org_id=org_id, company_id=company_id)
    for start in range(0, len(ids), CHUNK):
        async with database.transaction(org_id) as tx:
            await _reassess(tx, org_id, ids[start : start + CHUNK], now, "company")
    return len(ids)


async def retry_waiting(database: Database, now: datetime) -> int:
    """Route again the leads nobody has whose next check is due, organisation by organisation; returns how many."""

    async def retry(tx: Transaction, org_id: UUID) -> int:
        ids = await _ids(tx, _DUE, org_id=org_id, now=now, number=CHUNK)
        await _reassess(tx, org_id, ids, now, "sweep")
        return len(ids)

    return await visit_all(database, retry)


async def start_daily(database: Database, now: datetime) -> int:
    """Have all leads assessed anew, for evidence ages and interest fades; returns how many organisations."""

    async def start(tx: Transaction, org_id: UUID) -> int:
        await start_rescoring(tx, org_id, "time", now)
        return 1

    return await visit_all(database, start)


async def resume_all(database: Database, now: datetime) -> int:
    """Take up again every run that stands still, as its workers have died; returns how many."""
    org_ids = [each.id for each in await list_organisations(database)]
    return await visit_each(org_ids, lambda org_id: resume_rescorings(database, org_id, now))


async def _ids(tx: Transaction, statement: object, **parameters: object) -> list[UUID]:
    return list((await tx.execute(statement, parameters)).scalars())  # type: ignore[call-overload]


async def _reassess(tx: Transaction, org_id: UUID, ids: Sequence[UUID], now: datetime, cause: str) -> None:
    if ids:
        await reassess(tx, system_actor(org_id), ids, now, Cause(cause))


def tasks(runtime: Runtime) -> Blueprint:
    """Return the corridor's tasks for a worker."""
    blueprint = Blueprint()

    @blueprint.task(name="split_rescoring")
    async def _split(org_id: str, rescoring_id: str) -> None:
        await split_rescoring(runtime.database, UUID(org_id), UUID(rescoring_id))

    @blueprint.task(name="rescore_chunk")
    async def _rescore(org_id: str, rescoring_id: str, number: int) -> None:
        await rescore_chunk(runtime.database, UUID(org_id), UUID(rescoring_id), number, utc_now())

    @blueprint.task(name="retry_unrouted")
    async def _unrouted(org_id: str, after: str) -> None:
        await route_unrouted(runtime.database, UUID(org_id), UUID(after), utc_now())

    @blueprint.task(name="reassess_company")
    async def _company(org_id: str, company_id: str) -> None:
        await reassess_company(runtime.database, UUID(org_id), UUID(company_id), utc_now())

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="retry_waiting", queueing_lock="retry_waiting", pass_context=False)
    async def _waiting(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await retry_waiting(runtime.database, utc_now())

    @blueprint.periodic(cron="17 3 * * *")
    @blueprint.task(name="reassess_daily", queueing_lock="reassess_daily", pass_context=False)
    async def _daily(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await start_daily(runtime.database, utc_now())

    @blueprint.periodic(cron="*/5 * * * *")
    @blueprint.task(name="resume_rescorings", queueing_lock="resume_rescorings", pass_context=False)
    async def _resume(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await resume_all(runtime.database, utc_now())

    return blueprint
