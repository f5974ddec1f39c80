"""Which claims are accepted, and in which form."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qualification.answers import WORST
from tests.qualification.strategies import BEST, NOW, unhurried

from oppspot.core import json
from oppspot.core.errors import FieldProblem
from oppspot.qualification.claim_keys.bant import BANT_KEYS
from oppspot.qualification.claims import CLAIM_KEYS, read_claim_text, validate_claim
from oppspot.qualification.types import Claim

PLAN_FIELDS = 24  # fields of the plan's BANT interface that are evidence, not results


def test_every_field_of_bant_is_a_claim_key():
    assert len(BANT_KEYS) == PLAN_FIELDS


@pytest.mark.parametrize(
    ("key", "value", "accepted"),
    [
        ("budget.confirmed", "yes", "true or false"),
        ("budget.range", "huge", "under_10k"),
        ("budget.estimated_budget", "75000", "a number from 0 to 1e+15"),
        ("budget.estimated_budget", -1, "a number from 0"),
        ("budget.estimated_budget", True, "a number"),
        ("budget.estimated_budget", float("nan"), "a number"),
        ("budget.estimated_budget", float("inf"), "a number"),
        ("budget.estimated_budget", 10**400, "a number"),
        ("authority.committee_size", 2.5, "a whole number from 1"),
        ("need.solution_fit", 101, "a number from 0 to 100"),
        ("timeline.decision_date", "soon", "YYYY-MM-DD"),
        ("timeline.decision_date", "2026-02-30", "YYYY-MM-DD"),
        ("timeline.decision_date", "9999-01-01", "1900 to 2200"),
        ("timeline.urgency_indicators", "audit", "a list"),
        ("timeline.urgency_indicators", ["x"] * 101, "at most 100"),
        ("need.pain_points", {"description": "slow"}, "a list"),
        ("need.pain_points", [7], "objects with description"),
    ],
)
def test_what_is_not_accepted_is_refused_with_what_is(key, value, accepted):
    problem = validate_claim(key, value)
    assert isinstance(problem, FieldProblem)
    assert problem.path in {key, f"{key}[0]"}
    assert accepted in problem.accepted


@pytest.mark.parametrize(
    ("item", "path", "message"),
    [
        ({"title": "CEO"}, "[0]", "name is missing"),
        ({"name": "Ada", "shoe": 7}, "[0]", "'shoe' is not a known field"),
        ({"name": "Ada", "influence": 101}, "[0].influence", "is not in the range"),
        ({"name": "Ada", "role": "boss"}, "[0].role", "is not one of the choices"),
        ({"name": "A\x00"}, "[0].name", "contains control characters"),
        ({"name": " "}, "[0].name", "is empty"),
        ({"name": "x" * 201}, "[0].name", "is too long"),
    ],
)
def test_a_fault_within_a_list_is_named_by_its_place(item, path, message):
    problem = validate_claim("authority.decision_makers", [item])
    assert (problem.path, problem.message) == (f"authority.decision_makers{path}", message)


def test_an_unknown_key_is_refused_with_the_keys_there_are():
    problem = validate_claim("budget.colour", "red")
    assert problem.path == "budget.colour"
    assert "budget.confirmed" in problem.accepted


@pytest.mark.parametrize(
    ("key", "value", "normal"),
    [
        ("budget.estimated_budget", 75000.0, 75000),
        ("financial.funding_status", "Series D", "series_c_plus"),
        ("financial.funding_status", "pre-seed", "pre_seed"),
        ("timeline.decision_date", date(2027, 3, 1), "2027-03-01"),
        ("timeline.decision_date", datetime(2027, 3, 1, 18, tzinfo=UTC), "2027-03-01"),
        ("timeline.decision_date", "2027-03-01T18:00:00+02:00", "2027-03-01"),
        ("timeline.urgency_indicators", [" Audit", "audit", "merger"], ["audit", "merger"]),
        ("need.pain_points", ["slow reports"], [{"description": "slow reports"}]),
        ("need.pain_points", [], None),
        ("need.urgency", None, None),
    ],
)
def test_values_are_brought_into_one_form(key, value, normal):
    assert validate_claim(key, value) == normal


def test_the_same_person_twice_is_one_person_with_what_was_said_last():
    people = [{"name": "Ada", "title": "CEO", "engaged": False}, {"name": "ada", "engaged": True}]
    assert validate_claim("authority.decision_makers", people) == [{"name": "ada", "title": "CEO", "engaged": True}]


@pytest.mark.parametrize("values", [BEST, WORST])
def test_a_normal_value_is_json_and_normal_again(values):
    for key, value in values.items():
        normal = validate_claim(key, value)
        assert json.loads(json.dumps(normal)) == normal
        assert validate_claim(key, normal) == normal


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@unhurried
@given(st.sampled_from(sorted(CLAIM_KEYS)), json_values)
def test_any_json_is_either_normal_or_refused(key, value):
    result = validate_claim(key, value)
    if not isinstance(result, FieldProblem):
        assert validate_claim(key, result) == result


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("budget.estimated_budget", " 75000 ", 75000),
        ("budget.confirmed", "Yes", True),
        ("budget.confirmed", "false", False),
        ("budget.range", "", None),
        ("timeline.decision_date", "2027-03-01", "2027-03-01"),
        ("timeline.urgency_indicators", "audit\n\nmerger", ["audit", "merger"]),
    ],
)
def test_typed_text_is_read_as_the_value_it_stands_for(key, typed, value):
    assert read_claim_text(key, typed) == value


@pytest.mark.parametrize(
    ("key", "typed"), [("budget.estimated_budget", "a lot"), ("budget.confirmed", "maybe"), ("budget.colour", "red")]
)
def test_typed_text_that_stands_for_nothing_is_refused(key, typed):
    assert isinstance(read_claim_text(key, typed), FieldProblem)


def test_a_confidence_beyond_certainty_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        Claim(id=UUID(int=1), key="need.urgency", value="high", source="rep", observed_at=NOW, confidence=1.2)
