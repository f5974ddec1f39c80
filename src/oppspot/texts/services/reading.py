"""Has documents read by an extractor, and keeps what it proposes; of two who read the same, the first is kept."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import update

from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database, Transaction
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.texts.models import Document, ProposalRecord
from oppspot.texts.queries.documents import get_context, get_document
from oppspot.texts.types import Context, DocumentState, Extractor, ExtractorFailed, Proposal, Proposals, ProposalState

log = structlog.get_logger(__name__)
_UNFORESEEN = "Something unforeseen happened while it was read. Nothing was proposed; try again."


async def read_now(tx: Transaction, org_id: UUID, document_id: UUID, extractor: Extractor, now: datetime) -> None:
    """Read a document inside the caller's transaction; only for extractors that need no network."""
    document = await get_document(tx, org_id, document_id)
    context = await get_context(tx, document)
    found = await _asked(extractor, document, context)
    if isinstance(found, str):
        await move(tx, document, DocumentState.FAILED, now, found)
    else:
        await _keep(tx, document, found, now)


async def _asked(extractor: Extractor, document: Document, context: Context) -> Proposals | str:
    """Return what an extractor proposes, or why it could not, as a sentence."""
    try:
        return await extractor.propose(document.content, context)
    except ExtractorFailed as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 — the person who waits is told, the log has the rest
        log.warning("texts.reading_failed", document_id=str(document.id), error=type(error).__name__)
        return _UNFORESEEN


async def propose_claims(
    database: Database, org_id: UUID, document_id: UUID, extractor: Extractor, now: datetime
) -> None:
    """Read a document that waits; no transaction is open while the extractor thinks. Raises NotFound."""
    async with database.transaction(org_id) as tx:
        document = await get_document(tx, org_id, document_id)
        if document.state != DocumentState.WAITING:
            return
        context = await get_context(tx, document)
    found = await _asked(extractor, document, context)
    if isinstance(found, str):
        await fail_reading(database, org_id, document_id, found, now)
        return
    async with database.transaction(org_id) as tx:
        await _keep(tx, document, found, now)


async def fail_reading(database: Database, org_id: UUID, document_id: UUID, reason: str, now: datetime) -> None:
    """Say why a document could not be read."""
    async with database.transaction(org_id) as tx:
        document = await get_document(tx, org_id, document_id, for_update=True)
        if document.state == DocumentState.WAITING:
            await move(tx, document, DocumentState.FAILED, now, reason)


async def move(
    tx: Transaction, document: Document, state: DocumentState, now: datetime, error: str | None = None
) -> None:
    """Change a document's state, and tell open pages when it is committed."""
    document.state, document.error, document.moved_at = state, error, now
    await tx.flush()
    await announce(tx, document.org_id, [f"texts:{document.lead_id}"])


async def _keep(tx: Transaction, document: Document, found: Proposals, now: datetime) -> None:
    """Write what was proposed, if the document still waits for it."""
    statement = (
        update(Document)
        .where(
            Document.org_id == document.org_id,
            Document.id == document.id,
            Document.state == DocumentState.WAITING,
        )
        .values(state=DocumentState.READY, error=None, moved_at=now, notes=[*document.notes, *found.dropped[:20]])
        .returning(Document.id)
        .execution_options(synchronize_session=False)
    )
    if (await tx.execute(statement)).scalar_one_or_none() is None:
        return
    await insert_rows(tx, ProposalRecord, [_row(document, item) for item in found.items])
    await announce(tx, document.org_id, [f"texts:{document.lead_id}"])


def _row(document: Document, item: Proposal) -> dict[str, object]:
    return {
        "org_id": document.org_id,
        "id": new_id(),
        "document_id": document.id,
        "lead_id": document.lead_id,
        "key": item.key,
        "value": item.value,
        "quote": item.quote,
        "start": item.start,
        "end": item.end,
        "confidence": round(item.confidence, 3),
        "extractor": document.extractor,
        "state": ProposalState.PROPOSED,
    }
