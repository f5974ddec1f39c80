"""How senior a title is, and of which department; measured on labels that the rules were not written from."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from oppspot.qualification.titles import read_title, seniority_of_title

LABELLED = Path(__file__).parent / "labelled" / "titles.tsv"


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
        ("Product Owner", "other"),
        ("Chief of Staff", "other"),
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


@pytest.mark.parametrize(
    ("title", "department"),
    [
        ("CTO / Co-Founder", "engineering"),
        ("CEO & Founder", "executive_office"),
        ("Vice President, Sales", "sales"),
        ("Sales and Marketing Director", "sales"),
        ("IT Procurement Manager", "procurement"),
        ("Directeur des achats informatiques", "procurement"),
        ("Sales Operations Manager", "sales"),
        ("Assistant to the CFO", "finance"),
        ("Ex-CFO", "finance"),
        ("HR Business Partner", "hr"),
        ("Vertriebsleiterin", "sales"),
        ("Head Chef", "other"),
        ("Director", None),
        ("Einkauf", "procurement"),
        ("n/a", None),
    ],
)
def test_a_department_is_that_of_the_highest_role(title, department):
    assert read_title(title).department == department


def test_the_name_of_a_department_is_no_title():
    assert read_title("Einkauf") == (None, "procurement")


def test_titles_that_nobody_wrote_rules_from_are_read_right_often_enough(capsys):
    with LABELLED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) >= 300
    right, of = Counter[str](), Counter[str]()
    for row in rows:
        for name, said in zip(("seniority", "department"), read_title(row["title"]), strict=True):
            of[name] += 1
            right[name] += (said or "none") == row[name]
    accuracy = {name: right[name] / of[name] for name in of}
    with capsys.disabled():
        print(f"\n{len(rows)} labelled titles: " + ", ".join(f"{k} {v:.1%} right" for k, v in accuracy.items()))  # noqa: T201
    assert accuracy["seniority"] >= 0.85
    assert accuracy["department"] >= 0.75
