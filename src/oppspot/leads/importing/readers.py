"""Decides by a file's content how to read it as a table, and refuses what is none."""

from pathlib import Path
from typing import Final

from oppspot.leads.importing.csv_tables import open_csv
from oppspot.leads.importing.foreign import open_foreign
from oppspot.leads.importing.tables import (
    BATCH_ROWS,
    MAX_FILE_BYTES,
    Cell,
    RowBatch,
    Table,
    UnreadableTable,
)
from oppspot.leads.importing.xlsx_limits import check_archive

__all__ = ["BATCH_ROWS", "Cell", "RowBatch", "Table", "UnreadableTable", "open_table"]

_ACCEPTED: Final = "Save it as CSV, XLSX or Parquet."
_REFUSED: Final = (
    (b"\xd0\xcf\x11\xe0", "The file is an old Excel workbook (.xls) or protected by a password."),
    (b"\x1f\x8b", "The file is compressed with gzip; unpack it first."),
    (b"BZh", "The file is compressed with bzip2; unpack it first."),
    (b"7z\xbc\xaf", "The file is a 7z archive; unpack it first."),
    (b"\xfd7zXZ", "The file is compressed with xz; unpack it first."),
    (b"\x28\xb5\x2f\xfd", "The file is compressed with zstd; unpack it first."),
    (b"%PDF", "The file is a PDF document."),
    (b"{\\rtf", "The file is an RTF document."),
    (b"\x89PNG", "The file is a picture."),
    (b"\xff\xd8\xff", "The file is a picture."),
    (b"ARROW1", "The file is an Arrow file."),
    (b"SQLite", "The file is a database."),
)


def open_table(
    path: Path, *, sheet: str | None = None, encoding: str | None = None, separator: str | None = None
) -> Table:
    """Open a CSV, XLSX or Parquet file by its content, whatever it is called.

    `sheet` names the worksheet (default: the first); `encoding` and `separator` override what is found out about a
    CSV. Raises UnreadableTable with a message for the person who imports; reads the file again for each pass.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableTable("The file is empty.")
    if size > MAX_FILE_BYTES:
        raise UnreadableTable(f"The file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are accepted.")
    with path.open("rb") as file:
        start = file.read(16)
    for magic, reason in _REFUSED:
        if start.startswith(magic):
            raise UnreadableTable(f"{reason} {_ACCEPTED}")
    if start.startswith(b"PK"):
        check_archive(path)
        return open_foreign("xlsx", path, sheet)
    if start.startswith(b"PAR1"):
        return open_foreign("parquet", path)
    return open_csv(path, encoding, separator)
