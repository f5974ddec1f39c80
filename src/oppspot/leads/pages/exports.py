"""The filtered list as a file."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse

from oppspot.accounts.access import needs
from oppspot.conditions.types import FieldType
from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.clock import utc_now
from oppspot.core.runtime import runtime_of
from oppspot.leads.exporting import ExportColumn, ExportFormat
from oppspot.leads.models import AttributeDefinition
from oppspot.leads.pages.files import file_answer, write_file
from oppspot.leads.pages.listing import address_query, read_query
from oppspot.leads.queries.lists import COMPANY_COLUMNS, WholeLead, stream_leads
from oppspot.leads.services.attributes import list_definitions

router = APIRouter()
Exporter = Annotated[Actor, Depends(needs("leads.export"))]

_T, _N, _D = FieldType.TEXT, FieldType.NUMBER, FieldType.DATETIME
# Headers are paths of fields where there is one, so that our own import recognises them.
_TYPES: Final = {
    "id": _T, "external_id": _T, "first_name": _T, "last_name": _T, "email": _T, "phone": _T, "title": _T,
    "country": _T, "region": _T, "postcode": _T, "source": _T, "product_interest": _T,
    "status": _T, "stage": _T, "outcome": _T, "reason": _T, "owner": _T, "queue": _T, "score": _N, "fit": _N,
    "engagement": _N, "coverage": _N, "band": _T, "grade": _T, "bant_status": _T, "bant_score": _N, "bant_coverage": _N,
    "framework": _T, "verdict": _T, "sla_due_at": _D, "created_at": _D, "updated_at": _D,
}  # fmt: skip
_COMPANY_TYPES: Final = {
    "employees": _N, "annual_revenue": _N, "growth_rate": _N, "credit_score": _N, "technologies": FieldType.TEXT_LIST
}  # fmt: skip
_WHOLE: Final = frozenset({"phone", "country", "region", "postcode", "product_interest", "reason"})
Cells = Callable[[WholeLead], list[Any]]


@router.get("/leads/export.{form}")
async def export_leads(request: Request, actor: Exporter, form: ExportFormat) -> FileResponse:
    """Send all leads that the list's filter lets through; who took what is in the audit log."""
    query, database, now = read_query(request), runtime_of(request).database, utc_now()
    async with database.transaction(actor.org_id) as tx:
        payload = {"format": form.value, "filter": address_query(request)}
        await record_audit(tx, actor, "leads.exported", ("leads", "list"), now, payload=payload)
        columns, cells_of = _layout(await list_definitions(tx, actor.org_id))
        async with aclosing(stream_leads(tx, actor, query.filter, now)) as leads:
            path = await write_file(form, columns, leads, cells_of)
    return file_answer(path, form, "leads", now)


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
