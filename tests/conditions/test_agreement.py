"""The plain reading, the closures, the index, PostgreSQL and Polars give the same answers."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    MetaData,
    Numeric,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from tests.conditions.strategies import CATALOGUE, NOW, conditions, json_rows, leaves, messy_rows, typed_rows, values_of

from oppspot.conditions.bulk import compile_polars
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.rules import compile_predicate, evaluate
from oppspot.conditions.sql import compile_sql
from oppspot.conditions.types import Condition, Leaf, Not

Rows = list[dict[str, object]]

TABLE = Table(
    "condition_rows",
    MetaData(),
    Column("position", BigInteger),
    Column("title", Text),
    Column("source", Text),
    Column("employees", BigInteger),
    Column("revenue", Numeric),
    Column("score", Double),
    Column("free_mail", Boolean),
    Column("created_at", DateTime(timezone=True)),
    Column("status", Text),
    Column("technologies", ARRAY(Text)),
    Column("attributes", JSONB),
    prefixes=["TEMPORARY"],
)
COLUMN_NAMES = [column.name for column in TABLE.c]
COLUMNS = {field.name: TABLE.c[field.name] for field in CATALOGUE if "." not in field.name}
for field in CATALOGUE:
    if "." in field.name:
        COLUMNS[field.name] = TABLE.c.attributes[field.name.removeprefix("attributes.")]

SCHEMA = {
    "title": pl.String,
    "source": pl.String,
    "employees": pl.Int64,
    "revenue": pl.Decimal(30, 6),
    "score": pl.Float64,
    "free_mail": pl.Boolean,
    "created_at": pl.Datetime("us", "Europe/Berlin"),
    "status": pl.String,
    "technologies": pl.List(pl.String),
    "attributes.region": pl.String,
    "attributes.seats": pl.Float64,
    "attributes.partner": pl.Boolean,
    "attributes.tags": pl.List(pl.String),
}


@given(conditions(), messy_rows())
@settings(max_examples=60, deadline=None)
def test_closures_answer_as_the_plain_reading_does(condition: Condition, row: dict[str, object]) -> None:
    assert compile_predicate(condition)(row, NOW) is evaluate(condition, row, NOW)


@given(leaves(), st.data())
@settings(max_examples=150, deadline=None)
def test_closures_and_index_answer_a_single_question_as_the_plain_reading_does(leaf: Leaf, data: st.DataObject) -> None:
    row = {leaf.field.name: data.draw(values_of(leaf.field))}
    outcome = evaluate(leaf, row, NOW)
    assert compile_predicate(leaf)(row, NOW) is outcome
    assert RuleIndex([leaf, Not(leaf)]).all_matches(row, NOW) == {True: [0], False: [1], None: []}[outcome]


@given(st.lists(conditions(), max_size=6), st.lists(messy_rows(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_index_finds_the_first_rule_that_is_true(rules: list[Condition], rows: Rows) -> None:
    expected = [next((i for i, rule in enumerate(rules) if evaluate(rule, row, NOW)), None) for row in rows]
    assert RuleIndex(rules).first_match(rows, NOW) == expected


@given(st.lists(conditions(), max_size=6), messy_rows())
@settings(max_examples=60, deadline=None)
def test_the_index_finds_all_rules_that_are_true(rules: list[Condition], row: dict[str, object]) -> None:
    expected = [i for i, rule in enumerate(rules) if evaluate(rule, row, NOW)]
    assert RuleIndex(rules).all_matches(row, NOW) == expected


@given(st.lists(leaves() | conditions(), min_size=1, max_size=5), st.lists(typed_rows(), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_polars_answers_as_the_plain_reading_does(asked: list[Condition], rows: Rows) -> None:
    frame = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)
    answers = [compile_polars(condition, NOW).alias(str(i)) for i, condition in enumerate(asked)]
    answered = frame.with_columns(answers).select(str(i) for i in range(len(asked)))
    assert answered.rows() == [tuple(evaluate(condition, row, NOW) for condition in asked) for row in rows]


@pytest.fixture(scope="session")
def rows_table(connection: Connection) -> Connection:
    TABLE.create(connection)
    return connection


def stored(position: int, row: dict[str, object]) -> dict[str, object]:
    columns = {name: row.get(name) for name in COLUMN_NAMES if name in row}
    attributes = {name.removeprefix("attributes."): value for name, value in row.items() if "." in name}
    return {**dict.fromkeys(COLUMN_NAMES), **columns, "position": position, "attributes": attributes}


@given(
    asked=st.lists(leaves() | conditions(), min_size=1, max_size=5), rows=st.lists(json_rows(), min_size=1, max_size=6)
)
@settings(max_examples=50, deadline=None)
def test_postgresql_answers_as_the_plain_reading_does(
    rows_table: Connection, asked: list[Condition], rows: Rows
) -> None:
    rows_table.execute(delete(TABLE))
    rows_table.execute(insert(TABLE), [stored(i, row) for i, row in enumerate(rows)])
    answers = [compile_sql(condition, COLUMNS, NOW).label(f"c{i}") for i, condition in enumerate(asked)]
    answered = rows_table.execute(select(*answers).select_from(TABLE).order_by(TABLE.c.position)).all()
    assert answered == [tuple(evaluate(condition, row, NOW) for condition in asked) for row in rows]
