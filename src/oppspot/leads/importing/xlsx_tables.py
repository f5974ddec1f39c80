"""Reads one worksheet of an XLSX workbook: values, not formulas. Runs in a process of its own: see foreign."""

from pathlib import Path
from typing import Final

import fastexcel

from oppspot.leads.importing.foreign import ForeignTable
from oppspot.leads.importing.tables import BATCH_ROWS, UnreadableTable, find_header, name_columns

_HEADER_SEARCH: Final = 50


def read_xlsx(path: Path, sheet: str | None = None) -> ForeignTable:
    """Open a worksheet (the first unless named) of a workbook that passed xlsx_limits; raises UnreadableTable.

    The cells arrive as text: whole numbers without a point, dates as ISO, formulas as their last result.
    """
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
    frames = frame.slice(number).iter_slices(BATCH_ROWS)
    return ForeignTable(name_columns(cells), frame.height - number, tuple(notes), number + 1, frames)


def _sheet_name(workbook: fastexcel.ExcelReader, wanted: str | None) -> str:
    names = workbook.sheet_names
    if wanted is None:
        if not names:
            raise UnreadableTable("The workbook has no sheets.")
        return names[0]
    if wanted not in names:
        raise UnreadableTable(f"The workbook has no sheet {wanted}; it has {', '.join(names)}.")
    return wanted
