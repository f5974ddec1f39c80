"""Files of lists: written in bounded memory from what the database streams, then sent."""

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from anyio import from_thread, to_thread
from anyio.lowlevel import EventLoopToken, current_token
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from oppspot.leads.exporting import MEDIA_TYPES, ExportColumn, ExportFormat, csv_chunks, write_parquet, write_xlsx

T = TypeVar("T")
_BATCH: Final = 2_000


async def write_file(
    form: ExportFormat,
    columns: Sequence[ExportColumn],
    items: AsyncIterator[T],
    cells_of: Callable[[T], Sequence[Any]],
) -> Path:
    """Write all items to a file of its own, a row each; whoever asked sends it with `file_answer`."""
    with tempfile.NamedTemporaryFile(suffix=f".{form}", delete=False) as opened:
        path = Path(opened.name)
    try:
        # Polars reads from a thread of its own, so the way back to the event loop is handed on.
        rows = partial(_cells, items, current_token(), cells_of)
        await to_thread.run_sync(_write, path, form, columns, rows)
    except BaseException:
        _discard(path)
        raise
    return path


def file_answer(path: Path, form: ExportFormat, stem: str, now: datetime) -> FileResponse:
    """Return the answer that sends a written file and then discards it."""
    name = f"{stem}-{now:%Y-%m-%d}.{form}"
    return FileResponse(path, media_type=MEDIA_TYPES[form], filename=name, background=BackgroundTask(_discard, path))


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _write(
    path: Path, form: ExportFormat, columns: Sequence[ExportColumn], rows: Callable[[], Iterator[Sequence[Any]]]
) -> None:
    """Write the file in a thread of its own, drawing rows from the event loop a batch at a time."""
    match form:
        case ExportFormat.CSV:
            with path.open("wb") as stream:
                stream.writelines(csv_chunks(columns, rows()))
        case ExportFormat.XLSX:
            write_xlsx(path, columns, rows())
        case ExportFormat.PARQUET:
            write_parquet(path, columns, rows())


def _cells(
    items: AsyncIterator[T], loop: EventLoopToken, cells_of: Callable[[T], Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    while batch := from_thread.run(_next_batch, items, token=loop):
        for item in batch:
            yield cells_of(item)


async def _next_batch(items: AsyncIterator[T]) -> list[T]:
    batch: list[T] = []
    async for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            break
    return batch
