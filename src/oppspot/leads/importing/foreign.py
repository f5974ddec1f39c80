"""Reads kinds of files whose libraries a crafted file can crash, in a process of its own, so that ours lives on.

The other process (foreign_process) turns the file into plain frames in a temporary file beside it; here they are read.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, BinaryIO, Final, Literal

import orjson
import polars as pl

from oppspot.leads.importing.tables import RowBatch, Table, UnreadableTable, is_blank_row

ForeignKind = Literal["parquet", "xlsx"]

_MAX_SECONDS: Final = 300
_LENGTH_BYTES: Final = 8
_PROGRAM: Final = "oppspot.leads.importing.foreign_process"


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """What the other process read: `frames` hold plain values, the first of them in row `first_row` of the file."""

    columns: tuple[str, ...]
    row_count: int
    notes: tuple[str, ...]
    first_row: int
    frames: Iterator[pl.DataFrame]


def open_foreign(kind: ForeignKind, path: Path, sheet: str | None = None) -> Table:
    """Read a file of this kind; raises UnreadableTable, also when the library crashes or takes too long."""
    # Deleted when the table is let go of: the readers of its rows hold on to it.
    frames = NamedTemporaryFile(dir=path.parent, prefix=".rows-")  # noqa: SIM115
    told = _run(kind, path, Path(frames.name), sheet)
    return Table(
        tuple(told["columns"]),
        told["row_count"],
        tuple(told["notes"]),
        partial(_read_batches, frames, told["first_row"]),
    )


def write_frame(file: BinaryIO, frame: pl.DataFrame) -> None:
    """Append a frame, preceded by its length."""
    buffer = BytesIO()
    frame.write_ipc_stream(buffer)
    content = buffer.getbuffer()
    file.write(len(content).to_bytes(_LENGTH_BYTES, "big"))
    file.write(content)


def _run(kind: ForeignKind, path: Path, frames: Path, sheet: str | None) -> dict[str, Any]:
    command = [sys.executable, "-m", _PROGRAM, kind, str(path), str(frames), *([sheet] if sheet else [])]
    # One thread is enough for a file, and leaves the other cores to the people who wait for pages.
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_MAX_SECONDS, env=environment)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise UnreadableTable(f"The file could not be read within {_MAX_SECONDS} seconds.") from error
    if done.returncode != 0:
        raise UnreadableTable("The file is broken: it cannot be read to its end.")
    told: dict[str, Any] = orjson.loads(done.stdout)
    if refused := told.get("refused"):
        raise UnreadableTable(str(refused))
    return told


def _read_batches(frames: IO[bytes], first_row: int, size: int) -> Iterator[RowBatch]:
    with Path(frames.name).open("rb") as file:
        while length := file.read(_LENGTH_BYTES):
            frame = pl.read_ipc_stream(BytesIO(file.read(int.from_bytes(length, "big"))))
            for part in frame.iter_slices(size):
                filled = [(number, row) for number, row in enumerate(part.rows(), first_row) if not is_blank_row(row)]
                yield RowBatch([number for number, _ in filled], [row for _, row in filled])
                first_row += part.height
