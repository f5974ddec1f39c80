"""The filtered list as a file, written in bounded memory and then sent."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
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
from oppspot.leads.models import AttributeDefinition
from oppspot.leads.pages.listing import address_query, read_query
from oppspot.leads.queries.lists import COMPANY_COLUMNS, WholeLead, stream_leads
from oppspot.leads.services.attributes import list_definitions

router = APIRouter()
Exporter = Annotated[Actor, Depends(needs("leads.export"))]

_T, _N, _D = FieldType.TEXT, FieldType.NUMBER, FieldType.DATETIME
# Headers are paths of fields where there is one, so that our own import recognises them.
_TYPES: Final = {
    "id": _T, "external_id": _T, "first_name": _T, "last_name": _T, "email": _T, "phone": _T, "title": _T,
    "country": _T, "source": _T, "product_interest": _T,
    "status": _T, "stage": _T, "outcome": _T, "reason": _T, "owner": _T, "queue": _T, "score": _N, "fit": _N,
    "engagement": _N, "coverage": _N, "band": _T, "grade": _T, "bant_status": _T, "bant_score": _N, "bant_coverage": _N,
    "framework": _T, "verdict": _T, "sla_due_at": _D, "created_at": _D, "updated_at": _D,
}  # fmt: skip
_COMPANY_TYPES: Final = {
    "employees": _N, "annual_revenue": _N, "growth_rate": _N, "credit_score": _N, "technologies": FieldType.TEXT_LIST
}  # fmt: skip
_WHOLE: Final = frozenset({"phone", "country", "product_interest", "reason"})
Cells = Callable[[WholeLead], list[Any]]
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
            columns, cells_of = _layout(await list_definitions(tx, actor.org_id))
            async with aclosing(stream_leads(tx, actor, query.filter, now)) as leads:
                # Polars reads from a thread of its own, so the way back to the event loop is handed on.
                rows = partial(_cells, leads, current_token(), cells_of)
                await to_thread.run_sync(_write, path, form, columns, rows)
    except BaseException:
        _discard(path)
        raise
    name = f"leads-{now:%Y-%m-%d}.{form}"
    return FileResponse(path, media_type=MEDIA_TYPES[form], filename=name, background=BackgroundTask(_discard, path))


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _layout(declared: Sequence[AttributeDefinition]) -> tuple[list[ExportColumn], Cells]:
    """Return the columns of an export, with the organisation's custom fields, and how a lead's cells are taken."""
    company = {name: _COMPANY_TYPES.get(name, _T) for name in COMPANY_COLUMNS}
    own = {definition.key: FieldType(definition.type) for definition in declared}
    columns = [
        *(ExportColumn(name, kind) for name, kind in _TYPES.items()),
        *(ExportColumn(f"company.{name}", kind) for name, kind in company.items()),
        *(ExportColumn(f"attributes.{key}", kind) for key, kind in own.items()),
    ]

    def cells_of(lead: WholeLead) -> list[Any]:
        return [
            *(_cell(getattr(lead if name in _WHOLE else lead.listed, name), kind) for name, kind in _TYPES.items()),
            *(_cell(lead.company[name], kind) for name, kind in company.items()),
            *(_cell(lead.attributes.get(key), kind) for key, kind in own.items()),
        ]

    return columns, cells_of


def _write(
    path: Path, form: ExportFormat, columns: Sequence[ExportColumn], rows: Callable[[], Iterator[Sequence[Any]]]
) -> None:
    """Write the file in a thread of its own, drawing rows from the event loop a batch at a time."""
    match form:
        case ExportFormat.CSV:
            with path.open("wb") as stream:
                stream.writelines(csv_chunks(columns, rows()))
        case ExportFormat.XLSX:
            write_xlsx(path, columns, rows())
        case ExportFormat.PARQUET:
            write_parquet(path, columns, rows())


def _cells(leads: AsyncIterator[WholeLead], loop: EventLoopToken, cells_of: Cells) -> Iterator[Sequence[Any]]:
    while batch := from_thread.run(_next_batch, leads, token=loop):
        for lead in batch:
            yield cells_of(lead)


async def _next_batch(leads: AsyncIterator[WholeLead]) -> list[WholeLead]:
    batch: list[WholeLead] = []
    async for lead in leads:
        batch.append(lead)
        if len(batch) == _BATCH:
            break
    return batch


def _cell(value: Any, kind: FieldType) -> Any:
    """Return a value as its column's type: numbers and times of custom fields are kept as JSON."""
    if value is None:
        return None
    match kind:
        case FieldType.NUMBER:
            return float(value)
        case FieldType.DATETIME:
            return datetime.fromisoformat(value) if isinstance(value, str) else value
        case FieldType.TEXT | FieldType.CHOICE:
            return str(value)
        case _:
            return value
