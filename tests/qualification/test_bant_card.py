"""BANT as others see it, and updates of parts of it."""

from uuid import UUID

import pytest
from hypothesis import given
from tests.qualification.strategies import NOW, all_best, bant, claim, day, framework_with, leads, unhurried

from oppspot.core import json
from oppspot.qualification.bant import BANTQualification, BANTUpdate, bant_qualification, claims_from_bant_update
from oppspot.qualification.claim_keys.bant import BANT_KEYS
from oppspot.qualification.claims import InvalidClaims

LEAD, COMPANY = UUID(int=7), UUID(int=8)


def card(*claims):
    return bant_qualification(LEAD, COMPANY, claims, bant(*claims))


def test_an_empty_card_is_all_unknown():
    empty = card()
    assert (empty.overall_score, empty.qualification_status, empty.coverage) == (None, "nurture", 0)
    facts = empty.model_dump(exclude={"budget": {"coverage"}}, exclude_none=True)["budget"]
    assert facts == {"financial_indicators": {}}
    assert len(empty.next_actions) == 22  # claim keys that count


def test_a_full_card_shows_every_fact():
    full = card(*all_best())
    assert (full.overall_score, full.qualification_status) == (100, "qualified")
    assert full.budget.financial_indicators.revenue == 20_000_000
    assert [person.name for person in full.authority.decision_makers] == ["Ada", "Ben", "Cho"]
    assert full.authority.engagement_level.manager == 100
    assert full.timeline.decision_date.isoformat() == day(20)
    assert None not in full.need.model_dump().values()


@unhurried
@given(leads)
def test_any_lead_has_a_card_that_survives_json(claims):
    shown = card(*claims)
    assert BANTQualification.model_validate_json(shown.model_dump_json()) == shown


def test_an_expired_fact_is_shown_and_named_as_expired():
    shown = card(claim("budget.confirmed", value=True, days=120))
    assert (shown.budget.budget_confirmed, shown.budget.score) == (True, None)
    assert shown.expired == ["budget.budget_confirmed", "budget.budget_source"]


def test_the_card_shows_the_value_that_was_assessed():
    patient = framework_with(lambda document: document["freshness_days"].update({"need.urgency": 300}))
    claims = claim("need.urgency", "high", grade="verified", days=100), claim("need.urgency", "low")
    shown = bant_qualification(LEAD, COMPANY, claims, bant(*claims, framework=patient))
    assert shown.need.urgency_level == "high"


def test_a_budget_of_nothing_shows_no_range():
    shown = card(claim("budget.estimated_budget", 0))
    assert (shown.budget.estimated_budget, shown.budget.budget_range) == (0, None)


def test_fields_that_sources_disagree_on_are_named():
    shown = card(claim("need.urgency", "high", source="crm"), claim("need.urgency", "low"))
    assert shown.disputed == ["need.urgency_level"]


def test_an_update_makes_claims_only_of_the_fields_it_gives():
    update = {"budget": {"budget_confirmed": True}, "authority": {"engagement_level": {"executive": 80}}}
    assert claims_from_bant_update(update) == [("budget.confirmed", True), ("authority.engagement.executive", 80)]


def test_an_update_merges_into_a_pillar():
    before = claim("budget.estimated_budget", 75_000, days=5)
    [(key, value)] = claims_from_bant_update({"budget": {"budget_confirmed": True}})
    shown = card(before, claim(key, value))
    assert (shown.budget.estimated_budget, shown.budget.budget_confirmed) == (75_000, True)


def test_null_withdraws_a_field():
    [(key, value)] = claims_from_bant_update({"need": {"urgency_level": None}})
    assert (key, value) == ("need.urgency", None)
    assert card(claim("need.urgency", "high"), claim(key, value, days=0)).need.urgency_level is None


def test_a_typed_update_says_the_same_as_its_json():
    document = {"timeline": {"decision_date": day(9), "buying_stage": None}, "need": {"pain_points": ["slow"]}}
    document["need"]["pain_points"] = [{"description": "slow"}]
    typed = BANTUpdate.model_validate_json(json.dumps(document))
    assert sorted(claims_from_bant_update(typed)) == sorted(claims_from_bant_update(document))


def test_every_fact_on_the_card_can_be_updated():
    facts = card(*all_best()).model_dump(mode="json", include=set(BANTUpdate.model_fields))
    for pillar in facts.values():
        del pillar["score"], pillar["coverage"]
    claims = claims_from_bant_update(facts)
    assert bant(*(claim(key, value) for key, value in claims)).overall_score == 100
    assert {key for key, _ in claims} == {key.name for key in BANT_KEYS}


@pytest.mark.parametrize(
    ("update", "path", "message"),
    [
        ({"budget": {"budget_confirmed": "yes"}}, "budget.budget_confirmed", "is neither true nor false"),
        ({"budget": {"score": 90}}, "budget.score", "is calculated and cannot be set"),
        ({"overall_score": 90}, "overall_score", "is calculated and cannot be set"),
        ({"budget": {"colour": "red"}}, "budget.colour", "is not a field here"),
        ({"budget": None}, "budget", "is not an object"),
        ({"budget": [1]}, "budget", "is not an object"),
        ({"budget": {"financial_indicators": None}}, "budget.financial_indicators", "is not an object"),
        ({"need": {"pain_points": [{"severity": "high"}]}}, "need.pain_points[0]", "description is missing"),
        (
            {"authority": {"decision_makers": [{"name": "Ada", "influence": "big"}]}},
            "authority.decision_makers[0].influence",
            "is not a number",
        ),
    ],
)
def test_what_cannot_be_updated_is_refused_by_its_place(update, path, message):
    with pytest.raises(InvalidClaims) as refusal:
        claims_from_bant_update(update)
    assert [(problem.path, problem.message) for problem in refusal.value.errors] == [(path, message)]


def test_every_problem_of_an_update_is_reported():
    with pytest.raises(InvalidClaims) as refusal:
        claims_from_bant_update({"need": {"urgency_level": "very", "solution_fit_score": 101}, "money": 1})
    assert len(refusal.value.errors) == 3


def test_the_card_says_when_and_by_which_version_it_was_assessed():
    shown = card()
    assert shown.assessed_at == NOW
    assert len(shown.framework_hash) == 64
