"""Lists taken apart as tables say what lists read one by one say, however irregular they are."""

import json
from datetime import date
from random import Random

import polars as pl
import pytest
from tests.bulk.cells import value_of
from tests.bulk.frameworks import FRAMEWORKS
from tests.bulk.tables import json_series, list_series

from oppspot.bulk.candidates import Candidates
from oppspot.bulk.columns import find_claim_columns
from oppspot.bulk.errors import InvalidTable
from oppspot.bulk.items import SIMPLE, take_apart
from oppspot.bulk.lists import answer_lists
from oppspot.bulk.tabulating import is_list, tabulate
from oppspot.qualification.claims import CLAIM_KEYS
from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.values import TextsKind

TODAY = date(2026, 11, 20)
LISTS = [name for name, key in CLAIM_KEYS.items() if is_list(key)]


def questions_about(name):
    """Return what all frameworks ask of a column, by framework."""
    for framework in FRAMEWORKS:
        compiled = compile_framework(framework)
        columns = find_claim_columns({name: pl.String()}, compiled.reading.keys, compiled.reading.relevant)
        if questions := Candidates(compiled, columns, TODAY).questions():
            yield questions


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "lists"])
def test_lists_taken_apart_answer_as_lists_read_singly(name, as_json):
    random = Random(f"{name} {as_json}")  # noqa: S311 — a fixed variety, not a secret
    key = CLAIM_KEYS[name]
    cells = [None if random.random() < 0.1 else value_of(key.kind, random) for _ in range(300)]
    if as_json:
        column = json_series(cells)
    elif isinstance(key.kind, TextsKind):
        column = pl.Series(cells, dtype=pl.List(pl.String))
    else:
        column = list_series(key.kind, cells)
    for questions in questions_about(name):
        expected = {series.name: series.to_list() for series in tabulate(column, questions, TODAY)}
        assert {series.name: series.to_list() for series in answer_lists(column, questions, TODAY)} == expected
    assert len(take_apart(key, column).table) > 50, "hardly any list is taken apart"


@pytest.mark.parametrize(
    "cell",
    [
        '[{"description": "late", "description": "later", "severity": "high"}, {"description": "later"}]',
        '[{"severity": "high", "description": "late", "severity": null}]',
        '[{"description": "late\\u0001"}]',
        '[{"description": "\\ud800"}]',
        '[{"description": "  "}]',
        '[{"description": "x", "cost": 1e400}]',
        '[{"description": "x", "cost": 007}]',
        '[{"description": "x", "cost": -1}]',
        '[{"description": "x", "mood": "bad"}]',
        '[{"severity": "high"}]',
        '[{"description": "x", "severity": "severe"}]',
        '[{"description": "x"}, "y", {"description": "X", "severity": "low"}]',
        '[{"description": "a\\": null, \\"b", "severity": null}]',
        '["x", "X"]',
        '[""]',
        "[1]",
        "{}",
        "[{}]",
        "[",
        "  [ ]  ",
        json.dumps([{"description": str(number)} for number in range(101)]),
        json.dumps([{"description": "x" * 1001}]),
        json.dumps([{"description": "Straße"}, {"description": "STRASSE"}]),
    ],
)
def test_odd_lists_are_read_or_refused_as_if_alone(cell):
    column = pl.Series("need.pain_points", [None, '[{"description": "slow", "severity": "high"}]', cell])
    for questions in questions_about("need.pain_points"):
        assert outcome(answer_lists, column, questions) == outcome(tabulate, column, questions)


def outcome(answer, column, questions):
    try:
        return {series.name: series.to_list() for series in answer(column, questions, TODAY)}
    except InvalidTable as refused:
        return refused.detail


def test_lower_case_tells_simple_letters_apart_as_case_folding_does():
    letters = [chr(code) for code in range(0x21, 0x250)]
    simple = [
        letter for letter, fits in zip(letters, pl.Series(letters).str.contains(f"^{SIMPLE}$"), strict=True) if fits
    ]
    assert len(simple) > 400
    lower = pl.Series(simple).str.to_lowercase().to_list()
    assert lower == [letter.casefold() for letter in simple]
