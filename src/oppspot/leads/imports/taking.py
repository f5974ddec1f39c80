"""Carries a batch of rows through the corridor and says of each what became of it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from anyio import to_thread
from sqlalchemy import select

from oppspot.core.db import Transaction
from oppspot.corridor.pipeline import take_in
from oppspot.corridor.types import Cause, Intake, LeadResult
from oppspot.leads.importing.cells import text_of
from oppspot.leads.importing.readers import Cell, RowBatch
from oppspot.leads.importing.values import rows_to_inputs
from oppspot.leads.imports.mapping import printable
from oppspot.leads.imports.opening import OpenImport
from oppspot.leads.imports.rules import outcome_of
from oppspot.leads.imports.types import RowOutcome
from oppspot.leads.models import ImportRow
from oppspot.leads.types import LeadInput, Problem, Rejected

_NAME_CELLS: Final = 3
_NAME_CHARS: Final = 80


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file with what was read from it."""

    number: int
    cells: Sequence[Cell]
    lead: LeadInput | Rejected


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row and what became of it; `result` is None for a rejected one."""

    row: Row
    outcome: RowOutcome
    result: LeadResult | None
    # Several rows about one lead share its decision and its changes: they stand with the first.
    is_first_of_lead: bool = True


async def read_rows(batch: RowBatch, opened: OpenImport) -> list[Row]:
    """Turn a batch of cells into leads and rejections."""
    inputs = await to_thread.run_sync(rows_to_inputs, batch, opened.reader)
    return [Row(*parts) for parts in zip(batch.numbers, batch.rows, inputs, strict=True)]


async def take_rows(
    tx: Transaction, opened: OpenImport, rows: Sequence[Row], earlier: Collection[UUID] | None, now: datetime
) -> list[TakenRow]:
    """Take in the rows that are leads; `earlier` are the leads of rows above, looked up unless given."""
    intakes = [Intake(row.lead, acts=row.lead.acts) for row in rows if isinstance(row.lead, LeadInput)]
    results = await take_in(tx, opened.actor, intakes, now, Cause("import", opened.id))
    if earlier is None:
        earlier = await leads_of_rows(tx, opened, [result.id for result in results])
    left = iter(results)
    in_batch: set[UUID] = set()
    taken = []
    for row in rows:
        if isinstance(row.lead, Rejected):
            taken.append(TakenRow(row, RowOutcome.REJECTED, None))
            continue
        result = next(left)
        outcome = outcome_of(
            is_new=result.created,
            came_earlier=result.id in earlier or result.id in in_batch,
            has_changes=bool(result.changes) or result.has_new_facts,
        )
        taken.append(TakenRow(row, outcome, result, is_first_of_lead=result.id not in in_batch))
        in_batch.add(result.id)
    return taken


async def leads_of_rows(tx: Transaction, opened: OpenImport, lead_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these leads earlier rows of the import were about."""
    statement = select(ImportRow.lead_id).where(
        ImportRow.org_id == opened.actor.org_id,
        ImportRow.import_id == opened.id,
        ImportRow.lead_id.in_(lead_ids),
    )
    return {lead_id for lead_id in (await tx.execute(statement)).scalars() if lead_id is not None}


def count_outcomes(counts: Mapping[str, int], taken: Sequence[TakenRow]) -> dict[str, int]:
    """Return the totals with these rows added."""
    return dict(Counter(counts) + Counter(str(item.outcome) for item in taken))


def stored_row(opened: OpenImport, item: TakenRow) -> dict[str, Any]:
    """Return a row as the import keeps it; what was there before stands with the first row of a lead in its batch."""
    lead, result = item.row.lead, item.result
    problems = lead.problems if isinstance(lead, Rejected) else result.warnings if result else ()
    return {
        "org_id": opened.actor.org_id,
        "import_id": opened.id,
        "row_number": item.row.number,
        "outcome": item.outcome,
        "lead_id": result.id if result else None,
        "problems": [plain_problem(problem) for problem in problems] or None,
        "original": None if result else original_of(opened, item.row),
        "before": _before(item) if item.is_first_of_lead else None,
        "result": {"name": name_of(item.row)},
    }


def _before(item: TakenRow) -> dict[str, Any] | None:
    result = item.result
    if result is None or not result.changes:
        return None
    return {"company_id": result.company_id, "changes": result.changes}


def plain_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON that the database accepts."""
    accepted = None if problem.accepted is None else printable(problem.accepted)
    return {"path": printable(problem.path), "message": printable(problem.message), "accepted": accepted}


def original_of(opened: OpenImport, row: Row) -> dict[str, str]:
    """Return a refused row as it was, without the one character that the database cannot hold."""
    cells = (text_of(cell).replace("\x00", "") for cell in row.cells)
    return dict(zip(opened.table.columns, cells, strict=True))


def name_of(row: Row) -> str:
    """Return what a person would call a row: the lead's name and company, else its first cells."""
    lead = row.lead
    if isinstance(lead, LeadInput):
        person = " ".join(part for part in (lead.first_name, lead.last_name) if part)
        parts = (person or lead.email, lead.company.name or lead.company.domain or (lead.email if person else None))
        return " · ".join(part for part in parts if part) or lead.external_id or ""
    texts = (printable(text_of(cell)[:_NAME_CHARS]) for cell in row.cells)
    return " · ".join([text for text in texts if text][:_NAME_CELLS])
