"""Imports for people: upload, say where columns go, rehearse, run, see what became of it, undo."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.runtime import runtime_of
from oppspot.corridor.attributes import declarations_of
from oppspot.leads.imports.mapping import set_mapping
from oppspot.leads.imports.queries import get_import, list_imports, list_rows
from oppspot.leads.imports.receiving import received_file
from oppspot.leads.imports.rehearsing import start_rehearsal
from oppspot.leads.imports.rejects import rejects_csv
from oppspot.leads.imports.running import discard_import, start_run
from oppspot.leads.imports.types import (
    AT_WORK,
    BEFORE_RUN,
    MAX_UPLOAD_BYTES,
    REHEARSED_ROWS,
    ImportStatus,
    RowOutcome,
)
from oppspot.leads.imports.undoing import count_to_undo, start_undo
from oppspot.leads.imports.uploading import upload_import
from oppspot.leads.models import Import
from oppspot.leads.pages import import_forms, wording
from oppspot.web import Flash, redirect, render
from oppspot.web.confirmations import Confirmation, confirm
from oppspot.web.parameters import transaction_of

router = APIRouter(prefix="/imports")
Importer = Annotated[Actor, Depends(needs("leads.import"))]
_CHOOSE: Final = "Choose a file first."


@router.get("", response_class=HTMLResponse)
async def show_imports(request: Request, actor: Importer, cursor: str | None = None) -> HTMLResponse:
    """Show all imports, newest first."""
    async with transaction_of(request, actor) as tx:
        found = await list_imports(tx, actor.org_id, cursor=cursor)
    context = {"imports": found.items, "next_cursor": found.next_cursor, "cursor": cursor, "wording": import_forms}
    return render(request, "leads/import_list.html", context, block="list")


@router.get("/new", response_class=HTMLResponse)
async def ask_file(request: Request, _actor: Importer) -> HTMLResponse:
    """Ask for a file."""
    return _ask_file(request)


@router.post("/new")
async def upload(request: Request, actor: Importer) -> Response:
    """Keep a file and go on to where its columns go."""
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _ask_file(request, _CHOOSE)
        try:
            async with received_file(file) as path:
                import_id = await upload_import(runtime_of(request).database, actor, path, file.filename, utc_now())
        except Invalid as error:
            return _ask_file(request, error.detail)
    return redirect(request, f"/imports/{import_id}/mapping")


def _ask_file(request: Request, problem: str | None = None) -> HTMLResponse:
    context = {"problem": problem, "most_megabytes": MAX_UPLOAD_BYTES // 1024**2}
    return render(request, "leads/import_new.html", context, status=422 if problem else 200)


@router.get("/{import_id}", response_class=HTMLResponse)
async def show_import(
    request: Request,
    actor: Importer,
    import_id: UUID,
    outcome: Annotated[str | None, Query(max_length=20)] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Show an import wherever it stands: rehearsed, running, done, undone."""
    async with transaction_of(request, actor) as tx:
        found = await get_import(tx, actor.org_id, import_id)
        if found.status == ImportStatus.UPLOADED:
            return redirect(request, f"/imports/{import_id}/mapping")
        wanted = RowOutcome(outcome) if outcome in set(RowOutcome) else None
        rows = await list_rows(tx, actor.org_id, import_id, outcome=wanted, cursor=cursor)
        to_undo = await count_to_undo(tx, actor.org_id, import_id) if found.status == ImportStatus.UNDOING else None
    context = _standing(found) | {
        "rows": rows.items,
        "next_cursor": rows.next_cursor,
        "cursor": cursor,
        "outcome": wanted,
        "to_undo": to_undo,
    }
    return render(request, "leads/import.html", context, block="standing")


def _standing(found: Import) -> dict[str, Any]:
    return {
        "found": found,
        "at_work": found.status in AT_WORK,
        "before_run": found.status in BEFORE_RUN,
        "rehearsed_rows": REHEARSED_ROWS,
        "forms": import_forms,
        "wording": wording,
    }


@router.get("/{import_id}/mapping", response_class=HTMLResponse)
async def ask_mapping(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Show where each column goes, to be changed."""
    return await _ask_mapping(request, actor, import_id)


@router.post("/{import_id}/mapping")
async def save_mapping(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Keep where columns go, then rehearse or run as asked."""
    database, now = runtime_of(request).database, utc_now()
    async with transaction_of(request, actor) as tx:
        found = await get_import(tx, actor.org_id, import_id)
    form = await request.form(max_fields=import_forms.MOST_FIELDS)
    raw = import_forms.read_mapping(form, found)
    try:
        await set_mapping(database, actor, import_id, raw, now)
    except Invalid as error:
        return await _ask_mapping(request, actor, import_id, raw, error)
    async with transaction_of(request, actor) as tx:
        if form.get("do") == "run":
            await start_run(tx, actor, import_id, now)
        elif form.get("do") == "rehearse":
            await start_rehearsal(tx, actor, import_id, now)
    if form.get("do") in {"run", "rehearse"}:
        return redirect(request, f"/imports/{import_id}")
    return redirect(request, f"/imports/{import_id}/mapping", Flash("The mapping has been saved."))


async def _ask_mapping(
    request: Request, actor: Actor, import_id: UUID, raw: dict[str, Any] | None = None, error: Invalid | None = None
) -> HTMLResponse:
    async with transaction_of(request, actor) as tx:
        found = await get_import(tx, actor.org_id, import_id)
    if found.status not in BEFORE_RUN:
        raise Conflict(f"The mapping can no longer be changed: the import is {found.status}.")
    declared = await declarations_of(runtime_of(request).database, actor.org_id)
    context = _standing(found) | import_forms.mapping_context(found, declared, raw, error)
    return render(request, "leads/import_mapping.html", context, status=422 if error else 200)


@router.post("/{import_id}/rehearse")
async def rehearse(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Rehearse an import anew."""
    async with transaction_of(request, actor) as tx:
        await start_rehearsal(tx, actor, import_id, utc_now())
    return redirect(request, f"/imports/{import_id}")


@router.post("/{import_id}/run")
async def run(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Run an import, or go on with one that stopped."""
    async with transaction_of(request, actor) as tx:
        await start_run(tx, actor, import_id, utc_now())
    return redirect(request, f"/imports/{import_id}")


@router.get("/{import_id}/rejected.csv")
async def download_rejects(request: Request, actor: Importer, import_id: UUID) -> StreamingResponse:
    """Send the rows that were refused, with the reasons."""
    async with transaction_of(request, actor) as tx:
        await get_import(tx, actor.org_id, import_id)
    disposition = f'attachment; filename="rejected-{import_id}.csv"'
    pieces = rejects_csv(runtime_of(request).database, actor.org_id, import_id)
    return StreamingResponse(pieces, media_type="text/csv", headers={"content-disposition": disposition})


@router.get("/{import_id}/undo", response_class=HTMLResponse)
async def ask_undo(request: Request, actor: Importer, import_id: UUID) -> HTMLResponse:
    """Ask before an import is undone."""
    async with transaction_of(request, actor) as tx:
        found = await get_import(tx, actor.org_id, import_id)
    created = found.counts.get(RowOutcome.CREATED, 0)
    text = (
        f"The {created:,} leads it brought are deleted with everything known of them, except those somebody has worked "
        "on since. Leads it updated get their former values back where the imported ones still stand."
    )
    back = f"/imports/{import_id}"
    return confirm(request, Confirmation(f"Undo {found.filename}?", text, f"{back}/undo", "Undo the import", back))


@router.post("/{import_id}/undo")
async def undo(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Undo an import."""
    async with transaction_of(request, actor) as tx:
        await start_undo(tx, actor, import_id, utc_now())
    return redirect(request, f"/imports/{import_id}")


@router.post("/{import_id}/discard")
async def discard(request: Request, actor: Importer, import_id: UUID) -> Response:
    """Throw away an upload that was not run."""
    async with transaction_of(request, actor) as tx:
        await discard_import(tx, actor, import_id, utc_now())
    return redirect(request, "/imports", Flash("The upload has been thrown away."))
