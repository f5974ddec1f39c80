"""Names are found by whole words."""

import pytest

from oppspot.scoring.words import TermIndex, is_within_domain, leading_digits, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Director", []),
        ("CTO", ["CTO"]),
        ("Co-founder & CTO", ["CTO"]),
        ("Vice President, Sales", ["vice president"]),
        ("Vice-President", ["vice president"]),
        ("President (Vice)", []),
        ("", []),
    ],
)
def test_terms_are_found_as_runs_of_whole_words(text, found):
    index = TermIndex({"CTO": 1, "vice president": 2})
    assert [term for term, _ in index.find(text)] == found


def test_signs_after_a_word_belong_to_it_and_forms_of_letters_do_not_matter():
    assert words("C++ / C# .NET Straße") == ("c++", "c#", "net", "strasse")


@pytest.mark.parametrize(("code", "digits"), [("62012 - Software", "62012"), (" 01 ", "01"), ("SIC 62", ""), ("", "")])
def test_a_code_is_its_leading_digits(code, digits):
    assert leading_digits(code) == digits


def test_a_domain_is_within_itself_and_its_parents_only():
    parents = ["Rival.com"]
    assert [is_within_domain(domain, parents) for domain in ("rival.com", "a.RIVAL.com.", "arival.com", "com")] == [
        True,
        True,
        False,
        False,
    ]
