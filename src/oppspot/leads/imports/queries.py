"""Reads imports and what became of their rows."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound, invalid
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.imports.types import RowOutcome
from oppspot.leads.models import Import, ImportRow

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row of a file and what became of it, or would."""

    row_number: int
    outcome: str
    lead_id: UUID | None
    problems: list[dict[str, Any]]
    original: dict[str, Any] | None
    result: dict[str, Any] | None


async def get_import(tx: Transaction, org_id: UUID, import_id: UUID, *, for_update: bool = False) -> Import:
    """Return an import; raises NotFound. `for_update` makes others who would change it wait."""
    statement = select(Import).where(Import.org_id == org_id, Import.id == import_id)
    if for_update:
        statement = statement.with_for_update()
    found = (await tx.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such import.")
    return found


async def list_imports(tx: Transaction, org_id: UUID, *, cursor: str | None = None, limit: int = PAGE) -> Page[Import]:
    """Return one page of imports, newest first."""
    statement = select(Import).where(Import.org_id == org_id).order_by(Import.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(Import.id < _read_id(decode_cursor(cursor, 1)[0]))
    rows = list((await tx.execute(statement)).scalars())
    shown = rows[:limit]
    return Page(shown, encode_cursor([shown[-1].id]) if len(rows) > limit else None)


def _read_id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before") from None


async def list_rows(
    tx: Transaction,
    org_id: UUID,
    import_id: UUID,
    *,
    outcome: RowOutcome | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[RowShown]:
    """Return one page of an import's rows in the file's order, of one outcome if given."""
    statement = _rows(org_id, import_id, outcome).limit(limit + 1)
    if cursor is not None:
        after = decode_cursor(cursor, 1)[0]
        if not isinstance(after, int):
            raise invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before")
        statement = statement.where(ImportRow.row_number > after)
    rows = [_shown(row) for row in (await tx.execute(statement)).scalars()]
    shown = rows[:limit]
    return Page(shown, encode_cursor([shown[-1].row_number]) if len(rows) > limit else None)


async def stream_rows(
    tx: Transaction, org_id: UUID, import_id: UUID, outcome: RowOutcome | None = None
) -> AsyncGenerator[RowShown, None]:
    """Yield all rows of an import in the file's order, in bounded memory."""
    async for row in await tx.stream_scalars(_rows(org_id, import_id, outcome)):
        yield _shown(row)
        tx.expunge(row)


def _rows(org_id: UUID, import_id: UUID, outcome: RowOutcome | None) -> Select[ImportRow]:
    statement = select(ImportRow).where(ImportRow.org_id == org_id, ImportRow.import_id == import_id)
    if outcome is not None:
        statement = statement.where(ImportRow.outcome == outcome)
    return statement.order_by(ImportRow.row_number)


def _shown(row: ImportRow) -> RowShown:
    return RowShown(row.row_number, row.outcome, row.lead_id, row.problems or [], row.original, row.result)
