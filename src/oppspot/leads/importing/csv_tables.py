"""Reads delimited text of any usual encoding and separator, as a stream."""

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from pathlib import Path
from typing import Final, TextIO

from oppspot.leads.importing.tables import (
    MAX_BATCH_CHARS,
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    RowBatch,
    Table,
    UnreadableTable,
    find_header,
    name_columns,
)

_SEPARATORS: Final = (",", ";", "\t", "|")
_SAMPLE_CHARS: Final = 100_000
_HEADER_SEARCH: Final = 20
_CHUNK: Final = 1 << 20
_MAX_LINE: Final = 4 * MAX_CELL_CHARS
_SEP_LINE: Final = re.compile(r"sep=(.)\r?\n?")
# Our own exports put an apostrophe before what a spreadsheet would run as a formula; see exporting.
_ESCAPED: Final = re.compile("'+\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_ESCAPED_BYTES: Final = re.compile(rb"'[ \t\r\n]*[=+\-@\xef]")
# What text has no use for: here and there it is a slip, in one byte of twenty it is no text.
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_CALLED: Final = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}
# The limit is one for the whole process; its own default would refuse cells that we accept.
csv.field_size_limit(MAX_CELL_CHARS)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a text is written: its encoding, separator, lines to pass over, and whether cells may be escaped."""

    encoding: str
    separator: str
    skipped_lines: int
    has_escapes: bool


def open_csv(path: Path, encoding: str | None = None, separator: str | None = None) -> Table:
    """Open delimited text; raises UnreadableTable when it is binary, has no header or too many columns."""
    found_encoding, has_escapes = _inspect(path, encoding)
    with path.open(encoding=found_encoding, newline="") as file:
        sample = file.read(_SAMPLE_CHARS)
    sep_line = _SEP_LINE.match(sample)
    if sep_line:
        sample = sample[sep_line.end() :]
    found_separator = separator or (sep_line[1] if sep_line else _separator_of(sample))
    form = _Form(found_encoding, found_separator, 1 if sep_line else 0, has_escapes)
    with path.open(encoding=found_encoding, newline="") as file:
        header = find_header([(number, _checked(row)) for number, row, _ in islice(_rows(file, form), _HEADER_SEARCH)])
    if header is None:
        raise UnreadableTable("The file has no header row.")
    header_row, cells = header
    columns = name_columns(cells)
    shown = {"\t": "tab"}.get(found_separator, found_separator)
    notes = [f"Read as text in {found_encoding.upper()} with the separator {shown}."]
    if header_row > 1 + form.skipped_lines:
        notes.append(f"Row {header_row} was taken for the header.")
    return Table(columns, None, tuple(notes), partial(_read_batches, path, form, len(columns), header_row))


def _checked(row: list[str]) -> list[str]:
    """Refuse a row of very many cells before a second one is read."""
    if len(row) > MAX_COLUMNS:
        raise UnreadableTable(f"The file has {len(row):,} columns; at most {MAX_COLUMNS:,} are accepted.")
    return row


def _inspect(path: Path, encoding: str | None) -> tuple[str, bool]:
    """Return the encoding, proven on the whole file, and whether apostrophes before formulas occur."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    candidates = (encoding,) if encoding else _encodings(start)
    for candidate in candidates:
        try:
            return candidate, _decode_all(path, candidate)
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise UnreadableTable(f"There is no encoding called {candidate}.") from error
    called = " or ".join(_CALLED.get(candidate, candidate.upper()) for candidate in candidates)
    raise UnreadableTable(f"The file is not text in {called}. Save it as CSV in UTF-8, or as XLSX or Parquet.")


def _encodings(start: bytes) -> tuple[str, ...]:
    if start.startswith(BOM_UTF8):
        return ("utf-8-sig",)
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return ("utf-16",)
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 4 and min(even, odd) < len(start) // 40:
        # UTF-16 without a mark: Latin text has every other byte zero.
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    if even + odd > len(start) // 10:
        raise UnreadableTable("The file is not text. Save it as CSV, XLSX or Parquet.")
    if len(_CONTROLS.findall(start)) > max(8, len(start) // 20):
        raise UnreadableTable("The file is not text. Save it as CSV, XLSX or Parquet.")
    return ("utf-8", "cp1252")


def _decode_all(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    has_escapes = False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
            # In UTF-16 the two characters are not neighbours as bytes: look for them then in every cell.
            has_escapes = has_escapes or encoding.startswith("utf-16") or _ESCAPED_BYTES.search(chunk) is not None
        decoder.decode(b"", final=True)
    return has_escapes


def _separator_of(sample: str) -> str:
    """Return the separator that cuts the most lines of the sample into equally many cells, more than one."""
    return max(_SEPARATORS, key=lambda separator: _agreement(sample, separator))


def _agreement(sample: str, separator: str) -> float:
    """Return how many rows are as wide as the header, as a share, weighed by the width; 0 for a single column."""
    lines = sample.splitlines(keepends=True)[:200]
    try:
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return 0.0
    if not rows or len(rows[0]) < 2:  # noqa: PLR2004 - a table of one column proves no separator
        return 0.0
    width = len(rows[0])
    return sum(len(row) == width for row in rows) / len(rows) + width / 10_000


def _read_batches(path: Path, form: _Form, width: int, header_row: int, size: int) -> Iterator[RowBatch]:
    numbers: list[int] = []
    rows: list[Sequence[Cell]] = []
    faults: dict[int, str] = {}
    chars = 0
    with path.open(encoding=form.encoding, newline="") as file:
        for number, row, fault in _rows(file, form):
            if number <= header_row or not any(map(str.strip, row)):
                continue
            if number > MAX_ROWS:
                raise UnreadableTable(f"The file has more than {MAX_ROWS:,} rows.")
            if found := fault or (_misfit(row, width) if len(row) > width else None):
                faults[len(rows)] = found
            chars += sum(map(len, row))
            numbers.append(number)
            # A short row ends in blank cells: spreadsheets leave out trailing separators.
            rows.append(row if len(row) == width else [*row[:width], *repeat(None, width - len(row))])
            if len(rows) >= size or chars > MAX_BATCH_CHARS:
                yield RowBatch(numbers, rows, faults)
                numbers, rows, faults, chars = [], [], {}, 0
    if rows:
        yield RowBatch(numbers, rows, faults)


def _misfit(row: list[str], width: int) -> str | None:
    """Say that a row has cells that belong to no column: most often a separator stands in a cell without quotes."""
    if not any(map(str.strip, row[width:])):
        return None
    return f"The row has {len(row)} cells, the header {width}; is a separator or a quote in a cell not quoted?"


def _rows(file: TextIO, form: _Form) -> Iterator[tuple[int, list[str], str | None]]:
    """Yield every row with its number and fault; blank lines count, as they do in a spreadsheet."""
    number = form.skipped_lines
    last_line = [""]
    held: list[str] | None = None
    try:
        for row in csv.reader(_lines(file, form.skipped_lines, last_line), delimiter=form.separator):
            if held is not None:
                yield number, held, None
            number += 1
            held = _unescaped(row) if form.has_escapes else row
    except csv.Error as error:
        raise UnreadableTable(f"After row {number} a cell does not end: {error}. Is a quote left open?") from error
    if held is not None:
        yield number, held, _open_quote(held, last_line[0])


def _open_quote(last_row: list[str], last_line: str) -> str | None:
    """Say that a quote is left open: the reader then takes the rest of the file for one cell, without a word."""
    lines = last_row[-1].count("\n") if last_row else 0
    if lines == 0 or last_line.rstrip().endswith('"'):
        return None
    return f"A quote in this row is never closed: the {lines} lines that follow were taken for one cell."


def _lines(file: TextIO, skipped: int, last_line: list[str]) -> Iterator[str]:
    """Yield lines of bounded length: a file without line breaks must not be read whole."""
    for count, line in enumerate(iter(partial(file.readline, _MAX_LINE), "")):
        if len(line) >= _MAX_LINE:
            raise UnreadableTable(f"Line {count + 1} has more than {_MAX_LINE:,} characters; is this a table?")
        if count >= skipped:
            last_line[0] = line
            yield line


def _unescaped(row: list[str]) -> list[str]:
    return [cell[1:] if cell[:1] == "'" and _ESCAPED.match(cell) else cell for cell in row]
