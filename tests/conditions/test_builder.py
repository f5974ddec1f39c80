"""What the form of conditions shows, reads back and says is wrong: rows in groups, else JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from oppspot.conditions.builder import (
    PLACEHOLDERS,
    ConditionForm,
    asked_again,
    builder_context,
    posted_conditions,
    shown_conditions,
)
from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.form_faults import labels_of_conditions, sentences
from oppspot.conditions.forms import Group, Row, document_of, groups_of, places_of
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.core import json

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


def _said(form: ConditionForm) -> dict[str, str]:
    with pytest.raises(InvalidCondition) as refused:
        parse(form.condition(CATALOGUE), CATALOGUE)
    return sentences([problem.inside("conditions") for problem in refused.value.problems], form, CATALOGUE)


def test_what_is_wrong_is_said_at_its_control_in_whichever_group() -> None:
    groups = (Group("all", (Row("lead.source", "eq", "a"),)), Group("any", (
        Row("lead.source", "eq", "b"), Row("company.employees", "gte", "many"))))  # fmt: skip
    form = ConditionForm(joined="all", groups=groups)
    said = _said(form)
    assert said == {"condition-3-value": '"many" is not a value of company employees; accepted: a number'}
    assert labels_of_conditions(form)["condition-3-value"] == "Value of condition 2 of group 2"
    assert labels_of_conditions(ConditionForm(groups=groups[1:]))["condition-2-op"] == "Comparison of condition 2"
    assert labels_of_conditions(ConditionForm())["condition-1"] == "Field of condition 1"


@pytest.mark.parametrize(
    ("row", "control", "said"),
    [
        (Row("", "eq", "GB"), "", "is missing"),
        (Row("company.mood", "eq", "good"), "", "is not one of the fields; accepted: one of the list"),
        (Row("company.country", "eq", ""), "-value", "is missing; accepted: a text of 1 to 1000 characters"),
        (
            Row("account.has_owner", "has_any", "x"),
            "-op",
            "“has any of” cannot be asked about account has an owner; accepted: is, is not, is known, is unknown",
        ),
        (
            Row("account.has_owner", "eq", "x"),
            "-value",
            '"x" is not a value of account has an owner; accepted: yes or no',
        ),
        (
            Row("lead.created_at", "within_last", "2 weeks"),
            "-value",
            'lead creation is given "2 weeks"; accepted: days or hours, such as 7 days or 36 hours',
        ),
        (
            Row("company.employees", "between", "9, 5"),
            "-value",
            (
                "company employees: the lowest is above the highest; "
                "accepted: the lowest and the highest with a comma, each a number"
            ),
        ),
        (
            Row("lead.status", "in", "qualifed"),
            "-value",
            (
                '"qualifed" is not a value of lead status. Did you mean qualified? Accepted: one or several with '
                "commas, each one of new, working, qualified, nurturing, disqualified, converted, archived"
            ),
        ),
        (
            Row("company.employees", "eq", "company.employees"),
            "-value",
            '"company.employees" is not a value of company employees; accepted: a number',
        ),
    ],
)
def test_a_form_says_what_is_wrong_in_the_words_of_the_page(row: Row, control: str, said: str) -> None:
    form = ConditionForm(groups=(Group("all", (Row("lead.source", "eq", "a"), row)),))
    assert _said(form) == {f"condition-2{control}": said}


def test_conditions_written_as_json_are_told_by_the_names_written_there() -> None:
    form = ConditionForm(json='{"not": {"field": "company.employees", "op": "gt", "value": "many"}}')
    assert _said(form) == {"json": '"many" is not a value of company.employees; accepted: a number'}


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


@pytest.mark.parametrize(
    ("field", "op", "kind"),
    [("lead.created_at", "gt", "datetime"), ("lead.created_at", "older_than", "period")],
)
def test_what_a_control_shows_as_an_example_is_accepted(field: str, op: str, kind: str) -> None:
    rows = (Row(field, op, PLACEHOLDERS[kind]),)
    parse(document_of("all", [Group("all", rows)], CATALOGUE), CATALOGUE)
