# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from contextlib import suppress
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import Unreadable, decimal_mark, parse_count, parse_lower_bound, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1250000", 1_250_000),
        ("1,250,000.50", 1_250_000.5),
        ("1.250.000,50", 1_250_000.5),
        ("1 250 000,5", 1_250_000.5),
        ("1'234'567", 1_234_567),
        ("1\u202f234", 1_234),
        ("12,34,567", 1_234_567),
        ("€1.2M", 1_200_000),
        ("$10k", 10_000),
        ("10 Mio. €", 10_000_000),
        ("2 Mrd", 2e9),
        ("5 crore", 5e7),
        ("£1.5bn", 1.5e9),
        ("USD 5,000", 5_000),
        ("R$ 1.000,50", 1_000.5),
        ("(1,234)", -1_234),
        ("−3", -3),
        ("5-", -5),
        ("-0.5", -0.5),
        ("12 %", 12),
        ("12.5%", 12.5),
        ("0,125", 0.125),
        ("1,5", 1.5),
        ("500+", 500),
        ("~500", 500),
        ("1e6", 1e6),
        ("1.234", 1.234),
        ("1,234", 1_234),
    ],
)
def test_numbers_are_read_as_any_country_writes_them(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["", "abc", "1,2,3", "1.2.3", "1,234,56", "12x", "1..2", "<10", "up to 5", "1e999", "9" * 70, "1 2 3 a"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_number(text)


def test_the_decimal_mark_of_the_column_settles_the_doubtful_form() -> None:
    assert (parse_number("1.234", ","), parse_number("1,234", ",")) == (1_234, 1.234)
    assert (parse_number("1.234,5", "."), parse_number("1,234.5", ",")) == (1_234.5, 1_234.5)


@pytest.mark.parametrize(
    ("samples", "mark"),
    [
        (["1.234", "5.678"], None),
        (["1.234", "5,5"], ","),
        (["1,234.5"], "."),
        (["1.234.567"], ","),
        (["7", ""], None),
        (["1,5", "1.5"], None),
    ],
)
def test_a_column_shows_its_decimal_mark(samples: list[str], mark: str | None) -> None:
    assert decimal_mark(samples) == mark


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("51-200", 51),
        ("51 – 200 employees", 51),
        ("10,001+", 10_001),
        ("1.001", 1_001),
        ("1,001-5,000", 1_001),
        ("5.000 bis 10.000", 5_000),
        ("1 to 10", 1),
        ("10k-50k", 10_000),
        ("250.0", 250),
    ],
)
def test_of_a_range_of_people_the_lower_end_is_certain(text: str, count: int) -> None:
    assert parse_count(text) == count


def test_the_unit_behind_a_range_counts_for_both_ends() -> None:
    assert parse_lower_bound("1-5 M") == parse_lower_bound("$1M - $5M") == 1_000_000
    assert parse_lower_bound("-5") == -5


@pytest.mark.parametrize("text", ["200-51", "2-Oct", "1.5", "many"])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_count(text)


@given(st.integers(-(10**12), 10**12), st.integers(0, 99), st.sampled_from([",.", ".,", " ,", "'.", "\u00a0,"]))
def test_a_number_written_with_grouping_and_decimals_is_read_back(whole: int, cents: int, marks: str) -> None:
    grouping, decimal = marks
    text = f"{whole:,}".replace(",", grouping) + f"{decimal}{cents:02}"
    expected = float(f"{whole}.{cents:02}")
    assert parse_number(text, decimal if decimal in ".," else None) == expected  # type: ignore[arg-type]


@given(st.text("0123456789.,'kKM€$%-+() e", max_size=14))
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    for read in (parse_number, parse_lower_bound, parse_count):
        with suppress(Unreadable):
            assert isfinite(read(text))
