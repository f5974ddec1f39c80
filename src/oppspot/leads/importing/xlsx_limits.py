"""Decides whether an XLSX archive is safe to open: not a bomb, and of a size that fits the memory."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from oppspot.leads.importing.tables import MAX_COLUMNS, UnreadableTable

MAX_ENTRIES: Final = 5_000
MAX_UNPACKED_BYTES: Final = 1024**3
MAX_CELLS: Final = 10_000_000
MAX_TEXT_CHARS: Final = 500_000_000
_MAX_RATIO: Final = 200
_RATIO_MATTERS_FROM: Final = 10 * 1024**2
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 512
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_STRINGS: Final = "xl/sharedStrings.xml"
# Double quotes are what every program writes; the others are looked for only where they occur.
_COLUMN, _ROW = re.compile(rb'"([A-Za-z]{1,9})[0-9]{1,20}"'), re.compile(rb'"[A-Za-z]{1,9}([0-9]{1,20})"')
_COLUMN_OTHER, _ROW_OTHER = re.compile(rb"'([A-Za-z]{1,9})[0-9]{1,20}'"), re.compile(rb"'[A-Za-z]{1,9}([0-9]{1,20})'")
# Cells that are only formatted are closed at once and take no memory.
_FILLED_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?[\s\"']r\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,20})[\"'](?:[^>]*[^/>])?>",
)
_STRING_END: Final = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_STRING_USE: Final = re.compile(rb"t\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v>([0-9]{1,9})<")


def check_archive(path: Path) -> None:
    """Raise UnreadableTable if the file is no sound workbook or would take too much memory."""
    try:
        with ZipFile(path) as archive:
            _check_entries(archive)
            for entry in archive.infolist():
                _check_content(archive, entry)
            _check_texts(archive)
    except (BadZipFile, ZlibError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableTable("The file is broken or protected: it cannot be unpacked as a workbook.") from error


def _check_entries(archive: ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.xml" not in names:
        raise UnreadableTable("The file is an archive but no XLSX workbook. Save it as CSV, XLSX or Parquet.")
    if len(entries) > MAX_ENTRIES or len(names) != len(entries):
        raise UnreadableTable(f"The workbook has {len(entries):,} parts or one twice; this is no ordinary workbook.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableTable(
            f"The workbook unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED_BYTES:,} are accepted. Save it as CSV."
        )
    for entry in entries:
        if entry.file_size > _RATIO_MATTERS_FROM and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1):
            raise UnreadableTable(f"The part {entry.filename} unpacks to over {_MAX_RATIO} times its size.")


def _check_content(archive: ZipFile, entry: ZipInfo) -> None:
    """Unpack an XML part once: its declared size may be a lie, which the checksum at its end uncovers."""
    if not entry.filename.lower().endswith((".xml", ".rels")):
        return
    is_sheet = _SHEET.fullmatch(entry.filename) is not None
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for chunk in _chunks(archive, entry.filename):
        if is_sheet:
            columns.update(_COLUMN.findall(chunk))
            rows.update(_ROW.findall(chunk))
        if is_sheet and b"'" in chunk:
            columns.update(_COLUMN_OTHER.findall(chunk))
            rows.update(_ROW_OTHER.findall(chunk))
    if not columns:
        return
    if _area(columns, rows) > MAX_CELLS or len(columns) > MAX_COLUMNS:
        _check_filled_area(archive, entry)


def _check_filled_area(archive: ZipFile, entry: ZipInfo) -> None:
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for chunk in _chunks(archive, entry.filename):
        for column, row in _FILLED_CELL.findall(chunk):
            columns.add(column)
            rows.add(row)
    if columns and _area(columns, rows) > MAX_CELLS:
        raise UnreadableTable(
            f"A sheet reaches to row {max(map(int, rows)):,} and column {max(map(_column_number, columns)):,}; at most"
            f" {MAX_CELLS:,} cells are accepted. Save it as CSV.",
        )


def _area(columns: set[bytes], rows: set[bytes]) -> int:
    return max(map(_column_number, columns)) * max(map(int, rows))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_texts(archive: ZipFile) -> None:
    """Refuse a sheet that repeats long shared texts until they fill the memory."""
    if _STRINGS not in archive.namelist():
        return
    sizes = _text_sizes(archive)
    if not sizes:
        return
    for entry in archive.infolist():
        if not _SHEET.fullmatch(entry.filename):
            continue
        if max(sizes) * entry.file_size < MAX_TEXT_CHARS * len(b'<c t="s"><v>0</v></c>'):
            continue  # even if every cell were the longest text
        chars = sum(
            sum(sizes[place] for use in _STRING_USE.findall(chunk) if (place := int(use)) < len(sizes))
            for chunk in _chunks(archive, entry.filename, overlap=0)
        )
        if chars > MAX_TEXT_CHARS:
            raise UnreadableTable(f"A sheet holds {chars:,} characters; at most {MAX_TEXT_CHARS:,} are accepted.")


def _text_sizes(archive: ZipFile) -> list[int]:
    """Return the length of every shared text with its tags, which is enough for a limit."""
    sizes: list[int] = []
    carried = 0
    for chunk in _chunks(archive, _STRINGS, overlap=0):
        ends = [0, *(found.end() for found in _STRING_END.finditer(chunk))]
        sizes += (end - start for start, end in pairwise(ends))
        if len(ends) > 1:
            sizes[len(sizes) - len(ends) + 1] += carried
            carried = 0
        carried += len(chunk) - ends[-1]
    return sizes


def _chunks(archive: ZipFile, name: str, overlap: int = _OVERLAP) -> Iterator[bytes]:
    """Yield a part piece by piece, each with the end of the one before so that nothing is cut in two."""
    tail = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            yield tail + chunk if tail else chunk
            tail = chunk[-overlap:] if overlap else b""
