"""Reads one worksheet of an XLSX workbook: values, not formulas."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import fastexcel
import polars as pl

from oppspot.leads.importing.tables import (
    RowBatch,
    Table,
    UnreadableTable,
    find_header,
    is_blank_row,
    name_columns,
)
from oppspot.leads.importing.xlsx_limits import check_archive

_HEADER_SEARCH: Final = 50


def open_xlsx(path: Path, sheet: str | None = None) -> Table:
    """Open a worksheet (the first unless named); raises UnreadableTable when the file is unsound, empty or a bomb.

    The cells arrive as text: whole numbers without a point, dates as ISO, formulas as their last result.
    """
    check_archive(path)
    try:
        workbook = fastexcel.read_excel(path)
        name = _sheet_name(workbook, sheet)
        frame = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise UnreadableTable("The workbook is broken: it cannot be read.") from error
    header = find_header(list(enumerate(frame.head(_HEADER_SEARCH).rows(), 1)))
    if header is None:
        raise UnreadableTable(f"The sheet {name} is empty.")
    number, cells = header
    notes = [f"Read the sheet {name}."]
    if len(workbook.sheet_names) > 1:
        notes.append(f"The workbook has {len(workbook.sheet_names)} sheets; the others were not read.")
    if number > 1:
        notes.append(f"Row {number} was taken for the header.")
    return Table(
        name_columns(cells), max(frame.height - number, 0), tuple(notes), partial(_read_batches, frame, number)
    )


def _sheet_name(workbook: fastexcel.ExcelReader, wanted: str | None) -> str:
    names = workbook.sheet_names
    if wanted is None:
        if not names:
            raise UnreadableTable("The workbook has no sheets.")
        return names[0]
    if wanted not in names:
        raise UnreadableTable(f"The workbook has no sheet {wanted}; it has {', '.join(names)}.")
    return wanted


def _read_batches(frame: pl.DataFrame, header_row: int, size: int) -> Iterator[RowBatch]:
    for start in range(header_row, frame.height, size):
        rows = frame.slice(start, size).rows()
        filled = [(number, row) for number, row in enumerate(rows, start + 1) if not is_blank_row(row)]
        yield RowBatch([number for number, _ in filled], [row for _, row in filled])
