"""The tables and examples of docs/conditions.md are true."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.describe import describe
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.rules import evaluate
from oppspot.conditions.types import OPS, FieldType

PAGE = (Path(__file__).parents[2] / "docs" / "conditions.md").read_text("utf-8")
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
CATALOGUE = default_catalogue()
NOW = "2026-11-02T09:00:00Z"


def of_kind(key: str) -> list[dict[str, object]]:
    return [example for example in EXAMPLES if key in example]


def typed(row: dict[str, object]) -> dict[str, object]:
    def value_of(name: str, value: object) -> object:
        is_instant = CATALOGUE[name].type is FieldType.DATETIME
        return datetime.fromisoformat(str(value)).astimezone(UTC) if is_instant else value

    return {name: value_of(name, value) for name, value in row.items()}


def test_every_example_is_of_a_kind_that_is_recomputed() -> None:
    assert len(of_kind("condition")) + len(of_kind("document")) + len(of_kind("rules")) == len(EXAMPLES) == 5


@pytest.mark.parametrize("example", of_kind("condition"))
def test_conditions_say_and_answer_what_the_page_says(example: dict[str, object]) -> None:
    condition = parse(example["condition"], CATALOGUE)
    now = datetime.fromisoformat(example.get("now", NOW))
    assert describe(condition) == example["says"]
    for each in example["rows"]:
        assert evaluate(condition, typed(each["row"]), now) is each["outcome"], each


@pytest.mark.parametrize("example", of_kind("document"))
def test_refusals_say_what_the_page_says(example: dict[str, object]) -> None:
    with pytest.raises(InvalidCondition) as refusal:
        parse(example["document"], CATALOGUE)
    assert [{"path": each.path, "message": each.message} for each in refusal.value.problems] == example["problems"]


@pytest.mark.parametrize("example", of_kind("rules"))
def test_rules_match_as_the_page_says(example: dict[str, object]) -> None:
    index, now = RuleIndex([parse(rule, CATALOGUE) for rule in example["rules"]]), datetime.fromisoformat(NOW)
    rows = [each["row"] for each in example["rows"]]
    assert index.first_match(rows, now) == [each["first"] for each in example["rows"]]
    assert [index.all_matches(row, now) for row in rows] == [each["all"] for each in example["rows"]]


def test_the_page_lists_every_field() -> None:
    for field in CATALOGUE:
        choices = f" One of {', '.join(field.choices)}." if field.choices else ""
        assert f"| `{field.name}` | {field.type} | {field.label} | {field.description}{choices} |\n" in PAGE


def test_the_page_lists_every_operator() -> None:
    for kind, ops in OPS.items():
        assert f"| {kind} | {' '.join(f'`{op}`' for op in ops)} |\n" in PAGE


WORDS = {"true": True, "false": False, "unknown": None}
ASKED = {
    True: {"all": []},
    False: {"not": {"all": []}},
    None: {"field": "lead.source", "op": "eq", "value": "x"},
}


def test_the_table_of_three_values_is_true() -> None:
    lines = re.findall(r"^\| (true|false|unknown), (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    assert len(lines) == 6
    for line in lines:
        first, second, *outcomes = (WORDS[word] for word in line)
        parts = [ASKED[first], ASKED[second]]
        asked = [parse(document, CATALOGUE) for document in ({"all": parts}, {"any": parts}, {"not": parts[0]})]
        assert [evaluate(condition, {}, datetime.fromisoformat(NOW)) for condition in asked] == outcomes
