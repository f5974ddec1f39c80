"""Evidence from text for machines: send a text or a file, read what was proposed, decide."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from pydantic import AwareDatetime

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.integrations.extractors import build_extractor
from oppspot.texts.queries.documents import get_document, list_proposals
from oppspot.texts.reading import MAX_FILE_BYTES, ReadText
from oppspot.texts.schemas import DecisionsBody, ProposalAnswer, ShortName, TextAnswer, TextBody
from oppspot.texts.services.adding import add_document, read_typed, read_upload
from oppspot.texts.services.deciding import Decision, decide
from oppspot.web import problems
from oppspot.web.openapi import form_example
from oppspot.web.parameters import REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, transaction_of

router = APIRouter(prefix="/api/qualification/texts", tags=["qualification"])
Reader = Annotated[Actor, Depends(needs("leads.read"))]
Writer = Annotated[Actor, Depends(needs("leads.write"))]
_REFUSALS: Final = REFUSALS_OF_ONE | problems.responses(413, 422)


@router.post("", status_code=201, summary="Send a text about a lead", responses=_REFUSALS)
async def add_text(request: Request, actor: Writer, body: TextBody) -> TextAnswer:
    """Keep a text and have it read; what is proposed is in the answer, or follows when a model is asked."""
    read = read_typed(body.content, body.kind)
    return await _added(request, actor, body.lead_id, read, body.name, body.said_at)


_FILE: Final = form_example(
    file="Ada: we have 80k set aside for this.\n", lead_id="01a21531-8e5e-702c-b2f4-de7497db3546", name="Call of Monday"
)


@router.post("/files", status_code=201, summary="Send a file about a lead", responses=_REFUSALS, openapi_extra=_FILE)
async def add_file(
    request: Request,
    actor: Writer,
    file: UploadFile,
    lead_id: Annotated[UUID, Form()],
    name: Annotated[ShortName, Form()] = "",
    said_at: Annotated[AwareDatetime | None, Form(description="When it was written or said.")] = None,
) -> TextAnswer:
    """Keep the text of a .txt, .md, .eml, .vtt, .srt or .docx file and have it read; the file itself is not kept."""
    read = read_upload(file.filename or "", await file.read(MAX_FILE_BYTES + 1))
    return await _added(request, actor, lead_id, read, name or file.filename or "", said_at)


async def _added(
    request: Request, actor: Actor, lead_id: UUID, read: ReadText, name: str, said_at: datetime | None
) -> TextAnswer:
    extractor = build_extractor(runtime_of(request).settings)
    async with transaction_of(request, actor) as tx:
        document_id = await add_document(
            tx, actor, lead_id, read, utc_now(), name=name, said_at=said_at, extractor=extractor
        )
    return await _answer(request, actor, document_id)


@router.get("/{document_id}", summary="Read a text and what was proposed", responses=REFUSALS_OF_ONE)
async def read_text(request: Request, actor: Reader, document_id: UUID) -> TextAnswer:
    """Return a text with every proposal and what became of it."""
    return await _answer(request, actor, document_id)


@router.post("/{document_id}/decisions", summary="Decide about proposals", responses=REFUSALS_OF_CHANGE)
async def write_decisions(request: Request, actor: Writer, document_id: UUID, body: DecisionsBody) -> TextAnswer:
    """Accept, edit, reject or undo, all or nothing; accepted ones become claims, and the lead is assessed again."""
    decisions = [Decision(each.proposal_id, each.action, each.value) for each in body.decisions]
    async with transaction_of(request, actor) as tx:
        await decide(tx, actor, document_id, decisions, utc_now())
    return await _answer(request, actor, document_id)


async def _answer(request: Request, actor: Actor, document_id: UUID) -> TextAnswer:
    async with transaction_of(request, actor) as tx:
        document = await get_document(tx, actor.org_id, document_id)
        found = await list_proposals(tx, actor.org_id, document_id)
    fields = {name: getattr(document, name) for name in TextAnswer.model_fields if name != "proposals"}
    return TextAnswer(**fields, proposals=[ProposalAnswer.model_validate(item) for item in found])
