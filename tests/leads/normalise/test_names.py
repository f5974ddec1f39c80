# ruff: noqa: RUF001 - letters and signs of other scripts are what is tested
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oppspot.leads.normalise import company_name_key, person_name_key, split_full_name

SAME_COMPANY = [
    ("ACME Widgets, S.p.A.", "acme widgets spa"),
    ("Müller GmbH & Co. KG", "MULLER"),
    ("The Coca-Cola Company", "Coca Cola Co."),
    ("I.B.M. Corp.", "IBM"),
    ("Kowalski Sp. z o.o.", "Kowalski"),
    ("Acme Private Limited", "Acme Pvt. Ltd."),
    ("トヨタ株式会社", "株式会社トヨタ"),
    ("ООО Ромашка", "Ромашка"),
    ("Société Générale SA", "Societe Generale"),
    ("Barnes & Noble, Inc.", "Barnes and Noble"),
    ("Volvo AB (publ)", "Volvo"),
    ("O'Reilly Ltd", "OReilly"),
]
OTHER_COMPANY = [
    ("Acme Holding", "Acme"),
    ("Acme France SAS", "Acme Italia Srl"),
    ("San Diego Zoo", "San Diego"),
    ("Johnson & Johnson", "Johnson"),
    ("BT Group plc", "Group plc"),
    ("カ社", "ガ社"),
]


@pytest.mark.parametrize(("one", "other"), SAME_COMPANY)
def test_one_company_written_in_two_ways_has_one_key(one: str, other: str) -> None:
    assert company_name_key(one) == company_name_key(other)


@pytest.mark.parametrize(("one", "other"), OTHER_COMPANY)
def test_two_companies_keep_two_keys(one: str, other: str) -> None:
    assert company_name_key(one) != company_name_key(other)


@pytest.mark.parametrize("name", ["! LTD", "???", "GmbH", "", "  "])
def test_a_legal_form_or_signs_alone_name_no_company(name: str) -> None:
    assert company_name_key(name) is None


def test_a_company_called_by_a_legal_form_keeps_its_whole_name() -> None:
    assert company_name_key("The Limited") == "the limited"
    assert company_name_key("A.B. Ltd") == company_name_key("AB Limited") == "ab"


@given(st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from([n for pair in SAME_COMPANY for n in pair]))
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    key = company_name_key(name)
    assert key is None or company_name_key(key) in (key, None)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Dr. Jane van der Berg", ("Jane", "van der Berg")),
        ("van der Berg, Dr. Jane", ("Jane", "van der Berg")),
        ("Jane Doe, PhD", ("Jane", "Doe")),
        ("Mary Jane Watson", ("Mary Jane", "Watson")),
        ("Martin Luther King Jr.", ("Martin Luther", "King")),
        ("Jack Ma", ("Jack", "Ma")),
        ("Madonna", (None, "Madonna")),
        ("山田 太郎", ("太郎", "山田")),
        ("Doe,", (None, "Doe")),
        ("", (None, None)),
    ],
)
def test_full_names_are_split(name: str, parts: tuple[str | None, str | None]) -> None:
    assert split_full_name(name) == parts


def test_one_person_has_one_key_wherever_the_name_was_split() -> None:
    assert person_name_key("Ana María", "Ruiz") == person_name_key("ANA", "Maria Ruiz") == "ana maria ruiz"
    assert person_name_key("Dr. Jean-Luc", "O’Brien") == person_name_key("Jean Luc", "OBrien")


def test_half_a_name_is_no_key() -> None:
    assert person_name_key("Jane", None) is person_name_key(None, "Doe") is person_name_key("Dr", "!") is None
