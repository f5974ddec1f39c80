"""The language, one sentence at a time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.explaining import explain
from oppspot.conditions.index import RuleIndex
from oppspot.conditions.parse import parse
from oppspot.conditions.predicates import compile_predicate
from oppspot.conditions.rules import evaluate

NOW = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
TRUE = {"field": "lead.is_free_mail", "op": "eq", "value": True}
FALSE = {"field": "lead.is_free_mail", "op": "eq", "value": False}
UNKNOWN = {"field": "company.name", "op": "eq", "value": "Acme"}


def holds(document: object, **values: object) -> bool | None:
    """Return the outcome, on which the plain reading, the closures and the index agree."""
    row = {"lead.is_free_mail": True, **{name.replace("__", "."): value for name, value in values.items()}}
    condition = parse(document, default_catalogue())
    outcome = evaluate(condition, row, NOW)
    assert compile_predicate(condition)(row, NOW) is outcome
    assert RuleIndex([condition]).first_match([row], NOW) == [0 if outcome else None]
    return outcome


def asked(field: str, op: str, value: object, actual: object) -> bool | None:
    document = {"field": field, "op": op} if value is None else {"field": field, "op": op, "value": value}
    return holds(document, **{field.replace(".", "__"): actual})


@pytest.mark.parametrize(
    ("parts", "all_of", "any_of"),
    [
        ([TRUE, TRUE], True, True),
        ([TRUE, FALSE], False, True),
        ([TRUE, UNKNOWN], None, True),
        ([FALSE, UNKNOWN], False, None),
        ([UNKNOWN, UNKNOWN], None, None),
        ([FALSE, FALSE], False, False),
    ],
)
def test_groups_follow_kleene(parts: list[object], all_of: bool | None, any_of: bool | None) -> None:
    assert holds({"all": parts}) is all_of
    assert holds({"any": parts}) is any_of


def test_not_leaves_the_unknown_unknown() -> None:
    assert [holds({"not": part}) for part in (TRUE, FALSE, UNKNOWN)] == [False, True, None]


def test_no_condition_at_all_is_true_of_everything() -> None:
    assert holds({"all": []}) is True


def test_what_is_missing_is_unknown_even_to_negative_questions() -> None:
    assert asked("lead.source", "ne", "Web", None) is None
    assert asked("lead.source", "not_in", ["Web"], None) is None
    assert asked("company.technologies", "has_none", ["SAP"], None) is None


def test_whether_something_is_known_is_never_unknown() -> None:
    assert [asked("lead.source", "is_known", None, actual) for actual in ("Web", "", None)] == [True, True, False]
    assert [asked("lead.source", "is_unknown", None, actual) for actual in ("Web", None)] == [False, True]


def test_an_empty_list_is_known_to_have_none() -> None:
    assert asked("company.technologies", "has_none", ["SAP"], []) is True
    assert asked("company.technologies", "is_known", None, []) is True


@pytest.mark.parametrize("op", ["eq", "contains", "starts_with"])
@pytest.mark.parametrize(("value", "actual"), [("école", "ÉCOLE"), ("σίσυφος", "ΣΊΣΥΦΟΣ"), ("STRAẞE", "straße")])
def test_text_has_no_case_in_any_alphabet(op: str, value: str, actual: str) -> None:
    assert asked("company.name", op, value, actual) is True


def test_one_letter_never_equals_two() -> None:
    assert asked("company.name", "eq", "strasse", "straße") is False


def test_accents_matter() -> None:
    assert asked("company.name", "eq", "ecole", "école") is False


def test_a_dotted_capital_i_is_an_i() -> None:
    assert asked("company.name", "eq", "izmir", "İzmir") is True


def test_percent_and_underscore_are_ordinary_characters() -> None:
    assert asked("company.name", "contains", "0%_", "10%_off") is True
    assert asked("company.name", "contains", "1%f", "10%_off") is False


def test_codes_are_compared_to_the_letter() -> None:
    assert asked("lead.status", "eq", "new", "New") is False


@pytest.mark.parametrize("actual", [50, 50.0, Decimal(50)])
def test_a_number_is_a_number_whatever_its_type(actual: object) -> None:
    assert asked("company.employees", "eq", 50, actual) is True


def test_numbers_compare_as_64_bit_floats() -> None:
    assert asked("bant.coverage", "eq", 0.1, Decimal("0.1")) is True
    assert asked("company.annual_revenue", "eq", 2**53, 2**53 + 1) is True


@pytest.mark.parametrize("actual", [True, "50", float("nan"), float("inf"), 10**400, Decimal("sNaN"), [50]])
def test_what_is_not_a_finite_number_is_unknown(actual: object) -> None:
    assert asked("company.employees", "gte", 1, actual) is None


def test_one_is_not_true() -> None:
    assert holds(TRUE, lead__is_free_mail=1) is None


def test_between_takes_both_ends_in() -> None:
    outcomes = [asked("company.employees", "between", [10, 20], actual) for actual in (9, 10, 20, 21)]
    assert outcomes == [False, True, True, False]


@pytest.mark.parametrize(
    ("op", "outcomes"),
    [
        ("gt", [False, False, True]),
        ("gte", [False, True, True]),
        ("lt", [True, False, False]),
        ("lte", [True, True, False]),
    ],
)
def test_order_is_strict_or_not(op: str, outcomes: list[bool]) -> None:
    assert [asked("company.employees", op, 10, actual) for actual in (9, 10, 11)] == outcomes


def test_within_last_goes_from_then_to_now() -> None:
    ages = [timedelta(days=2, microseconds=1), timedelta(days=2), timedelta(0), timedelta(microseconds=-1)]
    outcomes = [asked("lead.created_at", "within_last", {"days": 2}, NOW - age) for age in ages]
    assert outcomes == [False, True, True, False]


def test_older_than_is_strict() -> None:
    ages = [timedelta(days=2, microseconds=1), timedelta(days=2)]
    assert [asked("lead.created_at", "older_than", {"days": 2}, NOW - age) for age in ages] == [True, False]


def test_a_day_is_24_hours_when_the_clocks_change() -> None:
    berlin_now = datetime(2026, 10, 25, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    condition = parse({"field": "lead.created_at", "op": "within_last", "value": {"days": 1}}, default_catalogue())
    noon_before = datetime(2026, 10, 24, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # 25 hours before
    assert evaluate(condition, {"lead.created_at": noon_before}, berlin_now) is False


def test_a_datetime_without_a_zone_is_utc() -> None:
    assert asked("lead.created_at", "gte", "2026-10-25T12:00:00Z", NOW.replace(tzinfo=None)) is True


@pytest.mark.parametrize(
    ("op", "value", "outcome"),
    [
        ("has_any", ["sap", "AWS"], True),
        ("has_any", ["AWS"], False),
        ("has_all", ["sap", "slack"], True),
        ("has_all", ["sap", "AWS"], False),
        ("has_all", ["sap", "Zoom"], False),
        ("has_none", ["AWS"], True),
        ("has_none", ["sap", "AWS"], False),
    ],
)
def test_lists_are_asked_for_any_all_or_none(op: str, value: list[str], outcome: bool) -> None:
    assert asked("company.technologies", op, value, ["SAP", "Slack", None, 5]) is outcome


def test_an_explanation_shows_every_part_with_what_was_seen() -> None:
    condition = parse({"all": [FALSE, {"not": UNKNOWN}]}, default_catalogue())
    why = explain(condition, {"lead.is_free_mail": True}, NOW)
    seen, negated = why.parts
    assert (why.outcome, seen.outcome, negated.outcome) == (False, False, None)
    assert (seen.actual, seen.text) == (True, "e-mail is free mail is no")
    assert negated.parts[0].actual is None
