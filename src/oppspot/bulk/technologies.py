"""Reads the technologies a company uses: a list of texts, or that as JSON text; an empty list says there are none."""

from typing import Any, Final

import polars as pl

from oppspot.bulk.distinct import by_distinct
from oppspot.bulk.errors import refusal
from oppspot.core import json
from oppspot.core.errors import FieldProblem

TECHNOLOGIES: Final = "company.technologies"
SEPARATOR: Final = "\x1f"
ACCEPTED: Final = 'a list of texts, or such a list as JSON text, as in ["AWS", "Slack"]'


def read_technologies(column: pl.Series) -> pl.Series:
    """Return each row's names in one text, separated."""
    if column.dtype.is_nested():
        return column.list.join(SEPARATOR, ignore_nulls=True)
    return by_distinct(column.cast(pl.String), _names, pl.String)


def _names(text: str) -> str | None:
    if not text.strip():
        return None
    try:
        names: Any = json.loads(text)
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise refusal(FieldProblem(TECHNOLOGIES, f"{text[:60]!r} is no such list", ACCEPTED))
    return SEPARATOR.join(names)
