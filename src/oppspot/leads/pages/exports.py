"""The filtered list as a file, written in bounded memory and then sent."""

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Annotated, Any, Final

from anyio import from_thread, to_thread
from anyio.lowlevel import EventLoopToken, current_token
from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from oppspot.accounts.access import needs
from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.exporting import MEDIA_TYPES, ExportColumn, ExportFormat, csv_chunks, write_parquet, write_xlsx
from oppspot.leads.pages.listing import address_query, read_query
from oppspot.leads.queries.lists import LeadRow, stream_leads

router = APIRouter()
Exporter = Annotated[Actor, Depends(needs("leads.export"))]

_T, _N, _D = FieldType.TEXT, FieldType.NUMBER, FieldType.DATETIME
_TYPES: Final = {
    "id": _T, "external_id": _T, "first_name": _T, "last_name": _T, "email": _T, "title": _T, "company": _T,
    "source": _T, "status": _T, "stage": _T, "outcome": _T, "owner": _T, "score": _N, "fit": _N, "engagement": _N,
    "band": _T, "grade": _T, "bant_status": _T, "bant_score": _N, "bant_coverage": _N, "framework": _T, "verdict": _T,
    "sla_due_at": _D,
    "created_at": _D, "updated_at": _D,
}  # fmt: skip
COLUMNS: Final = tuple(ExportColumn(name, kind) for name, kind in _TYPES.items())
_BATCH: Final = 2_000


@router.get("/leads/export.{form}")
async def export_leads(request: Request, actor: Exporter, form: ExportFormat) -> FileResponse:
    """Send all leads that the list's filter lets through; who took what is in the audit log."""
    query, database, now = read_query(request), runtime_of(request).database, utc_now()
    with tempfile.NamedTemporaryFile(suffix=f".{form}", delete=False) as opened:
        path = Path(opened.name)
    try:
        async with database.transaction(actor.org_id) as tx:
            payload = {"format": form.value, "filter": address_query(request)}
            await record_audit(tx, actor, "leads.exported", ("leads", "list"), now, payload=payload)
            async with aclosing(stream_leads(tx, actor, query.filter, now)) as rows:
                # Polars reads from a thread of its own, so the way back to the event loop is handed on.
                await to_thread.run_sync(_write, path, form, rows, current_token())
    except BaseException:
        _discard(path)
        raise
    name = f"leads-{now:%Y-%m-%d}.{form}"
    return FileResponse(path, media_type=MEDIA_TYPES[form], filename=name, background=BackgroundTask(_discard, path))


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _write(path: Path, form: ExportFormat, rows: AsyncIterator[LeadRow], loop: EventLoopToken) -> None:
    """Write the file in a thread of its own, drawing rows from the event loop a batch at a time."""
    cells = _cells(rows, loop)
    match form:
        case ExportFormat.CSV:
            with path.open("wb") as stream:
                stream.writelines(csv_chunks(COLUMNS, cells))
        case ExportFormat.XLSX:
            write_xlsx(path, COLUMNS, cells)
        case ExportFormat.PARQUET:
            write_parquet(path, COLUMNS, cells)


def _cells(rows: AsyncIterator[LeadRow], loop: EventLoopToken) -> Iterator[Sequence[Any]]:
    while batch := from_thread.run(_next_batch, rows, token=loop):
        for row in batch:
            yield [_cell(row, name) for name in _TYPES]


async def _next_batch(rows: AsyncIterator[LeadRow]) -> list[LeadRow]:
    batch: list[LeadRow] = []
    async for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            break
    return batch


def _cell(row: LeadRow, name: str) -> Any:
    value = getattr(row, name)
    if value is not None and _TYPES[name] is FieldType.NUMBER:
        return float(value)
    return str(value) if name == "id" else value
