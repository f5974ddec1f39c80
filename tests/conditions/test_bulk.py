"""What the Polars compiler promises beyond agreeing with the others."""

from datetime import datetime

import polars as pl
import pytest
from tests.conditions.strategies import NOW

from oppspot.conditions.bulk import compile_polars
from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.parse import parse

ASKED = {
    "lead.source": {"op": "contains", "value": "web"},
    "company.employees": {"op": "gte", "value": 50},
    "lead.is_free_mail": {"op": "eq", "value": True},
    "lead.created_at": {"op": "older_than", "value": {"days": 1}},
    "lead.status": {"op": "in", "value": ["new"]},
    "company.technologies": {"op": "has_any", "value": ["SAP"]},
}


def compiled(field: str, columns: list[str] | None = None) -> pl.Expr:
    return compile_polars(parse({"field": field, **ASKED[field]}, default_catalogue()), NOW, columns)


@pytest.mark.parametrize("field", ASKED)
def test_a_column_that_is_null_throughout_is_unknown(field: str) -> None:
    assert pl.DataFrame({field: [None, None]}).select(compiled(field)).to_series().to_list() == [None, None]


@pytest.mark.parametrize("field", ASKED)
def test_a_field_the_frame_lacks_is_unknown_when_its_columns_are_told(field: str) -> None:
    frame = pl.DataFrame({"id": [1]})
    assert frame.select(compiled(field, frame.columns)).to_series().to_list() == [None]


def test_a_field_the_frame_lacks_is_an_error_otherwise() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        pl.DataFrame({"id": [1]}).select(compiled("lead.source"))


def test_datetimes_without_a_zone_are_utc() -> None:
    naive = NOW.replace(tzinfo=None)
    frame = pl.DataFrame({"lead.created_at": [naive, datetime(2020, 1, 1)]})  # noqa: DTZ001 - that is the point
    assert frame.select(compiled("lead.created_at")).to_series().to_list() == [False, True]


def test_a_frame_can_be_filtered_lazily() -> None:
    frame = pl.LazyFrame({"company.employees": [10, 50, None]})
    assert frame.filter(compiled("company.employees")).collect().to_series().to_list() == [50]


def test_nan_and_infinities_are_unknown() -> None:
    frame = pl.DataFrame({"company.employees": [float("nan"), float("inf"), 60.0]})
    assert frame.select(compiled("company.employees")).to_series().to_list() == [None, None, True]


def test_what_regular_expressions_take_for_patterns_are_ordinary_characters() -> None:
    asked = parse({"field": "lead.source", "op": "contains", "value": "c.+("}, default_catalogue())
    frame = pl.DataFrame({"lead.source": ["abc.+(d", "abccc(d"]})
    assert frame.select(compile_polars(asked, NOW)).to_series().to_list() == [True, False]
