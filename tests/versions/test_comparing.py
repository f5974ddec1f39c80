"""What differs between two documents, in words and line by line."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oppspot.versions.comparing import compare_lines, differences, in_words


def _said(before: object, after: object) -> list[str]:
    return [in_words(difference) for difference in differences(before, after)]


def test_a_changed_value_is_named_with_its_place():
    assert _said({"kinds": {"page_view": {"points": 2}}}, {"kinds": {"page_view": {"points": 3}}}) == [
        "kinds, page view, points: 2 → 3"
    ]


def test_what_is_new_or_gone_stands_against_none():
    assert _said({"a": 1}, {"b": 2}) == ["a: 1 → none", "b: none → 2"]


def test_rows_of_equal_number_are_compared_one_by_one():
    assert _said({"rows": [{"at": 1}, {"at": 2}]}, {"rows": [{"at": 1}, {"at": 5}]}) == ["rows, row 2, at: 2 → 5"]


def test_rows_that_have_a_name_go_by_it_unless_it_changed() -> None:
    budget = {"title": "Budget", "weight": 0.3}
    assert _said({"rows": [budget]}, {"rows": [budget | {"weight": 0.4}]}) == ["rows, Budget, weight: 0.3 → 0.4"]
    assert _said({"rows": [budget]}, {"rows": [budget | {"title": "Money"}]}) == ["rows, row 1, title: Budget → Money"]


def test_a_list_tells_what_was_added_and_removed():
    assert _said({"to": ["DE", "FR"]}, {"to": ["FR", "GB"]}) == ["to: added GB; removed DE"]
    assert _said({"to": ["DE", "FR"]}, {"to": ["FR", "DE"]}) == ["to: another order"]


def test_long_values_are_cut():
    assert len(_said({"a": "x" * 500}, {"a": "y" * 500})[0]) < 200


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(VALUES, VALUES)
@example([[{"a": None}]], [[{}]])
def test_equal_documents_differ_in_nothing_and_others_in_something(one, other):
    assert list(differences(one, one)) == []
    # A field that holds nothing and a missing field read alike; Python holds 1 and True equal.
    assert bool(list(differences({"v": one}, {"v": other}))) == (_without_nothing(one) != _without_nothing(other))


def _without_nothing(value):
    if isinstance(value, dict):
        return {name: _without_nothing(item) for name, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


@settings(deadline=None)
@given(LINES, LINES)
def test_the_lines_that_came_and_stayed_are_the_new_text_where_it_is_shown(one, other):
    lines = compare_lines("\n".join(one), "\n".join(other), around=50)
    shown = [line.text for line in lines or () if line.mark in ("same", "come")]
    assert shown == ([] if one == other else other)


def test_only_the_surroundings_of_a_change_are_shown():
    before = "\n".join(str(number) for number in range(1_000))
    lines = compare_lines(before, before.replace("\n500\n", "\nfive hundred\n"), around=2)
    assert lines is not None
    assert [(line.mark, line.text) for line in lines] == [
        ("same", "498"), ("same", "499"), ("gone", "500"), ("come", "five hundred"), ("same", "501"), ("same", "502"),
    ]  # fmt: skip


def test_texts_that_are_too_long_are_not_compared():
    before, after = ("\n".join(f"{word}{number}" for number in range(5_000)) for word in ("a", "b"))
    assert compare_lines(before, after) is None


@pytest.mark.parametrize("text", ["", "one line"])
def test_the_same_text_has_no_changed_lines(text):
    assert compare_lines(text, text) == ()
