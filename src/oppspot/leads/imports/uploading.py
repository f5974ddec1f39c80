"""Takes a file in: is it a table, what are its columns, where would they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final
from uuid import UUID

from anyio import to_thread

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database
from oppspot.core.errors import FieldProblem, Invalid
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.leads.importing.readers import Cell, Table, UnreadableTable, open_table
from oppspot.leads.imports.mapping import describe_columns, printable, suggest_or_recall
from oppspot.leads.imports.storage import store_file
from oppspot.leads.imports.types import ImportStatus
from oppspot.leads.models import Import

_MAX_NAME: Final = 200
_SAMPLE_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class _Inspected:
    table: Table
    rows: int
    sample: list[Sequence[Cell]]


def unreadable(error: UnreadableTable) -> Invalid:
    """Return the error that says why a file is no table."""
    return Invalid(str(error), errors=[FieldProblem("file", str(error))])


async def upload_import(database: Database, actor: Actor, path: Path, filename: str, now: datetime) -> UUID:
    """Keep a file, with a mapping of its columns to begin with; returns the import's id.

    The whole file is read once, so that one that breaks off is refused here. Raises Invalid with a message for the
    person who imports.
    """
    try:
        inspected = await to_thread.run_sync(_inspect, path)
    except UnreadableTable as error:
        raise unreadable(error) from error
    import_id, name = new_id(), _shown_name(filename)
    async with database.transaction(actor.org_id) as tx:
        mapping = await suggest_or_recall(tx, actor.org_id, inspected.table.columns, inspected.sample, now.date())
        notes = [*inspected.table.notes, *([f"Recognised as {mapping.preset}."] if mapping.preset else [])]
        row = _row(actor, import_id, name, now) | {
            "mapping": mapping.to_json(),
            "columns": describe_columns(mapping, inspected.sample),
            "total_rows": inspected.rows,
            "notes": notes,
        }
        await insert_rows(tx, Import, [row])
        await store_file(tx, actor.org_id, import_id, path)
        payload = {"filename": name, "rows": inspected.rows}
        await record_audit(tx, actor, "import.uploaded", ("import", import_id), now, payload=payload)
        await announce(tx, actor.org_id, ["imports"])
    return import_id


def _inspect(path: Path) -> _Inspected:
    table = open_table(path)
    rows = sum(len(batch) for batch in table.iter_batches())
    if rows == 0:
        raise UnreadableTable("The file has a header but no rows below it.")
    return _Inspected(table, rows, table.sample(_SAMPLE_ROWS))


def _shown_name(filename: str) -> str:
    """Return the last part of a path as one line; browsers and callers may send anything."""
    return printable(PurePath(filename.replace("\\", "/")).name)[:_MAX_NAME] or "file"


def _row(actor: Actor, import_id: UUID, filename: str, now: datetime) -> dict[str, Any]:
    return {
        "org_id": actor.org_id,
        "id": import_id,
        "filename": filename,
        "status": ImportStatus.UPLOADED,
        "processed_rows": 0,
        "last_row": 0,
        "counts": {},
        "created_by": actor.name,
        "created_at": now,
    }
