"""Scores Arrow batches one after the other: what Spark's `mapInArrow` and Ray's `map_batches` call (docs/bulk.md)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from oppspot.bulk.scorer import Scorer
from oppspot.bulk.scoring import FrameworkLike, ModelLike, frameworks_of, model_of

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow has no types of its own


def score_batches(
    batches: "Iterator[pa.RecordBatch]",
    *,
    now: datetime,
    frameworks: Sequence[FrameworkLike] = (),
    model: ModelLike | None = None,
    dot: str = ".",
) -> "Iterator[pa.RecordBatch]":
    """Yield each batch with the columns of the result behind its own; `now` knows its time zone.

    Frameworks are names of shipped ones, documents or `Framework`s; the model is "default", a document or a
    `ScoreModel`, and without one there is no lead score. `dot` is what names have for a dot. All batches have the
    columns of the first.
    """
    import pyarrow as pa  # noqa: PLC0415 — needed here only, and an extra

    scorer = None
    for batch in batches:
        table = pl.DataFrame(pl.from_arrow(batch))
        if scorer is None:
            scorer = Scorer(table.schema, frameworks_of(frameworks), model_of(model), now, dot=dot)
        schema = _with_result(batch.schema, scorer)
        result = scorer.score(table).select(scorer.result).to_arrow().combine_chunks()
        # The columns of the batch are handed on as they are, in whatever Arrow types they have.
        kept = [batch.column(name) for name in schema.names[: -len(scorer.result)]]
        made = [_one_chunk(result.column(name).cast(schema.field(name).type)) for name in scorer.result]
        yield pa.RecordBatch.from_arrays([*kept, *made], schema=schema)


def scored_schema(
    schema: "pa.Schema",
    *,
    now: datetime,
    frameworks: Sequence[FrameworkLike] = (),
    model: ModelLike | None = None,
    dot: str = ".",
) -> "pa.Schema":
    """Return the schema of the batches that `score_batches` makes of batches with this one."""
    table = pl.DataFrame(pl.from_arrow(schema.empty_table()))
    return _with_result(schema, Scorer(table.schema, frameworks_of(frameworks), model_of(model), now, dot=dot))


def _with_result(schema: "pa.Schema", scorer: Scorer) -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415 — see above

    types = {pl.String: pa.string(), pl.Int32: pa.int32(), pl.Float64: pa.float64(), pl.Date: pa.date32()}
    kept = [field for field in schema if field.name not in scorer.result]
    made = [pa.field(name, types[dtype.base_type()]) for name, dtype in scorer.result_schema.items()]
    return pa.schema([*kept, *made])


def _one_chunk(column: "pa.ChunkedArray") -> "pa.Array":
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
