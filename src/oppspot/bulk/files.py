"""Scores files batch by batch, so that a table of any length takes the memory of a few batches."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import polars as pl
from polars.io.plugins import register_io_source

from oppspot.bulk.errors import refusal
from oppspot.bulk.scorer import Scorer
from oppspot.core.errors import FieldProblem

BATCH_ROWS: Final = 65_536
_FORMATS: Final = {
    ".csv": "CSV",
    ".parquet": "Parquet",
    ".arrow": "Arrow IPC",
    ".ipc": "Arrow IPC",
    ".feather": "Arrow IPC",
}
ACCEPTED: Final = ", ".join(_FORMATS)

Report = Callable[[int], None]


def scan(source: Path) -> pl.LazyFrame:
    """Return the table of a file; what CSV holds is text throughout, because CSV has no types."""
    form = _format_of(source)
    if not source.is_file():
        raise refusal(FieldProblem("", f"there is no file {source}"))
    try:
        table = _scanned(source, form)
        table.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refusal(FieldProblem("", f"{source} cannot be read as {form}: {_first_line(error)}")) from None
    return table


def _scanned(source: Path, form: str) -> pl.LazyFrame:
    match form:
        case "CSV":
            return pl.scan_csv(source, infer_schema=False)
        case "Parquet":
            return pl.scan_parquet(source)
        case _:
            return pl.scan_ipc(source)


def count_rows(table: pl.LazyFrame) -> int:
    try:
        return int(table.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> Exception:
    """Return what a row says that only turns out to be none when it is read: a broken quote, a field too many."""
    return refusal(FieldProblem("", f"the table cannot be read: {_first_line(error)}"))


def score_file(table: pl.LazyFrame, scorer: Scorer, target: Path, report: Report = lambda _: None) -> int:
    """Write the scored table, row after row in its order, and return how many rows there were.

    The file appears when it is complete. `report` is told how many rows each batch had.
    """
    form = _format_of(target)
    rows = 0

    def batches(*_: Any) -> Iterator[pl.DataFrame]:
        nonlocal rows
        for batch in _scored(table, scorer):
            rows += batch.height
            report(batch.height)
            yield batch

    scored = register_io_source(batches, schema=dict(scorer.schema), is_pure=False)
    part = target.with_name(f"{target.name}.part")
    try:
        _write(scored, part, form)
        part.replace(target)
    except pl.exceptions.PolarsError as error:
        raise _unreadable(error) from None
    except OSError as error:
        raise refusal(FieldProblem("", f"{target} cannot be written: {_first_line(error)}")) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return rows


def _scored(table: pl.LazyFrame, scorer: Scorer) -> Iterator[pl.DataFrame]:
    """Yield scored batches in their order; a few are worked on at a time, since much of it takes one thread each."""
    at_a_time, rows = pl.thread_pool_size(), 0
    under_way: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(at_a_time) as threads:
        for batch in table.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, lazy=True):
            under_way.append(threads.submit(scorer.score, batch, first_row=rows + 1))
            rows += batch.height
            if len(under_way) > at_a_time:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _write(table: pl.LazyFrame, target: Path, form: str) -> None:
    match form:
        case "CSV":
            table.with_columns(_as_text(table)).sink_csv(target)
        case "Parquet":
            table.sink_parquet(target)
        case _:
            table.sink_ipc(target)


def _as_text(table: pl.LazyFrame) -> list[pl.Expr]:
    """Return the lists and objects of a table as JSON text, since CSV has neither."""
    nested = [name for name, dtype in table.collect_schema().items() if dtype.is_nested()]
    return [
        pl.when(pl.col(name).is_not_null())
        .then(pl.struct(value=pl.col(name)).struct.json_encode().str.strip_prefix('{"value":').str.strip_suffix("}"))
        .alias(name)
        for name in nested
    ]


def _format_of(path: Path) -> str:
    if (form := _FORMATS.get(path.suffix.lower())) is None:
        raise refusal(FieldProblem("", f"{path.name} does not say what it is", f"a name ending in {ACCEPTED}"))
    return form


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
