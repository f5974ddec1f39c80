"""Files for the tests of importing: written here, and where the real ones are."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from oppspot.leads.importing.columns import ImportMapping, parse_mapping, suggest_mapping
from oppspot.leads.importing.readers import RowBatch, Table, open_table
from oppspot.leads.importing.values import compile_reader, rows_to_inputs
from oppspot.leads.types import LeadInput, Rejected

_SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def shared(name: str) -> Path:
    """The path of a real file beside the repository; skips the test, saying so, on machines that have none."""
    path = _SHARED / name
    if not path.exists():
        pytest.skip(f"the sample files are not here: no {path}")
    return path


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "leads.csv"
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, rows: Sequence[Sequence[object]], sheet: str = "Leads") -> Path:
    path = folder / "leads.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def repacked(path: Path, name: str, content: bytes) -> Path:
    """The workbook with one part replaced or added."""
    with ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for part, held in {**parts, name: content}.items():
            archive.writestr(part, held)
    return path


def rows_of(table: Table, size: int = 2_000) -> list[list[object]]:
    return [list(row) for batch in table.iter_batches(size) for row in batch.rows]


def whole(table: Table) -> RowBatch:
    batches = list(table.iter_batches(100_000))
    assert len(batches) <= 1
    return batches[0] if batches else RowBatch([], [])


def imported(path: Path, targets: dict[str, object] | None = None) -> list[LeadInput | Rejected]:
    """Every row of a file as a lead, by the mapping suggested or by the one given."""
    table = open_table(path)
    mapping = suggest_mapping(table.columns, table.sample())
    if targets is not None:
        parsed = parse_mapping(targets, table.columns)
        assert isinstance(parsed, ImportMapping), parsed
        mapping = parsed
    reader = compile_reader(mapping)
    return [lead for batch in table.iter_batches() for lead in rows_to_inputs(batch, reader)]
