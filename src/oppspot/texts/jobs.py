"""The background work of documents: have them read; and every minute, take up what a killed worker left."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from procrastinate import Blueprint

from oppspot.core.clock import utc_now
from oppspot.core.db import Database, Transaction
from oppspot.core.jobs import enqueue
from oppspot.core.organisations import visit_all
from oppspot.core.runtime import Runtime
from oppspot.integrations.extractors import build_extractor
from oppspot.texts.errands import reading_job
from oppspot.texts.queries.documents import get_document, waiting_since
from oppspot.texts.services.reading import fail_reading, propose_claims
from oppspot.texts.types import ExtractorFailed

# Longer than a model may take with its second try (twice 600 seconds at most).
STANDING_STILL: Final = timedelta(minutes=25)


async def resume_readings(database: Database, now: datetime) -> int:
    """Enqueue again what has waited too long; returns how many documents that is."""

    async def resume(tx: Transaction, org_id: UUID) -> int:
        waiting = await waiting_since(tx, org_id, now - STANDING_STILL)
        await enqueue(tx, [reading_job(org_id, document_id) for document_id in waiting])
        return len(waiting)

    return await visit_all(database, resume)


async def read_document(runtime: Runtime, org_id: UUID, document_id: UUID) -> None:
    """Have a document read by the extractor that was chosen when it was added."""
    async with runtime.database.transaction(org_id) as tx:
        name = (await get_document(tx, org_id, document_id)).extractor
    try:
        extractor = build_extractor(runtime.settings, name)
    except ExtractorFailed as error:
        await fail_reading(runtime.database, org_id, document_id, f"{error} Nothing was proposed.", utc_now())
        return
    await propose_claims(runtime.database, org_id, document_id, extractor, utc_now())


def tasks(runtime: Runtime) -> Blueprint:
    """Return the tasks, to be added under the namespace `texts`."""
    blueprint = Blueprint()

    @blueprint.task(name="propose_claims")
    async def _propose(org_id: str, document_id: str) -> None:
        await read_document(runtime, UUID(org_id), UUID(document_id))

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="resume_readings", queueing_lock="texts:resume", pass_context=False)
    async def _resume(timestamp: int) -> None:  # noqa: ARG001 — procrastinate passes when it was due
        await resume_readings(runtime.database, utc_now())

    return blueprint
