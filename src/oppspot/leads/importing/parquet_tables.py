"""Reads Parquet files as plain frames. Runs in a process of its own: see foreign."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
import polars.selectors as cs
from polars.exceptions import PolarsError

from oppspot.leads.importing.foreign import ForeignTable
from oppspot.leads.importing.tables import BATCH_ROWS, MAX_BATCH_CHARS, MAX_ROWS, UnreadableTable, name_columns

_REFUSED_TYPES: Final = (pl.Binary, pl.Object)
_LIST_SEPARATOR: Final = "\n"
_FIRST_ROW: Final = 2


def read_parquet(path: Path) -> ForeignTable:
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
    return ForeignTable(name_columns(schema.names()), row_count, (), _FIRST_ROW, _frames(_in_plain_types(scan)))


def _in_plain_types(scan: pl.LazyFrame) -> pl.LazyFrame:
    return scan.with_columns(
        cs.decimal().cast(pl.Float64),
        (cs.categorical() | cs.enum() | cs.time() | cs.duration()).cast(pl.String),
        cs.struct().struct.json_encode(),
        cs.list().list.eval(pl.element().cast(pl.String)).list.join(_LIST_SEPARATOR),
        cs.array().arr.to_list().list.eval(pl.element().cast(pl.String)).list.join(_LIST_SEPARATOR),
    )


def _frames(scan: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    try:
        for frame in scan.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True, lazy=True):
            for part in frame.iter_slices(BATCH_ROWS):
                _refuse_huge_text(part)
                yield part
    except PolarsError as error:
        raise UnreadableTable("The Parquet file is broken: not all of its rows can be read.") from error


def _refuse_huge_text(frame: pl.DataFrame) -> None:
    """Refuse before texts become Python objects: a dictionary page can repeat one huge text in few bytes."""
    size = frame.select(pl.sum_horizontal(cs.string().str.len_bytes().sum(), pl.lit(0))).item()
    if size > 4 * MAX_BATCH_CHARS:
        raise UnreadableTable(f"{frame.height:,} rows hold {size:,} bytes of text, which is too much.")
