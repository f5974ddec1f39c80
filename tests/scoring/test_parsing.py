"""Score model documents: what is accepted, and what is said about what is not."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engagement.strategies import unhurried
from tests.scoring.strategies import changed, model_with, models

from oppspot.scoring.defaults import DEFAULT_MODEL, default_document
from oppspot.scoring.parse import InvalidScoreModel, Problem, dump_model, model_hash, parse_model

HASH_OF_DEFAULT = model_hash(DEFAULT_MODEL)


def problems(document) -> tuple[Problem, ...]:
    with pytest.raises(InvalidScoreModel) as refused:
        parse_model(document)
    return refused.value.problems


def problem_at(path: str, value) -> Problem:
    (problem,) = problems(changed(default_document(), path, value))
    return problem


@given(models)
@unhurried
def test_a_dumped_model_reads_back_as_itself(model):
    assert parse_model(dump_model(model)) == model
    assert parse_model(json.dumps(dump_model(model))) == model


def test_the_hash_does_not_depend_on_how_the_document_is_written():
    document = default_document()
    shuffled = json.dumps(dict(reversed(document.items())), indent=3)
    document["financial"]["annual_revenue"].reverse()
    document["weights"]["technology"] = 0.20
    assert model_hash(parse_model(shuffled)) == model_hash(parse_model(document)) == HASH_OF_DEFAULT


def test_models_that_are_equal_have_equal_hashes():
    below, above = (model_with("growth.growth_rate.0.above", zero) for zero in (-0.0, 0.0))
    assert below == above
    assert model_hash(below) == model_hash(above)


def test_the_hash_changes_with_every_value():
    assert model_hash(replace(DEFAULT_MODEL, employees=DEFAULT_MODEL.employees[:-1])) != HASH_OF_DEFAULT
    assert model_hash(model_with("engagement.setbacks.unsubscribe.points", 21)) != HASH_OF_DEFAULT


def test_the_default_document_is_a_fresh_copy():
    default_document()["weights"].clear()
    assert parse_model(default_document()) == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("path", "value", "message", "accepted"),
    [
        ("weights.financial", "0.3", '"0.3" is not accepted', "a number from 0 to 1"),
        ("weights.financial", True, "true is not accepted", "a number from 0 to 1"),
        ("weights.financial", float("nan"), "NaN is not accepted", "a number from 0 to 1"),
        ("bands.medium", True, "true is not accepted", "a whole number from 0 to 100"),
        ("bands.hot", 85.5, "85.5 is not accepted", "a whole number from 0 to 100"),
        ("bands.hot", 10**400, None, "a whole number from 0 to 100"),
        ("engagement.kinds.page_view.half_life_days", 0, "0 is not accepted", "a number from 0.1 to 3650"),
        ("engagement.kinds.page_view.repeat_share", 1, "1 is not accepted", "a number from 0 to 0.95"),
        ("engagement.kinds.page_view.half_life_days", None, "null is not accepted", "a number from 0.1 to 3650"),
        ("financial.annual_revenue", {}, "{} is not accepted", "a list"),
        ("growth", [], "[] is not accepted", "an object"),
        ("technology.wanted.0.name", "++", '"++" is not accepted', "a name of at least one word"),
        ("technology.required", ["a\x00b"], '"a\\u0000b" is not accepted', "a name of at least one word"),
        ("technology.required", ["x"] * 501, "501 entries", "a list of at most 500"),
        (
            "industry.countries.tiers.0.countries",
            ["Britain"],
            '"Britain" is not accepted',
            'two letters of ISO 3166-1, like "GB"',
        ),
        ("industry.industries.excluded_sic_prefixes", [62], "62 is not accepted", '1 to 8 digits in quotes, like "62"'),
        (
            "negatives.competitor.domains",
            ["https://rival.com"],
            '"https://rival.com" is not accepted',
            'a domain like "example.com"',
        ),
        ("weights.financial", 0.2, "the weights sum to 0.9", "weights that sum to 1"),
        ("bands.good", 85, "85 is not below hot (85)", "a whole number below 85"),
        ("grades.fit_b", 90, "90 is not below fit_a (70)", "a whole number below 70"),
        ("technology.enough_points", 99, "99 is more than all wanted technologies earn", "a whole number from 0 to 28"),
        ("industry.industries.other_points", 11, "11 is more than the best tier earns", "a whole number from 0 to 10"),
        ("industry.countries.tiers.0.countries", [], "names no country", "at least one country"),
        ("industry.countries.tiers.0.countries", ["GB", "us"], "'US' is named twice", "each name once"),
        ("industry.industries.excluded", ["Insurance"], "'Insurance' is named twice", "each name once"),
        ("technology.required", ["AWS", "aws"], "'aws' is named twice", "each name once"),
        (
            "financial.credit_score.0.points",
            4,
            "the step at 60 earns less than the one at 50",
            "points that never fall as the value grows",
        ),
        ("growth.growth_rate.1.above", 0, "two steps start at 0", "one step for each threshold"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_accepted(path, value, message, accepted):
    problem = problem_at(path, value)
    assert problem.accepted == accepted
    assert message is None or problem.message == message


def test_the_path_leads_to_the_wrong_value():
    assert problem_at("technology.wanted.2.points", 0).path == "technology.wanted[2].points"


def test_unknown_and_missing_fields_are_named():
    document = default_document()
    document["bands"]["warm"] = document["bands"].pop("medium")
    unknown, missing = problems(document)
    assert (unknown.path, unknown.message) == ("bands.warm", "unknown field")
    assert (missing.path, missing.message) == ("bands.medium", "missing field")


def test_every_problem_is_named_at_once():
    document = changed(changed(default_document(), "bands.hot", -1), "growth.funding_stage.seed", None)
    assert [problem.path for problem in problems(document)] == ["growth.funding_stage.seed", "bands.hot"]


def test_a_missing_section_is_one_problem():
    document = default_document()
    del document["engagement"]
    assert [problem.path for problem in problems(document)] == ["engagement"]


def test_a_step_is_either_at_least_or_above():
    (problem,) = problems(
        changed(default_document(), "financial.credit_score.0", {"above": 1, "at_least": 1, "points": 1})
    )
    assert (problem.path, problem.message) == ("financial.credit_score[0].at_least", "unknown field")


def test_weights_are_whole_thousandths():
    weights = {"financial": 0.3005, "technology": 0.1995, "industry": 0.2, "growth": 0.2, "engagement": 0.1}
    too_fine = problems(changed(default_document(), "weights", weights))
    assert [problem.path for problem in too_fine] == ["weights.financial", "weights.technology"]


def test_a_weight_needs_something_that_can_earn_it():
    document = changed(default_document(), "technology", {"wanted": [], "required": [], "enough_points": 0})
    assert [problem.path for problem in problems(document)] == ["technology"]


def test_employees_may_earn_less_again_as_they_grow():
    steps = [{"at_least": 10, "points": 5}, {"at_least": 1000, "points": 1}]
    assert parse_model(changed(default_document(), "industry.employees", steps))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", b"\xff", "[" * 100_000, '{"weights": NaN}'])
def test_what_is_no_json_object_is_refused(text):
    assert problems(text)


def test_a_field_given_twice_is_refused():
    (problem,) = problems('{"weights": {}, "weights": {}}')
    assert "'weights' occurs twice" in problem.message


@unhurried
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    ),
    st.sampled_from(["weights", "financial", "industry.industries", "engagement.kinds.page_view", "negatives"]),
)
def test_no_value_whatever_is_met_with_anything_but_a_named_refusal(value, path):
    assert problems(changed(default_document(), path, value))
