"""Which column goes where: suggested or recalled at the upload, changed by people, remembered for the next file."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Database, Transaction
from oppspot.core.errors import Conflict, Invalid
from oppspot.core.ids import new_id
from oppspot.leads.importing.cells import text_of
from oppspot.leads.importing.columns import suggest_mapping
from oppspot.leads.importing.mappings import ImportMapping, mapping_key, parse_mapping
from oppspot.leads.importing.readers import Cell
from oppspot.leads.importing.values import declarations_in
from oppspot.leads.imports.queries import get_import
from oppspot.leads.imports.types import BEFORE_RUN, ImportStatus
from oppspot.leads.models import AttributeDefinition, Import, ImportRow
from oppspot.leads.models import ImportMapping as RememberedMapping
from oppspot.leads.types import Rejected

_SAMPLES: Final = 3
_SAMPLE_CHARS: Final = 60


async def suggest_or_recall(
    tx: Transaction, org_id: UUID, columns: Sequence[str], rows: Sequence[Sequence[Cell]], today: date
) -> ImportMapping:
    """Return the mapping last used for these headers, else what headers and values suggest.

    Figures that no column dates stand as of `today`, also those of a mapping that was made for an earlier file.
    """
    return await _recall(tx, org_id, columns, today) or suggest_mapping(columns, rows, today)


async def _recall(tx: Transaction, org_id: UUID, columns: Sequence[str], today: date) -> ImportMapping | None:
    remembered = await tx.scalar(
        select(RememberedMapping.mapping).where(
            RememberedMapping.org_id == org_id, RememberedMapping.signature == mapping_key(columns)
        )
    )
    if remembered is None:
        return None
    # Remembered for the headers in any case and order; here they are called as in this file.
    called = {_folded(name): name for name in columns}
    named = {called.get(_folded(name), name): _redated(to, called, today) for name, to in remembered.items()}
    parsed = parse_mapping(named, columns)
    return parsed if isinstance(parsed, ImportMapping) else None


def _redated(to: Any, called: Mapping[str, str], today: date) -> Any:
    if not isinstance(to, dict) or "on" not in to:
        return to
    return to | {"on": called.get(_folded(to["on"]), today.isoformat())}


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


async def remember_mapping(tx: Transaction, org_id: UUID, mapping: ImportMapping, now: datetime) -> None:
    """Keep a mapping for the next file with these headers."""
    signature = mapping_key(column.column for column in mapping.columns)
    row = {"org_id": org_id, "signature": signature, "mapping": mapping.to_json(), "updated_at": now}
    replace = (
        "ON CONFLICT (org_id, signature) DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at"
    )
    await insert_rows(tx, RememberedMapping, [row], replace)


def describe_columns(mapping: ImportMapping, rows: Sequence[Sequence[Cell]]) -> list[dict[str, Any]]:
    """Return what the mapping page shows of each column: samples, how sure the mapping is, and why."""
    return [
        {
            "name": column.column,
            "samples": _samples([row[place] for row in rows]),
            "confidence": column.confidence,
            "reason": column.reason,
        }
        for place, column in enumerate(mapping.columns)
    ]


def _samples(cells: Sequence[Cell]) -> list[str]:
    texts = (printable(text_of(cell))[:_SAMPLE_CHARS] for cell in cells if cell is not None)
    return list(dict.fromkeys(text for text in texts if text))[:_SAMPLES]


def printable(text: str) -> str:
    """Return text as one line that a database and a page can hold."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def names_of(found: Import) -> list[str]:
    """Return the columns of an import's file, in order."""
    return [column["name"] for column in found.columns]


def usable_mapping(found: Import, raw: object = None) -> ImportMapping:
    """Return an import's mapping, or `raw` as one for its columns; raises Invalid with everything that is wrong."""
    parsed = parse_mapping(found.mapping if raw is None else raw, names_of(found))
    if isinstance(parsed, Rejected):
        first = parsed.problems[0]
        detail = f"{first.path}: {first.message}{f' (needed: {first.accepted})' if first.accepted else ''}."
        raise Invalid(detail, errors=parsed.problems)
    return parsed


async def set_mapping(database: Database, actor: Actor, import_id: UUID, raw: Mapping[str, Any], now: datetime) -> None:
    """Change where columns go, and remember it; an earlier rehearsal is forgotten.

    Raises Invalid, Conflict, NotFound.
    """
    async with database.transaction(actor.org_id) as tx:
        found = await get_import(tx, actor.org_id, import_id, for_update=True)
        if found.status not in BEFORE_RUN:
            raise Conflict(f"The mapping can no longer be changed: the import is {found.status}.")
        mapping = usable_mapping(found, raw)
        if found.mapping != mapping.to_json():
            await forget_rehearsal(tx, found)
        before = found.mapping
        found.mapping = mapping.to_json()
        await remember_mapping(tx, actor.org_id, mapping, now)
        await tx.flush()
        changed = {name: to for name, to in mapping.to_json().items() if before.get(name) != to}
        await record_audit(tx, actor, "import.mapped", ("import", import_id), now, payload={"changed": changed})


async def forget_rehearsal(tx: Transaction, found: Import) -> None:
    """Delete what a rehearsal said, because it no longer holds."""
    await tx.execute(delete(ImportRow).where(ImportRow.org_id == found.org_id, ImportRow.import_id == found.id))
    found.status = ImportStatus.UPLOADED
    found.counts, found.processed_rows, found.last_row = {}, 0, 0


async def declare_attributes(tx: Transaction, org_id: UUID, mapping: ImportMapping, now: datetime) -> None:
    """Declare the custom fields that a mapping fills and nobody has declared; archived ones come back."""
    labels = {column.target: column.column for column in mapping.columns}
    rows = [
        {
            "org_id": org_id,
            "id": new_id(),
            "key": declared.key,
            "label": labels[f"attributes.{declared.key}"][:200],
            "type": declared.type,
            "description": "",
            "created_at": now,
        }
        for declared in declarations_in(mapping)
    ]
    await insert_rows(tx, AttributeDefinition, rows, "ON CONFLICT (org_id, key) DO UPDATE SET archived_at = NULL")
