"""What the PostgreSQL compiler promises beyond agreeing with the others."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import BigInteger, Connection, DateTime, Integer, Text, column, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from tests.conditions.strategies import NOW

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.errors import FieldsWithoutColumn
from oppspot.conditions.parse import parse
from oppspot.conditions.sql import compile_sql


def compiled(document: object, **columns: object) -> object:
    by_field = {name.replace("__", "."): value for name, value in columns.items()}
    return compile_sql(parse(document, default_catalogue()), by_field, NOW)


def text_of(expression: object) -> str:
    return str(expression.compile(dialect=postgresql.dialect()))


def test_a_field_without_a_column_is_refused_by_name() -> None:
    asked = [{"field": name, "op": "is_known"} for name in ("lead.title", "lead.source", "lead.country")]
    with pytest.raises(FieldsWithoutColumn) as refusal:
        compiled({"all": asked}, lead__title=column("title", Text))
    assert refusal.value.fields == ("lead.country", "lead.source")


@pytest.mark.parametrize("kind", [Integer, BigInteger])
def test_whole_numbers_meet_integer_columns_as_they_are_so_that_an_index_serves(kind: type) -> None:
    asked = {"field": "company.employees", "op": "gte", "value": 50}
    assert text_of(compiled(asked, company__employees=column("employees", kind))).startswith("employees >= ")


def test_a_fraction_meets_an_integer_column_as_a_float() -> None:
    asked = {"field": "company.employees", "op": "gte", "value": 50.5}
    assert "DOUBLE PRECISION" in text_of(compiled(asked, company__employees=column("employees", Integer)))


def test_the_folding_table_is_sent_once_however_many_texts_are_asked_about() -> None:
    asked = {"all": [{"field": "lead.source", "op": "eq", "value": value} for value in "abc"]}
    statement = compiled(asked, lead__source=column("source", Text)).compile(dialect=postgresql.dialect())
    assert sum(len(str(value)) > 1000 for value in statement.params.values()) == 2


def test_a_timestamp_without_a_zone_is_utc(connection: Connection) -> None:
    connection.exec_driver_sql("SET TIME ZONE 'Asia/Tokyo'")
    asked = {"field": "lead.created_at", "op": "between", "value": ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]}
    stored = literal(datetime(2026, 1, 1), DateTime(timezone=False))  # noqa: DTZ001 - that is the point
    assert connection.scalar(select(compiled(asked, lead__created_at=stored))) is True
    connection.exec_driver_sql("SET TIME ZONE 'UTC'")


def test_a_datetime_in_json_is_read_as_one(connection: Connection) -> None:
    asked = {"field": "lead.created_at", "op": "gte", "value": "2026-01-01T00:00:00Z"}
    for stored, outcome in (("2026-01-01T01:00:00+01:00", True), ("2025-12-31T23:59:59Z", False), (5, None)):
        assert connection.scalar(select(compiled(asked, lead__created_at=literal(stored, JSONB)))) is outcome


def test_now_is_the_callers(connection: Connection) -> None:
    asked = {"field": "lead.created_at", "op": "within_last", "value": {"days": 1}}
    stored = literal(datetime(2026, 10, 25, 12, tzinfo=UTC), DateTime(timezone=True))
    assert connection.scalar(select(compiled(asked, lead__created_at=stored))) is True


def test_beyond_the_reach_of_floats_integer_columns_answer_as_rows_do(connection: Connection) -> None:
    asked = {"field": "company.annual_revenue", "op": "eq", "value": 2**53}
    stored = literal(2**53 + 1, BigInteger)
    assert connection.scalar(select(compiled(asked, company__annual_revenue=stored))) is True
