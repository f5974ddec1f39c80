"""What is a condition, what is not, and what the refusal says."""

import pytest
from hypothesis import given
from tests.conditions.strategies import CATALOGUE, conditions, documents

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.errors import Problem
from oppspot.conditions.parse import InvalidCondition, dump, parse
from oppspot.conditions.types import ALWAYS, Condition, Leaf, Period, PeriodUnit

EMPLOYEES = {"field": "company.employees", "op": "gte", "value": 50}


def problems(document: object) -> list[Problem]:
    with pytest.raises(InvalidCondition) as refusal:
        parse(document, default_catalogue())
    return list(refusal.value.problems)


def problem(document: object) -> Problem:
    (only,) = problems(document)
    return only


def outcome_of(document: object) -> Condition | InvalidCondition:
    try:
        return parse(document, CATALOGUE)
    except InvalidCondition as refusal:
        return refusal


def leaf(field: str, op: str, value: object) -> dict[str, object]:
    return {"field": field, "op": op, "value": value}


def parsed(field: str, op: str, value: object) -> object:
    read = parse(leaf(field, op, value), default_catalogue())
    assert isinstance(read, Leaf)
    return read.value


def test_the_empty_document_is_always_true() -> None:
    assert parse({"all": []}, default_catalogue()) == ALWAYS


@given(conditions(allow_empty_any=False))
def test_what_is_dumped_is_read_back_the_same(condition: Condition) -> None:
    assert parse(dump(condition), CATALOGUE) == condition


@given(documents())
def test_no_document_does_worse_than_be_refused(document: object) -> None:
    problems_of = getattr(outcome_of(document), "problems", ())
    assert all(each.message and each.accepted for each in problems_of)


def test_all_problems_are_found_at_once_each_with_its_path() -> None:
    document = {"all": [leaf("company.employees", "gte", "many"), {"any": [leaf("score.overal", "gt", 1), 7]}, {}]}
    assert [each.path for each in problems(document)] == [
        "all/0/value",
        "all/1/any/0/field",
        "all/1/any/1",
        "all/2/field",
    ]


def test_every_bad_value_of_a_list_is_named() -> None:
    found = problems({"not": leaf("lead.status", "in", ["new", "nwe", 5])})
    assert [each.path for each in found] == ["not/value/1", "not/value/2"]


def test_a_misspelt_field_gets_the_field_that_was_meant() -> None:
    found = problem(leaf("company.employes", "gte", 5))
    assert "Did you mean company.employees?" in found.message
    assert "company.employees" in found.accepted


def test_a_field_without_its_prefix_is_recognised() -> None:
    assert "Did you mean company.industry?" in problem(leaf("industry", "eq", "Software")).message


def test_a_field_like_no_other_gets_no_guess() -> None:
    assert "Did you mean" not in problem(leaf("favourite_colour", "eq", "blue")).message


def test_a_misspelt_choice_gets_the_choice_that_was_meant() -> None:
    found = problem(leaf("lead.status", "eq", "qualifed"))
    assert "Did you mean qualified?" in found.message
    assert found.accepted.startswith("one of new, working")


def test_a_choice_is_read_in_any_case_and_kept_in_its_own() -> None:
    assert parsed("lead.stage", "eq", "MQL") == "mql"


def test_an_operator_of_another_type_is_refused_with_those_that_fit() -> None:
    found = problem(leaf("company.employees", "contains", "5"))
    assert (found.path, "company.employees" in found.message) == ("op", True)
    assert "gte" in found.accepted


@pytest.mark.parametrize("value", [True, "50", None, [50], {"n": 50}, float("nan"), float("inf"), 2**53 + 1])
def test_what_is_not_a_number_we_can_compare_is_refused(value: object) -> None:
    assert problem(leaf("company.employees", "gte", value)).path == "value"


@pytest.mark.parametrize("value", ["", "a\0b", "\ud800", 5, None, "x" * 1_001])
def test_text_that_nothing_could_hold_or_that_is_empty_or_endless_is_refused(value: object) -> None:
    assert problem(leaf("lead.source", "eq", value)).path == "value"


@pytest.mark.parametrize("value", ["2026-03-01T09:00:00", "2026-03-01", "yesterday", 5, "0001-01-01T00:00:00+14:00"])
def test_a_datetime_without_an_offset_or_out_of_range_is_refused(value: object) -> None:
    assert "2026-03-01T09:00:00Z" in problem(leaf("lead.created_at", "gt", value)).accepted


@pytest.mark.parametrize("value", [7, {"weeks": 1}, {"days": 1, "hours": 1}, {"days": 1.5}, {"days": True}, {}])
def test_a_period_is_a_number_of_days_or_of_hours(value: object) -> None:
    assert '{"days": n}' in problem(leaf("lead.created_at", "within_last", value)).accepted


@pytest.mark.parametrize("days", [0, -1, 36_501])
def test_a_period_lasts_from_a_day_to_a_century(days: int) -> None:
    assert problem(leaf("lead.created_at", "older_than", {"days": days})).path == "value/days"


def test_a_period_is_read() -> None:
    assert parsed("lead.created_at", "within_last", {"hours": 48}) == Period(48, PeriodUnit.HOURS)


@pytest.mark.parametrize("value", [[1], [1, 2, 3], [2, 1], 5, ["a", "b"]])
def test_a_range_is_two_numbers_in_order(value: object) -> None:
    assert problems(leaf("company.employees", "between", value))


@pytest.mark.parametrize("value", [[], "Web", ["x"] * 1_001])
def test_a_list_has_one_to_a_thousand_values(value: object) -> None:
    assert problem(leaf("lead.source", "in", value)).accepted.startswith("a list of 1 to 1000")


def test_asking_whether_something_is_known_takes_no_value() -> None:
    assert problem(leaf("lead.source", "is_known", "yes")).accepted == "no value"


def test_a_value_must_be_given() -> None:
    found = problem({"field": "company.employees", "op": "gte"})
    assert (found.path, found.accepted) == ("value", "a number")


def test_an_empty_any_is_refused_as_it_would_never_match() -> None:
    assert problem({"any": []}).path == "any"


@pytest.mark.parametrize("extra", [{"any": [EMPLOYEES]}, {"field": "lead.source"}, {"note": "x"}])
def test_a_group_stands_alone_in_its_object(extra: dict[str, object]) -> None:
    assert "stands beside" in problem({"all": [EMPLOYEES], **extra}).message


def test_an_unknown_key_is_refused() -> None:
    assert '"vale"' in problem({**EMPLOYEES, "vale": 5}).message


def nested(levels: int) -> object:
    return EMPLOYEES if levels == 1 else {"not": nested(levels - 1)}


def test_twenty_levels_are_the_most() -> None:
    parse(nested(20), default_catalogue())
    assert "nested too deeply" in problem(nested(21)).message


def test_five_hundred_parts_are_the_most_and_more_are_refused_once() -> None:
    parse({"all": [EMPLOYEES] * 499}, default_catalogue())
    assert "too many parts" in problem({"all": [EMPLOYEES] * 100_000}).message


def test_a_refusal_reads_as_a_sentence() -> None:
    with pytest.raises(InvalidCondition, match=r"value: \"many\" is not a value of company.employees\."):
        parse(leaf("company.employees", "gte", "many"), default_catalogue())


def test_messages_cut_what_they_quote() -> None:
    assert len(problem(leaf("x" * 10_000, "eq", 1)).message) < 200


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert "too large" in problem(leaf("company.employees", "gte", 10**5000)).message
