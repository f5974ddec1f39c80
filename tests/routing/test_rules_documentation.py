"""docs/routing-rules.md says what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from tests.contracts.routes import routes_of
from tests.routing.test_rule_pages import setting_paths

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.describe import describe
from oppspot.conditions.parse import parse
from oppspot.core import json
from oppspot.routing.config_schemas import DocumentBody
from oppspot.routing.plan_shapes import Actions, Advanced, FlatConditions, tree_of
from oppspot.routing.policies import DEFAULT_POLICIES, NO_SETTINGS
from oppspot.routing.quick_lists import domains_of
from oppspot.routing.schemas import FlatRuleBody
from oppspot.routing.territory_checks import postcode_fault
from oppspot.routing.territory_texts import in_words, read_table

PAGE = Path(__file__).parents[2].joinpath("docs", "routing-rules.md").read_text(encoding="utf-8")


def _table(heading: str, first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the table that starts with this column, after a heading."""
    _, _, after = PAGE.partition(f"\n{heading}\n")
    _, _, after = after.partition(f"| {first_column} |")
    for line in after.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def _block(number: int, kind: str) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[number]


def _value(document: Any, path: str) -> Any:
    for step in path.split("."):
        document = document[step]
    return document


@pytest.mark.parametrize(
    ("heading", "shipped"), [("## A rule", NO_SETTINGS), ("## Policies", DEFAULT_POLICIES)], ids=["rule", "policies"]
)
def test_every_setting_is_listed_with_its_default(heading: str, shipped: BaseModel) -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in _table(heading, "setting")}
    assert rows.keys() == set(setting_paths(type(shipped)))
    document = shipped.model_dump(mode="json")
    for path, default in rows.items():
        value = _value(document, path)
        if default.endswith(" rungs"):
            assert default == f"{len(value)} rungs"
        else:
            assert json.loads(default.strip("`")) == value, path


@pytest.mark.parametrize("row", list(_table("### Over the API", "flat condition")), ids=lambda row: row[0])
def test_a_flat_condition_asks_what_is_said(row: list[str]) -> None:
    catalogue = default_catalogue()
    flat = FlatConditions.model_validate(json.loads(row[0].strip("`")))
    said = describe(parse(tree_of(flat, catalogue), catalogue))
    assert said.strip("()") == row[1]


def test_the_flat_rule_is_one_and_names_every_field() -> None:
    sent = json.loads(_block(0, "json"))
    FlatRuleBody.model_validate(sent)
    assert sent["actions"].keys() == set(Actions.model_fields)
    assert sent["advanced"].keys() == set(Advanced.model_fields)
    assert sent["conditions"].keys() | {"product_interest"} == set(FlatConditions.model_fields)


def test_the_document_is_one() -> None:
    body = DocumentBody.model_validate(json.loads(_block(1, "json")))
    assert parse(body.document.rules[0].conditions, default_catalogue())
    assert parse(body.document.exclusions[0].conditions, default_catalogue())


@pytest.mark.parametrize("row", list(_table("## Exclusions", "pasted")), ids=lambda row: row[0])
def test_domains_are_read_as_shown(row: list[str]) -> None:
    domains, problems = domains_of(row[0].strip("`"))
    assert (domains or ["none"]) == [row[1].strip("`")]
    assert bool(problems) is (row[1] == "none")


@pytest.mark.parametrize("row", list(_table("## Territories", "written")), ids=lambda row: row[0])
def test_postcodes_are_accepted_as_shown(row: list[str]) -> None:
    assert (postcode_fault(row[0].strip("`")) is None) is (row[1] == "yes")


def test_the_pasted_table_gives_the_territories_shown() -> None:
    table = read_table(_block(0, "text"))
    assert table.problems == ()
    shown = [tuple(row) for row in _table("## Territories", "territory")]
    assert [(each.name, in_words(each)) for each in table.territories] == shown


@pytest.mark.anyio
@pytest.mark.db
async def test_the_endpoints_are_those_there_are(app: FastAPI) -> None:
    named = {
        f"{method} {cells[0].strip('`').rpartition(' ')[2]}"
        for cells in _table("## Configuration as code", "endpoint")
        for method in cells[0].strip("`").rpartition(" ")[0].split(", ")
    }
    about = ("rules", "default", "exclusions", "territories", "policies", "document")
    there = {
        route.name
        for route in routes_of(app)
        if route.path.startswith(tuple(f"/api/qualification/routing/{part}" for part in about))
    }
    assert named == there
