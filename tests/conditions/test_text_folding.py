"""Text loses its case the same way in Python, PostgreSQL and Polars, letter by letter."""

import sys
from functools import cache

import polars as pl
from sqlalchemy import ARRAY, Connection, Text, bindparam, collate, column, func, select, table

from oppspot.conditions import bulk, sql_values
from oppspot.conditions.values import FOLDING, fold


@cache
def letters_with_a_case() -> list[str]:
    everything = (chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    return [char for char in everything if char.lower() != char or char.upper() != char]


def test_folding_twice_changes_nothing_more() -> None:
    assert all(fold(fold(char)) == fold(char) for char in letters_with_a_case())


def test_a_letter_stays_one_letter() -> None:
    assert all(len(char) == len(lower) == 1 for char, lower in FOLDING.items())


def test_no_letter_with_a_case_was_left_out() -> None:
    simple = (char for char in letters_with_a_case() if len(char.casefold()) == 1)
    assert all(fold(char) == char.casefold() for char in simple)


def test_polars_folds_every_letter_as_python_does() -> None:
    letters = letters_with_a_case()
    answers = pl.DataFrame({"letter": letters}).select(bulk.folded(pl.col("letter")))
    assert answers.to_series().to_list() == [fold(letter) for letter in letters]


def test_postgresql_folds_every_letter_as_python_does_under_any_collation(connection: Connection) -> None:
    letters = letters_with_a_case()
    expected = [fold(letter) for letter in letters]
    letter = func.unnest(bindparam("letters", letters, ARRAY(Text))).column_valued("letter")
    at_hand = connection.scalars(select(column("collname")).select_from(table("pg_collation"))).all()
    for collation in {"C", "pg_c_utf8", "pg_unicode_fast", "tr-x-icu", "und-x-icu"}.intersection(at_hand):
        assert connection.scalars(select(sql_values.folded(collate(letter, collation)))).all() == expected
