from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.web import formats

MINUS = "\N{MINUS SIGN}"


euros = partial(formats.money, currency="EUR")


@pytest.mark.parametrize("show", [formats.number, formats.signed, formats.percent, euros, formats.compact])
def test_nothing_known_reads_unknown_and_never_zero(show):
    assert show(None) == formats.UNKNOWN
    assert "unknown" not in show(0)


def test_numbers_have_thousands_and_a_true_minus():
    assert formats.number(1234567.891, 1) == "1,234,567.9"
    assert formats.number(-3) == f"{MINUS}3"
    assert formats.number(Decimal("12.5"), 2) == "12.50"


def test_contributions_carry_their_sign_and_nothing_has_none():
    assert [formats.signed(value) for value in (18, -4.55, 0, -0.01)] == ["+18.0", f"{MINUS}4.5", "0.0", "0.0"]


def test_ratios_read_as_shares():
    assert formats.percent(0.427, 1) == "42.7%"
    assert formats.percent(1) == "100%"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (940, "€940"),
        (999_999, "€1m"),
        (1_250_000, "€1.2m"),
        (12_400, "€12k"),
        (4_000_000_000, "€4bn"),
        (-61_000, f"{MINUS}€61k"),
    ],
)
def test_compact_money_keeps_two_digits(amount, shown):
    assert formats.money(amount, "EUR", compact=True) == shown


def test_money_names_a_currency_without_a_symbol():
    assert formats.money(1200, "CHF") == "CHF 1,200"


def test_one_is_singular_and_none_is_plural():
    assert [formats.plural(n, "lead") for n in (0, 1, 3204)] == ["0 leads", "1 lead", "3,204 leads"]
    assert formats.plural(2, "company", "companies") == "2 companies"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ines Falk", "IF"), ("Aoife Ní Bhraonáin", "AB"), ("陳美玲", "陳"), ("kim@acme.example", "KA"), ("  ", "?")],
)
def test_initials_stand_for_a_name(name, letters):
    assert formats.initials(name) == letters


@given(st.text())
def test_every_name_has_initials_and_a_steady_colour(name):
    assert 1 <= len(formats.initials(name)) <= 6
    assert formats.avatar_tone(name) == formats.avatar_tone(f" {name} ") < formats.AVATAR_TONES
