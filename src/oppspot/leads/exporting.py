"""Writes rows as CSV, XLSX or Parquet, row by row, so that no spreadsheet runs what somebody typed into a form."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]
from polars.io.plugins import register_io_source

from oppspot.conditions.types import FieldType
from oppspot.core.errors import Invalid

BATCH_ROWS: Final = 2_000
MAX_XLSX_ROWS: Final = 1_048_575
_MAX_XLSX_TEXT: Final = 32_767
_LIST_SEPARATOR: Final = "; "
# What a spreadsheet takes for a formula, also behind blanks and with the wide signs of East Asian keyboards; and what
# would look like our own escape.
_FORMULA: Final = re.compile("'*\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_POLARS_TYPES: Final = {
    FieldType.TEXT: pl.String(),
    FieldType.CHOICE: pl.String(),
    FieldType.NUMBER: pl.Float64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATETIME: pl.Datetime("us", "UTC"),
    FieldType.TEXT_LIST: pl.List(pl.String()),
}


class ExportFormat(StrEnum):
    """The kinds of file that lists are exported to."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class TooManyRows(Invalid):
    """An XLSX sheet holds at most 1,048,575 rows below its header; export as CSV or Parquet."""


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column of an export. Its header is best a field's path or label, which our import recognises."""

    header: str
    type: FieldType = FieldType.TEXT


def as_csv_text(text: str) -> str:
    """Return the text with an apostrophe in front if a spreadsheet would run it as a formula.

    Our import takes exactly that apostrophe away again.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def csv_chunks(columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: UTF-8 with a byte order mark, which Excel needs to see that it is UTF-8."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(as_csv_text(column.header) for column in columns)
    for batch in _batches(rows):
        writer.writerows([_csv_cell(cell) for cell in row] for row in batch)
        yield _drain(buffer)
    if buffer.tell():
        yield _drain(buffer)


def write_xlsx(path: Path, columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> int:
    """Write an XLSX file and return how many rows it has; texts are always texts, never formulas or links.

    Texts over 32,767 characters end in an ellipsis there, since a cell holds no more. Raises TooManyRows. Temporary
    files go beside `path`.
    """
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    count = 0
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, _short(column.header))
        for count, row in enumerate(rows, 1):
            if count > MAX_XLSX_ROWS:
                raise TooManyRows
            for place, cell in enumerate(row):
                _write_cell(sheet, count, place, cell)
    return count


def write_parquet(path: Path, columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> None:
    """Write a Parquet file with the columns' types, streaming."""
    schema = pl.Schema({column.header: _POLARS_TYPES[column.type] for column in columns})

    def read_frames(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        for batch in _batches(islice(rows, n_rows) if n_rows is not None else rows):
            frame = pl.DataFrame([list(map(_parquet_cell, row)) for row in batch], schema=schema, orient="row")
            frame = frame.select(with_columns) if with_columns else frame
            yield frame.filter(predicate) if predicate is not None else frame

    register_io_source(read_frames, schema=schema).sink_parquet(path)


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _drain(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_cell(cell: Any) -> Any:
    if type(cell) is str:
        return as_csv_text(cell)
    write = _CSV_FORMS.get(type(cell))
    return write(cell) if write else as_csv_text(str(cell))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _joined(entries: Sequence[Any]) -> str:
    return as_csv_text(_LIST_SEPARATOR.join(map(str, entries)))


_CSV_FORMS: Final[dict[type, Callable[[Any], Any]]] = {
    type(None): lambda _: "",
    int: lambda number: number,
    float: lambda number: number,
    Decimal: lambda number: number,
    bool: lambda flag: "true" if flag else "false",
    datetime: lambda moment: _utc(moment).isoformat(),
    date: lambda day: day.isoformat(),
    list: _joined,
    tuple: _joined,
}


def _write_cell(sheet: Any, row: int, place: int, cell: Any) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, place, cell)
        case int() | float() | Decimal():
            sheet.write_number(row, place, cell)
        case datetime():
            # A sheet knows no time zones: UTC, as everywhere in the product.
            sheet.write_datetime(row, place, _utc(cell).replace(tzinfo=None))
        case date():
            sheet.write_datetime(row, place, cell)
        case list() | tuple():
            sheet.write_string(row, place, _short(_LIST_SEPARATOR.join(map(str, cell))))
        case _:
            sheet.write_string(row, place, _short(str(cell)))


def _short(text: str) -> str:
    return text if len(text) <= _MAX_XLSX_TEXT else f"{text[: _MAX_XLSX_TEXT - 1]}…"


def _parquet_cell(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, datetime):
        return _utc(cell)
    return list(cell) if isinstance(cell, tuple) else cell
