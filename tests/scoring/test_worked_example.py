"""The worked example of docs/scoring.md is what the rules compute."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.engagement.strategies import ago
from tests.scoring.strategies import score

from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.explain import Number, terms_of
from oppspot.scoring.types import CompanyFacts, Factor, FundingStage

PAGE = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")


def block(name: str):
    return json.loads(re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)[1])


def table(name: str) -> list[tuple[str, Decimal]]:
    rows = re.search(rf"\| {name} \| points \|\n\|---\|---\|\n((?:\|.*\|\n)+)", PAGE)[1]
    return [
        (key.strip("* "), Decimal(points.strip("* ")))
        for _, key, points, _ in (row.split("|") for row in rows.splitlines())
    ]


@pytest.fixture(scope="module")
def example():
    facts = block("facts")
    company = CompanyFacts(**facts | {"funding_stage": FundingStage(facts["funding_stage"])})
    events = [EngagementEvent(EventKind(row["kind"]), ago(row["days_ago"])) for row in block("events")]
    return score(company, *events, is_free_mail=True)


@pytest.mark.parametrize("number", Number)
def test_the_terms_and_the_total_of_the_page_are_those_of_the_rules(example, number):
    *terms, (_, total) = table(number)
    assert terms == [(term.key, term.points) for term in terms_of(example, number)]
    assert total == getattr(example, number) == sum(points for _, points in terms)


def test_the_prose_of_the_example_is_true(example):
    assert f"Band {example.band}, grade {example.grade}." in PAGE
    assert f"shown as {example.coverage}" in PAGE
    technologies, credit = (fact.could_add for fact in example.explain().missing)
    assert f"technologies could add {technologies} at best, the credit score {credit}" in PAGE


def test_the_weights_and_caps_of_the_page_are_those_of_the_default_model():
    for factor in Factor:
        assert f"| {getattr(DEFAULT_MODEL.weights, factor):.2f} |" in PAGE
    caps = ", ".join(f"{cap.group} {cap.points}" for cap in DEFAULT_MODEL.engagement.group_caps)
    assert f"({caps})" in PAGE
