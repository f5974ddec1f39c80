"""How senior a title is."""

import pytest

from oppspot.qualification.titles import seniority_of_title


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        ("CTO", "executive"),
        ("Chief Information Officer", "executive"),
        ("Co-Founder & COO", "executive"),
        ("Geschäftsführerin", "executive"),
        ("Directrice générale", "executive"),
        ("Managing Director", "executive"),
        ("President", "executive"),
        ("Director", "director"),
        ("Director of Procurement", "director"),
        ("Vice President Sales", "director"),
        ("SVP, Operations", "director"),
        ("Head of IT", "director"),
        ("Bereichsleiter Einkauf", "director"),
        ("Product Owner", "manager"),
        ("Chief of Staff", "manager"),
        ("IT Manager", "manager"),
        ("Executive Assistant to the CEO", "other"),
        ("Former CEO", "other"),
        ("Doctor", "other"),
        ("Accountant", "other"),
        (" - ", None),
    ],
)
def test_a_title_is_read_by_whole_words(title, seniority):
    assert seniority_of_title(title) == seniority
