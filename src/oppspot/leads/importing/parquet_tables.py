"""Reads Parquet files batch by batch."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
import polars.selectors as cs
from polars.exceptions import PolarsError

from oppspot.leads.importing.tables import (
    MAX_BATCH_CHARS,
    MAX_ROWS,
    RowBatch,
    Table,
    UnreadableTable,
    is_blank_row,
    name_columns,
)

_REFUSED_TYPES: Final = (pl.Binary, pl.Object)
_LIST_SEPARATOR: Final = "\n"
_HEADER_ROWS: Final = 1


def open_parquet(path: Path) -> Table:
    """Open a Parquet file; raises UnreadableTable when it is broken, too long, or has columns of bytes."""
    try:
        scan = pl.scan_parquet(path, glob=False)
        schema = scan.collect_schema()
        row_count = scan.select(pl.len()).collect().item()
    except (PolarsError, OSError) as error:
        raise UnreadableTable("The Parquet file is broken or of a kind that cannot be read.") from error
    if row_count > MAX_ROWS:
        raise UnreadableTable(f"The file has {row_count:,} rows; at most {MAX_ROWS:,} are accepted.")
    for name, dtype in schema.items():
        if dtype in _REFUSED_TYPES:
            raise UnreadableTable(f"The column {name} holds bytes, which no field of a lead can take.")
        if isinstance(dtype, (pl.List, pl.Array)) and dtype.inner.is_nested():
            raise UnreadableTable(f"The column {name} holds lists of lists or records, which no field can take.")
    columns = name_columns(schema.names())
    return Table(columns, row_count, (), partial(_read_batches, _in_plain_types(scan)))


def _in_plain_types(scan: pl.LazyFrame) -> pl.LazyFrame:
    return scan.with_columns(
        cs.decimal().cast(pl.Float64),
        (cs.categorical() | cs.enum() | cs.time() | cs.duration()).cast(pl.String),
        cs.struct().struct.json_encode(),
        cs.list().list.eval(pl.element().cast(pl.String)).list.join(_LIST_SEPARATOR),
        cs.array().arr.to_list().list.eval(pl.element().cast(pl.String)).list.join(_LIST_SEPARATOR),
    )


def _read_batches(scan: pl.LazyFrame, size: int) -> Iterator[RowBatch]:
    first = _HEADER_ROWS + 1
    try:
        for frame in scan.collect_batches(chunk_size=size, maintain_order=True, lazy=True):
            for part in frame.iter_slices(size):
                _refuse_huge_text(part)
                yield _batch(part, first)
                first += part.height
    except PolarsError as error:
        raise UnreadableTable(f"The Parquet file cannot be read from row {first} on.") from error


def _batch(frame: pl.DataFrame, first: int) -> RowBatch:
    filled = [(number, row) for number, row in enumerate(frame.rows(), first) if not is_blank_row(row)]
    return RowBatch([number for number, _ in filled], [row for _, row in filled])


def _refuse_huge_text(frame: pl.DataFrame) -> None:
    """Refuse before texts become Python objects: a dictionary page can repeat one huge text in few bytes."""
    size = frame.select(pl.sum_horizontal(cs.string().str.len_bytes().sum(), pl.lit(0))).item()
    if size > 4 * MAX_BATCH_CHARS:
        raise UnreadableTable(f"{frame.height:,} rows hold {size:,} bytes of text, which is too much.")
