"""The program that reads a Parquet or XLSX file for `foreign`: FILE in, frames and a description out."""

import sys
from pathlib import Path
from typing import Final

import orjson

from oppspot.leads.importing.foreign import ForeignTable, write_frame
from oppspot.leads.importing.parquet_tables import read_parquet
from oppspot.leads.importing.tables import UnreadableTable
from oppspot.leads.importing.xlsx_tables import read_xlsx

# A crafted file may ask for any amount of memory; beyond this only this process ends.
MAX_MEMORY_BYTES: Final = 8 * 1024**3


def main(kind: str, path: str, frames: str, sheet: str | None = None) -> None:
    """Write the frames of a file to `frames`, and what the table is, or why it is refused, to standard output."""
    _limit_memory()
    try:
        table = read_parquet(Path(path)) if kind == "parquet" else read_xlsx(Path(path), sheet)
        told = _write(table, Path(frames))
    except UnreadableTable as refused:
        told = {"refused": str(refused)}
    sys.stdout.buffer.write(orjson.dumps(told))


def _write(table: ForeignTable, frames: Path) -> dict[str, object]:
    with frames.open("wb") as file:
        for frame in table.frames:
            write_frame(file, frame)
    return {
        "columns": table.columns,
        "row_count": table.row_count,
        "notes": table.notes,
        "first_row": table.first_row,
    }


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(*sys.argv[1:])
