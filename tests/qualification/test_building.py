"""The form of a framework: what it says is what the document says, right or wrong; parts are added, moved, weighed."""

from copy import deepcopy
from typing import Any

import pytest

from oppspot.core.errors import Invalid
from oppspot.qualification.arranging import arrange
from oppspot.qualification.building import document_of, fields_of, is_formable
from oppspot.qualification.framework import Framework
from oppspot.qualification.frameworks import SHIPPED, TEMPLATES, shipped_framework
from oppspot.qualification.mending import errors_by_field, findings_in_form
from oppspot.qualification.ordering import in_order
from oppspot.qualification.parse import parse_framework
from oppspot.qualification.services.frameworks import as_yaml, findings_of


def bant() -> dict[str, Any]:
    return deepcopy(shipped_framework("bant").document)


@pytest.mark.parametrize("name", [*SHIPPED, *TEMPLATES])
def test_a_framework_survives_the_form_and_the_text(name: str) -> None:
    framework = shipped_framework(name)
    assert is_formable(framework.document)
    assert parse_framework(document_of(name, fields_of(framework.document))) == framework
    assert parse_framework(as_yaml(in_order(framework.document))) == framework


def errors_of(values: dict[str, str]) -> dict[str, str]:
    document = document_of("bant", values)
    again = fields_of(document)
    return errors_by_field(findings_in_form(findings_of("bant", document), document), again, document)


@pytest.mark.parametrize(
    ("field", "typed", "at", "said"),
    [
        ("elements[0].weight", "40", "elements", "sum to 1.1"),
        ("elements[0].weight", "much", "elements[0].weight", "a number"),
        ("elements[1].criteria[2].points", "x", "elements[1].criteria[2].points", "a number"),
        ("elements[0].criteria[2].rule", "points: {a: 1", "elements[0].criteria[2].rule", "line"),
        ("elements[0].criteria[2].rule", "points: {huge: 1}", "elements[0].criteria[2].rule", "under_10k"),
        ("elements[0].criteria[2].rule.kind", "flag", "elements[0].criteria[2].rule", "not a field"),
        ("elements[0].criteria[2].key", "", "elements[0].criteria[2].key", "expected form"),
        ("verdicts[0].minimums[1]", "200", "verdicts[0].minimums[1]", "100 or less"),
        ("verdicts[2].otherwise", "", "verdicts[2]", "one of points_lost_over and otherwise"),
        ("freshness_days.need.urgency", "soon", "freshness_days.need.urgency", "whole number"),
        ("claim_keys", "a: [", "claim_keys", "line"),
        ("title", "", "title", "at least 1 character"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_stays_as_typed(field: str, typed: str, at: str, said: str) -> None:
    values = fields_of(bant()) | {field: typed}
    assert said in errors_of(values)[at]
    assert fields_of(document_of("bant", values))[field].strip() == typed


def test_never_and_nothing_are_not_the_same_freshness() -> None:
    values = fields_of(bant()) | {"freshness_days.need.urgency": "Never", "freshness_days.budget.range": ""}
    days = document_of("bant", values)["freshness_days"]
    assert days["need.urgency"] is None
    assert "budget.range" not in days


def test_a_renamed_element_keeps_its_minimums() -> None:
    values = fields_of(bant()) | {"elements[0].id": "money"}
    assert document_of("bant", values)["verdicts"][0]["minimums"]["money"] == 25


@pytest.mark.parametrize("document", [{}, {"elements": 5}, {"elements": [{}], "verdicts": []}, {"elements": [1]}])
def test_a_document_of_another_shape_is_not_for_the_form(document: dict[str, Any]) -> None:
    assert not is_formable(document)


def names(document: dict[str, Any]) -> list[str]:
    return [element["id"] for element in document["elements"]]


def test_parts_are_moved_removed_and_added() -> None:
    moved, place = arrange(bant(), "up:elements[1]")
    assert (names(moved)[:2], place) == (["authority", "budget"], "elements[0]")
    assert names(arrange(bant(), "down:elements[3]")[0]) == names(bant())
    gone, _ = arrange(bant(), "remove:elements[0]")
    assert "budget" not in gone["verdicts"][0]["minimums"]
    _, place = arrange(bant(), "add:elements[0].criteria")
    assert place == "elements[0].criteria[7]"
    verdicts, place = arrange(bant(), "add:verdicts")
    assert (verdicts["verdicts"][-1]["status"], place) == ("disqualified", "verdicts[2]")
    assert Framework.model_validate(verdicts)
    assert len(arrange(bant(), "remove:elements[0].criteria[0]")[0]["elements"][0]["criteria"]) == 6


@pytest.mark.parametrize("do", ["", "up:elements", "up:elements[9]", "remove:title", "add:elements[9].criteria"])
def test_a_change_of_nothing_is_refused(do: str) -> None:
    with pytest.raises(Invalid):
        arrange(bant(), do)


@pytest.mark.parametrize("weights", [[0.3, 0.3, 0.3, 0.3], [1, "x", 1, 1], ["", 0, 0, 0], [0.1, 0.2, 0.25, 0.2]])
def test_weights_are_made_to_sum_to_a_hundred_percent(weights: list[Any]) -> None:
    document = bant()
    for element, weight in zip(document["elements"], weights, strict=True):
        element["weight"] = weight
    evened = [element["weight"] for element in arrange(document, "even")[0]["elements"]]
    assert round(sum(evened), 10) == 1
    assert document["elements"][0]["weight"] == weights[0]
