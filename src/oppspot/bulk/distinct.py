"""Works something out once per distinct value of a column."""

from collections.abc import Callable
from typing import Any

import polars as pl

from oppspot.bulk.errors import InvalidTable, moved


def by_distinct(values: pl.Series, work_out: Callable[[Any], Any], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """Return `work_out` of every value, null where the value is null."""
    given = values.rename("value").to_frame()
    distinct = given.drop_nulls().unique()
    answers = pl.Series("answer", [_answer(work_out, value, values) for value in distinct["value"]], dtype=dtype)
    found = given.join(distinct.with_columns(answers), on="value", how="left", maintain_order="left")
    return found["answer"]


def _answer(work_out: Callable[[Any], Any], value: Any, values: pl.Series) -> Any:
    try:
        return work_out(value)
    except InvalidTable as fault:
        raise moved(fault, (values == value).arg_max() or 0) from None
