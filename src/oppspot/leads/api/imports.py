"""Imports for machines: upload, map, rehearse, run, watch, undo."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Form, Request, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from oppspot.accounts.access import needs
from oppspot.core import json
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import invalid
from oppspot.core.runtime import runtime_of
from oppspot.leads.imports.mapping import set_mapping
from oppspot.leads.imports.queries import get_import, list_imports, list_rows
from oppspot.leads.imports.receiving import received_file
from oppspot.leads.imports.rehearsing import start_rehearsal
from oppspot.leads.imports.rejects import rejects_csv
from oppspot.leads.imports.running import start_run
from oppspot.leads.imports.types import ImportStatus, RowOutcome
from oppspot.leads.imports.undoing import start_undo
from oppspot.leads.imports.uploading import upload_import
from oppspot.web import problems
from oppspot.web.openapi import form_example
from oppspot.web.parameters import REFUSALS, REFUSALS_OF_CHANGE, REFUSALS_OF_ONE, Cursor, Limit, transaction_of

router = APIRouter(prefix="/imports", tags=["imports"])
Importer = Annotated[Actor, Depends(needs("leads.import"))]
MappingForm = Annotated[str | None, Form(description='JSON: {"E-mail": "email"}; suggested unless given.')]
MappingBody = Annotated[
    dict[str, Any],
    Body(
        examples=[
            {
                "E-mail": "email",
                "Company": "company.name",
                "Seats": {"to": "attributes.seats", "type": "number", "decimal": ","},
                "Visits": {"to": "events.page_view", "type": "number", "on": "Last seen"},
            }
        ]
    ),
]
_UPLOAD_REFUSALS = REFUSALS | problems.responses(413, 422)


class CsvResponse(StreamingResponse):
    media_type = "text/csv"


class ImportAnswer(BaseModel):
    """An import: where it stands, where its columns go, what became of its rows so far."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    filename: str
    status: ImportStatus
    mapping: dict[str, Any]
    notes: list[str]
    total_rows: int | None
    processed_rows: int
    counts: dict[str, int]
    error: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ImportPage(BaseModel):
    items: list[ImportAnswer]
    next_cursor: str | None


class RowAnswer(BaseModel):
    """A row of the file; `result` holds what a rehearsal says would become of it."""

    model_config = ConfigDict(from_attributes=True)

    row_number: int
    outcome: RowOutcome
    lead_id: UUID | None
    problems: list[dict[str, Any]]
    original: dict[str, Any] | None
    result: dict[str, Any] | None


class RowPage(BaseModel):
    items: list[RowAnswer]
    next_cursor: str | None


_UPLOAD = form_example(file="email,company\nada@nordwind.example,Nordwind\n", mapping='{"email": "email"}', run=False)


@router.post("", status_code=202, summary="Upload a file", responses=_UPLOAD_REFUSALS, openapi_extra=_UPLOAD)
async def upload(
    request: Request,
    actor: Importer,
    file: UploadFile,
    mapping: Annotated[
        str | None, Form(description='JSON, such as {"E-mail": "email"}; suggested unless given.')
    ] = None,
    run: Annotated[bool, Form(description="Begin the import at once.")] = False,
) -> ImportAnswer:
    """Keep a CSV, XLSX or Parquet file of leads, with a mapping of its columns; run it at once if asked."""
    database, now = runtime_of(request).database, utc_now()
    given = None if mapping is None else _read_json(mapping)
    async with received_file(file) as path:
        import_id = await upload_import(database, actor, path, file.filename or "", now)
    if given is not None:
        await set_mapping(database, actor, import_id, given, now)
    if run:
        async with transaction_of(request, actor) as tx:
            await start_run(tx, actor, import_id, now)
    return await _answer(request, actor, import_id)


def _read_json(mapping: str) -> dict[str, Any]:
    try:
        read = json.loads(mapping)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise invalid("mapping", "is not a JSON object", 'targets by column, such as {"E-mail": "email"}')
    return read


async def _answer(request: Request, actor: Actor, import_id: UUID) -> ImportAnswer:
    async with transaction_of(request, actor) as tx:
        return ImportAnswer.model_validate(await get_import(tx, actor.org_id, import_id))


@router.get("", summary="List imports", responses=REFUSALS)
async def read_imports(request: Request, actor: Importer, limit: Limit = 50, cursor: Cursor = None) -> ImportPage:
    """Return imports, newest first."""
    async with transaction_of(request, actor) as tx:
        found = await list_imports(tx, actor.org_id, cursor=cursor, limit=limit)
    return ImportPage(items=[ImportAnswer.model_validate(item) for item in found.items], next_cursor=found.next_cursor)


@router.get("/{import_id}", summary="Read an import", responses=REFUSALS_OF_ONE)
async def read_import(request: Request, actor: Importer, import_id: UUID) -> ImportAnswer:
    """Return where an import stands."""
    return await _answer(request, actor, import_id)


@router.put("/{import_id}/mapping", summary="Say where columns go", responses=REFUSALS_OF_CHANGE)
async def change_mapping(request: Request, actor: Importer, import_id: UUID, mapping: MappingBody) -> ImportAnswer:
    """Map columns to fields, `attributes.KEY` or `ignore`; columns left out are not imported."""
    await set_mapping(runtime_of(request).database, actor, import_id, mapping, utc_now())
    return await _answer(request, actor, import_id)


@router.post("/{import_id}/rehearse", status_code=202, summary="Rehearse an import", responses=REFUSALS_OF_CHANGE)
async def rehearse(request: Request, actor: Importer, import_id: UUID) -> ImportAnswer:
    """Carry the first rows through the whole pipeline and take them back; `rows` then says what would happen."""
    async with transaction_of(request, actor) as tx:
        await start_rehearsal(tx, actor, import_id, utc_now())
    return await _answer(request, actor, import_id)


@router.post("/{import_id}/run", status_code=202, summary="Run an import", responses=REFUSALS_OF_CHANGE)
async def run_import(request: Request, actor: Importer, import_id: UUID) -> ImportAnswer:
    """Take all rows in, in the background; one that failed goes on where it stopped."""
    async with transaction_of(request, actor) as tx:
        await start_run(tx, actor, import_id, utc_now())
    return await _answer(request, actor, import_id)


@router.post("/{import_id}/undo", status_code=202, summary="Undo an import", responses=REFUSALS_OF_CHANGE)
async def undo_import(request: Request, actor: Importer, import_id: UUID) -> ImportAnswer:
    """Delete the leads it brought unless somebody worked on them, and put former values back."""
    async with transaction_of(request, actor) as tx:
        await start_undo(tx, actor, import_id, utc_now())
    return await _answer(request, actor, import_id)


@router.get("/{import_id}/rows", summary="List the rows of an import", responses=REFUSALS_OF_ONE)
async def read_rows(
    request: Request,
    actor: Importer,
    import_id: UUID,
    outcome: RowOutcome | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RowPage:
    """Return what became of the rows, or, after a rehearsal, what would."""
    async with transaction_of(request, actor) as tx:
        await get_import(tx, actor.org_id, import_id)
        found = await list_rows(tx, actor.org_id, import_id, outcome=outcome, cursor=cursor, limit=limit)
    return RowPage(items=[RowAnswer.model_validate(row) for row in found.items], next_cursor=found.next_cursor)


@router.get(
    "/{import_id}/rejected.csv",
    summary="Download the rejected rows",
    response_class=CsvResponse,
    responses=REFUSALS_OF_ONE,
)
async def read_rejects(request: Request, actor: Importer, import_id: UUID) -> StreamingResponse:
    """Return the rows that were refused, as they were, with the reasons."""
    async with transaction_of(request, actor) as tx:
        await get_import(tx, actor.org_id, import_id)
    return CsvResponse(rejects_csv(runtime_of(request).database, actor.org_id, import_id))
