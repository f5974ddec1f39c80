"""What the form of conditions shows, reads back and says is wrong: rows in groups, else JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from oppspot.conditions.builder import (
    ConditionForm,
    asked_again,
    builder_context,
    posted_conditions,
    sentences,
    shown_conditions,
)
from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.forms import Group, Row, document_of, groups_of, places_of
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.core import json
from oppspot.core.errors import FieldProblem

CATALOGUE = default_catalogue()
A, B, C = ({"field": "lead.source", "op": "eq", "value": value} for value in "abc")

ROWS = st.sampled_from([Row("lead.source", "eq", value) for value in "abcdef"])
GROUPS = st.builds(Group, st.sampled_from(["all", "any"]), st.lists(ROWS, min_size=1, max_size=4).map(tuple))
JOINED = st.sampled_from(["all", "any"])


@given(JOINED, st.lists(GROUPS, max_size=4))
def test_what_a_form_makes_it_shows_again_as_the_same_condition(joined: Any, groups: list[Group]) -> None:
    document = document_of(joined, groups, CATALOGUE)
    parse(document, CATALOGUE)
    shown = groups_of(document)
    assert shown is not None
    again = document_of(*shown, CATALOGUE)
    assert again.keys() == document.keys()
    [(_, parts)], [(_, parts_again)] = document.items(), again.items()
    assert sorted(map(str, parts_again)) == sorted(map(str, parts))  # conditions beside groups come first


@given(JOINED, st.lists(GROUPS, min_size=1, max_size=4))
def test_each_row_is_found_at_its_place(joined: Any, groups: list[Group]) -> None:
    document = document_of(joined, groups, CATALOGUE)
    rows = [row for group in groups for row in group.rows]
    for place, row in zip(places_of(joined, groups), rows, strict=True):
        found: Any = document
        for step in place.split("."):
            name, _, number = step.rstrip("]").partition("[")
            found = found[name][int(number)]
        assert found["value"] == row.value


@pytest.mark.parametrize(
    ("document", "joined", "groups"),
    [
        (A, "all", [("all", "a")]),
        ({"any": [A, B]}, "all", [("any", "ab")]),
        ({"any": [{"all": [A, B]}, C]}, "any", [("any", "c"), ("all", "ab")]),
        ({"all": [A, {"any": [B, C]}]}, "all", [("all", "a"), ("any", "bc")]),
        ({"all": [{"any": [B, C]}]}, "all", [("any", "bc")]),
        ({"any": []}, "all", [("any", "")]),
        ({"all": []}, "all", [("all", "")]),
    ],
)
def test_groups_are_shown_as_they_are_joined(document: Any, joined: str, groups: list[tuple[str, str]]) -> None:
    shown = ConditionForm(**shown_conditions(document))
    assert shown.joined == joined
    assert [(group.joined, "".join(row.value for row in group.rows)) for group in shown.groups] == groups
    assert shown.json == ""


@pytest.mark.parametrize("document", [{"not": A}, {"all": [A, {"not": B}]}, {"any": [{"all": [{"any": [A, B]}, C]}]}])
def test_what_groups_cannot_show_stays_json_and_comes_back_as_it_was(document: dict[str, Any]) -> None:
    form = ConditionForm(**shown_conditions(document))
    assert form.json
    assert form.condition(CATALOGUE) == document


def _posted(*rows: tuple[str, str], **more: str) -> FormData:
    pairs = []
    for group, value in rows:
        pairs += [("group", group), ("field", "lead.source"), ("op", "eq"), ("value", value)]
    return FormData([*pairs, *((name.replace("_", "-"), value) for name, value in more.items())])


def test_rows_are_read_into_their_groups() -> None:
    posted = _posted(("1", "a"), ("2", "b"), ("2", "c"), joined="all", joined_1="all", joined_2="any")
    form = ConditionForm(**posted_conditions(posted))
    assert form.condition(CATALOGUE) == {"all": [A, {"any": [B, C]}]}
    assert asked_again(posted) is None


def test_without_groups_it_is_one() -> None:
    posted = FormData([("joined", "any"), ("field", "lead.source"), ("op", "eq"), ("value", "a")])
    assert ConditionForm(**posted_conditions(posted)).condition(CATALOGUE) == {"any": [A]}


def test_a_group_more_or_less_is_shown_and_not_saved() -> None:
    more = _posted(("1", "a"), do="group")
    form = ConditionForm(**posted_conditions(more))
    assert asked_again(more) == 2
    assert [joined for joined, _ in builder_context(form, CATALOGUE, posted=more)["groups"]] == ["all", "any"]
    less = _posted(("1", "a"), ("2", "b"), do="drop-1")
    assert asked_again(less) == 2
    assert ConditionForm(**posted_conditions(less)).condition(CATALOGUE) == {"all": [B]}


def test_what_is_wrong_is_said_at_its_row_in_whichever_group() -> None:
    groups = (Group("all", (Row("lead.source", "eq", "a"), Row("", "", " "))), Group("any", (
        Row("lead.source", "eq", "b"), Row("company.employees", "gte", "many"))))  # fmt: skip
    form = ConditionForm(joined="all", groups=groups)
    with pytest.raises(InvalidCondition) as refused:
        parse(form.condition(CATALOGUE), CATALOGUE)
    [problem] = refused.value.problems
    path = "conditions" + "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in problem.path.split("/"))
    assert list(sentences([FieldProblem(path, problem.message, problem.accepted)], form)) == ["condition-3"]


def test_a_field_offers_only_its_own_comparisons_each_in_words_of_its_own() -> None:
    context = builder_context(ConditionForm(), CATALOGUE)
    for field in context["fields"]:
        labels = [label for _, label, _ in field.ops]
        assert len(set(labels)) == len(labels), field.name
    every = [label for _, label, _ in context["ops"]]
    assert len(set(every)) == len(every)
    assert {op for op, _, _ in context["by_name"]["account.is_customer"].ops} == {"eq", "ne", "is_known", "is_unknown"}
    assert ("GB", "United Kingdom") in context["values"]["company.country"]


def _many_rows(rows: int) -> FormData:
    cells = [("field", "lead.source"), ("op", "eq"), ("group", "1")]
    return FormData([*cells, ("value", "")] * 2 + [cell for n in range(rows) for cell in (*cells, ("value", f"s{n}"))])


def test_however_many_conditions_are_sent_all_are_kept() -> None:
    form = ConditionForm(**posted_conditions(_many_rows(120)))
    assert len(form.condition(CATALOGUE)["all"]) == 122


def test_more_conditions_than_a_form_shows_are_shown_as_json() -> None:
    many = {"any": [{"field": "lead.source", "op": "eq", "value": f"s{n}"} for n in range(101)]}
    assert groups_of({"any": many["any"][:100]}) is not None
    assert groups_of(many) is None
    assert json.loads(shown_conditions(many)["json"]) == many


def test_a_list_of_texts_with_commas_is_shown_as_json_for_saving_would_tear_them_apart() -> None:
    listed = {"field": "company.industry", "op": "in", "value": ["Oil, Gas and Coal", "Mining"]}
    assert groups_of(listed) is None
    assert groups_of({"any": [A, listed]}) is None
    assert groups_of({"all": [A, {"any": [B, listed]}]}) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7 days", {"days": 7}),
        ("7", {"days": 7}),
        ("1 hour", {"hours": 1}),
        ("2 weeks", "2 weeks"),
        ("3 months", "3 months"),
    ],
)
def test_a_period_in_other_units_is_no_number_of_days(typed: str, meant: Any) -> None:
    row = Row("lead.created_at", "older_than", typed)
    assert document_of("all", [Group("all", (row,))], CATALOGUE)["all"][0]["value"] == meant


def test_whoever_asked_for_a_group_goes_on_in_it_and_for_more_in_the_first_blank_row() -> None:
    form = ConditionForm(groups=(Group("all", (Row("lead.source", "eq", "a"),)),))
    assert builder_context(form, CATALOGUE)["focus"] is None
    assert builder_context(form, CATALOGUE, posted=FormData([("do", "group")]))["focus"] == (2, 1)
    assert builder_context(form, CATALOGUE, posted=FormData([("do", "more")]))["focus"] == (1, 2)
    assert builder_context(form, CATALOGUE, posted=FormData([]))["focus"] is None
