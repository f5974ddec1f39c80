# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
from pathlib import Path

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import (
    Unreadable,
    clean_line,
    clean_lines,
    fold,
    is_blank,
    is_blank_name,
    normalise_country,
    normalise_phone,
    normalise_postcode,
    parse_flag,
    registration_key,
)
from oppspot.leads.normalise.countries import _key, _table
from oppspot.leads.normalise.funding import normalise_funding_stage
from oppspot.leads.types import FundingStage


def _iso_3166() -> list[list[str]]:
    table = (Path(tzdata.__file__).parent / "zoneinfo" / "iso3166.tab").read_text()
    return [line.split("\t") for line in table.splitlines() if not line.startswith("#")]


def test_every_country_of_the_standard_is_known_by_code_and_name() -> None:
    assert [(code, name) for code, name in _iso_3166() if normalise_country(name) != code] == []
    assert {code for code, _ in _iso_3166()} == {code for code, _, _ in _table()}


def test_no_name_stands_for_two_countries() -> None:
    named = {(_key(name), code) for code, code3, names in _table() for name in (code, code3, *names)}
    assert len(named) == len({key for key, _ in named})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("germany", "DE"),
        ("Allemagne", "DE"),
        ("DEU", "DE"),
        ("the Netherlands", "NL"),
        ("U.S.A.", "US"),
        ("uk", "GB"),
        ("Côte d’Ivoire", "CI"),
        ("日本", "JP"),
        ("de", "DE"),
    ],
)
def test_countries_are_known_in_several_languages(text: str, code: str) -> None:
    assert normalise_country(text) == code


def test_an_unknown_country_names_the_nearest() -> None:
    with pytest.raises(Unreadable, match=r"did you mean Germany\?"):
        normalise_country("Germny")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("0044 20 7946 0000", "+442079460000"),
        ("(555) 555-5555", "5555555555"),
        ("020 7946 0000 ext. 12", "02079460000"),
        ("555.123.4567x89", "5551234567"),
        ("tel: +1 555 123 4567", "+15551234567"),
        ("+44 20 7946 0000 / 07700 900000", "+442079460000"),
        ("447900000000", "447900000000"),
    ],
)
def test_telephone_numbers_have_one_form(text: str, number: str) -> None:
    assert normalise_phone(text) == number
    assert normalise_phone(number) == number


@pytest.mark.parametrize("text", ["1234", "see e-mail", "12345678901234567", "", "+", "+44\x0020 7946 0000"])
def test_what_is_no_telephone_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        normalise_phone(text)


@pytest.mark.parametrize(
    "text", ["", " ", "Select", "N/A", "NULL", "-", "—", "(blank)", "#N/A", "keine Angabe", "unknown", "\t"]
)
def test_words_for_nothing_are_blank(text: str) -> None:
    assert is_blank(text)


def test_people_may_be_called_null() -> None:
    assert not is_blank_name("Null")
    assert not is_blank_name("Na")
    assert is_blank_name("NULL")
    assert is_blank_name("n/a")


def test_a_line_is_cleaned_of_what_nobody_sees() -> None:
    assert clean_line(" Jane\u200b\t Doe\r\n", 20) == "Jane Doe"
    assert clean_line("e\u0301", 20) == "é"
    assert clean_line("\u202eevil", 20) == "evil"
    assert clean_line(" \ufeff ", 20) is None
    assert clean_lines("one\r\ntwo\u200b\n", 20) == "one\ntwo"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x9fb", "a\ud800b", "x" * 21])
def test_control_characters_half_pairs_and_long_texts_are_refused(text: str) -> None:
    for clean in (clean_line, clean_lines):
        with pytest.raises(Unreadable):
            clean(text, 20)


@given(st.text(max_size=30))
def test_cleaning_and_folding_twice_change_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    for clean in (clean_line, clean_lines):
        try:
            cleaned = clean(text, 100)
        except Unreadable:
            continue
        assert cleaned is None or clean(cleaned, 100) == cleaned


def test_marks_that_tell_letters_apart_stay() -> None:
    assert fold("Ærø, Łódź, STRASSE, Straße, İzmir") == "aero, lodz, strasse, strasse, izmir"
    assert fold("ガ") != fold("カ")


@pytest.mark.parametrize(
    ("text", "flag"), [("Yes", True), ("ja", True), ("0", False), ("Falsch", False), (" oui ", True)]
)
def test_yes_and_no_are_known_in_several_languages(text: str, flag: bool) -> None:
    assert parse_flag(text) is flag


def test_other_words_are_neither_yes_nor_no() -> None:
    with pytest.raises(Unreadable):
        parse_flag("maybe")


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Series A", "series_a"),
        ("series_b", "series_b"),
        ("D round", "series_c_plus"),
        ("Pre-Seed", "pre_seed"),
        ("IPO", "public"),
        ("Serie C", "series_c_plus"),
    ],
)
def test_funding_stages_are_known_by_common_spellings(text: str, stage: str) -> None:
    assert normalise_funding_stage(text) == stage
    assert all(normalise_funding_stage(stage) is stage for stage in FundingStage)


def test_registration_numbers_compare_within_their_country() -> None:
    assert registration_key("8209948", "GB") == registration_key("08209948", "GB") == "GB|08209948"
    assert registration_key("sc 243-739", "GB") == "GB|SC243739"
    assert registration_key("08209948", "DK") != registration_key("08209948", "GB")
    assert {registration_key(text, "GB") for text in ("--", "n/a", "none", "0", "00000000", "")} == {None}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("10115", "10115"),
        (" sw1a  1aa ", "SW1A 1AA"),
        ("D-10115", "10115"),
        ("NL-1012 ab", "1012 AB"),
        ("94105-1234", "94105-1234"),
        ("00-950", "00-950"),
        ("1234-567", "1234-567"),
    ],
)
def test_a_postcode_is_in_capitals_without_a_country(written: str, code: str) -> None:
    assert normalise_postcode(written) == code
    assert normalise_postcode(code) == code


@pytest.mark.parametrize("text", ["Berlin", "n/a", "1" * 21])
def test_what_can_be_no_postcode_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        normalise_postcode(text)


@given(st.text(max_size=12))
def test_a_postcode_gives_itself_again(text: str) -> None:
    try:
        code = normalise_postcode(text)
    except Unreadable:
        return
    assert normalise_postcode(code) == code
