"""A lead's texts, and the form that adds one: pasted, or as a file."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Invalid, invalid
from oppspot.core.runtime import runtime_of
from oppspot.integrations.extractors import build_extractor
from oppspot.leads.queries.details import get_lead
from oppspot.texts.queries.documents import list_documents
from oppspot.texts.reading import ACCEPTED_ENDINGS, MAX_CHARS, MAX_FILE_BYTES, ReadText
from oppspot.texts.services.adding import add_document, read_typed, read_upload
from oppspot.texts.types import DocumentKind
from oppspot.web import Flash, redirect, render
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/leads/{lead_id}/texts")
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_AROUND: Final = 1024**2  # what a form adds around a file
BODY_LIMITS: Final[Mapping[str, int]] = {
    "/leads/*/texts": MAX_FILE_BYTES + _AROUND,
    "/api/qualification/texts": MAX_FILE_BYTES + _AROUND,
}
_KINDS: Final = (
    (DocumentKind.NOTES, "Notes"),
    (DocumentKind.EMAIL, "An e-mail"),
    (DocumentKind.TRANSCRIPT, "A transcript"),
)


@router.get("", response_class=HTMLResponse)
async def show_texts(request: Request, actor: Reader, lead_id: UUID) -> HTMLResponse:
    """Show a lead's texts and the form."""
    return await _show(request, actor, lead_id)


@router.post("")
async def add_text(request: Request, actor: Writer, lead_id: UUID) -> Response:
    """Keep what was pasted or uploaded, and go on to its review."""
    extractor, now = build_extractor(runtime_of(request).settings), utc_now()
    async with request.form(max_files=1, max_fields=10, max_part_size=_AROUND) as form:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            name, read = await _read(form)
            said_at = _moment(values.get("said_on", ""))
        except Invalid as error:
            errors = {problem.path: problem.message for problem in error.errors}
            return await _show(request, actor, lead_id, values, errors)
    async with transaction_of(request, actor) as tx:
        document_id = await add_document(
            tx, actor, lead_id, read, now, name=values.get("name") or name, said_at=said_at, extractor=extractor
        )
    return redirect(request, f"/leads/{lead_id}/texts/{document_id}", *map(_flash, read.notes[:2]))


def _flash(note: str) -> Flash:
    return Flash(note, "notice")


async def _read(form: FormData) -> tuple[str, ReadText]:
    file, typed = form.get("file"), form.get("content")
    if isinstance(file, UploadFile) and file.filename:
        return file.filename, read_upload(file.filename, await file.read(MAX_FILE_BYTES + 1))
    if not isinstance(typed, str) or not typed.strip():
        raise invalid("content", "Paste a text or choose a file.")
    kind = form.get("kind")
    return "", read_typed(typed, DocumentKind(str(kind)) if kind in set(DocumentKind) else None)


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(12), UTC)
    except ValueError:
        raise invalid("said_on", "is not a date", "a date as YYYY-MM-DD") from None


async def _show(
    request: Request,
    actor: Actor,
    lead_id: UUID,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        whole = await get_lead(tx, actor.org_id, lead_id)
        documents = await list_documents(tx, actor.org_id, lead_id)
    context = {
        "whole": whole,
        "documents": documents,
        "values": values or {},
        "errors": errors or {},
        "kinds": _KINDS,
        "endings": ACCEPTED_ENDINGS,
        "most_megabytes": MAX_FILE_BYTES // 1024**2,
        "most_chars": MAX_CHARS,
    }
    return render(request, "texts/text_list.html", context, block="list", status=422 if errors else 200)
