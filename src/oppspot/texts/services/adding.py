"""Takes a document in, and has it read: at once when that is quick, else by a worker."""

from datetime import datetime
from pathlib import PurePath
from typing import Final
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, invalid
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.jobs import enqueue
from oppspot.core.live import announce
from oppspot.leads.queries.details import get_lead
from oppspot.texts.errands import reading_job
from oppspot.texts.models import Document
from oppspot.texts.queries.documents import get_document
from oppspot.texts.reading import ReadText, UnreadableDocument, read_document, read_pasted
from oppspot.texts.services.reading import move, read_now
from oppspot.texts.types import DocumentKind, DocumentState, Extractor

MAX_NAME: Final = 200
# The rules take about 8 ms for a thousand characters, so that nobody waits for more than 50 ms of them.
INLINE_CHARS: Final = 6_000


def read_upload(name: str, content: bytes) -> ReadText:
    """Read an uploaded file; raises Invalid with the reason."""
    try:
        return read_document(name, content)
    except UnreadableDocument as error:
        raise invalid("file", str(error)) from error


def read_typed(text: str, kind: DocumentKind | None = None) -> ReadText:
    """Read pasted text; raises Invalid with the reason."""
    try:
        return read_pasted(text, kind)
    except UnreadableDocument as error:
        raise invalid("content", str(error)) from error


async def add_document(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    read: ReadText,
    now: datetime,
    *,
    name: str = "",
    said_at: datetime | None = None,
    extractor: Extractor,
) -> UUID:
    """Keep a document about a lead and have it read; returns its id. Raises NotFound.

    It is from when it says, else from `said_at`, else from now; never from the future.
    """
    await get_lead(tx, actor.org_id, lead_id)
    document_id = new_id()
    row = {
        "org_id": actor.org_id,
        "id": document_id,
        "lead_id": lead_id,
        "name": _shown_name(name, read.content),
        "kind": read.kind,
        "content": read.content,
        "received_at": min(said_at or read.dated_at or now, now),
        "added_at": now,
        "author": actor.name,
        "state": DocumentState.WAITING,
        "extractor": extractor.name,
        "error": None,
        "notes": list(read.notes),
        "moved_at": now,
    }
    await insert_rows(tx, Document, [row])
    happening = Happening("document.added", lead_id, {"document_id": document_id, "reason": row["name"]})
    await record_events(tx, actor, [happening], now)
    if extractor.is_local and len(read.content) <= INLINE_CHARS:
        await read_now(tx, actor.org_id, document_id, extractor, now)
    else:
        await enqueue(tx, [reading_job(actor.org_id, document_id)])
    await announce(tx, actor.org_id, [f"texts:{lead_id}", f"lead:{lead_id}"])
    return document_id


async def try_again(tx: Transaction, actor: Actor, document_id: UUID, extractor: Extractor, now: datetime) -> None:
    """Have a document read that could not be; raises NotFound, Conflict when it has been read."""
    document = await get_document(tx, actor.org_id, document_id, for_update=True)
    if document.state == DocumentState.READY:
        raise Conflict("This text has been read already.")
    document.extractor = extractor.name
    await move(tx, document, DocumentState.WAITING, now)
    await enqueue(tx, [reading_job(actor.org_id, document_id)])


def _shown_name(name: str, content: str) -> str:
    """Return the last part of a path as one line; without a name, the first words."""
    given = name if name.strip() else content.split("\n", 1)[0][:60]
    shown = " ".join("".join(char if char.isprintable() else " " for char in given).split())
    return (PurePath(shown.replace("\\", "/")).name if name.strip() else shown)[:MAX_NAME] or "Text"
