"""MEDDIC as others see it, and updates of parts of it."""

from uuid import UUID

import pytest
from hypothesis import given
from tests.qualification.strategies import BEST, MEDDIC, NOW, all_best, claim, day, leads, unhurried

from oppspot.core import json
from oppspot.qualification.bant import BANTQualification
from oppspot.qualification.claims import CLAIM_KEYS, InvalidClaims
from oppspot.qualification.meddic import (
    MEDDIC_LAYOUT,
    MEDDICQualification,
    MEDDICUpdate,
    claims_from_meddic_update,
    meddic_qualification,
)
from oppspot.qualification.rules import assess

LEAD, COMPANY = UUID(int=7), UUID(int=8)
BANT_NAMES = {
    "": "lead_id company_id budget authority need timeline overall_score qualification_status next_actions",
    "budget": "score estimated_budget budget_confirmed budget_range budget_source financial_indicators",
    "budget.financial_indicators": "revenue growth_rate funding_status credit_score",
    "authority": "score decision_makers buying_committee_size stakeholder_map engagement_level",
    "authority.engagement_level": "executive manager user",
    "need": "score pain_points use_cases urgency_level problem_acknowledgment solution_fit_score",
    "timeline": "score decision_date implementation_date urgency_indicators buying_stage timeline_confidence",
}
MEDDIC_NAMES = {
    "": "lead_id company_id metrics economic_buyer decision_criteria decision_process identify_pain champion "
    "overall_score qualification_confidence forecast_category",
    "metrics": "score kpis_identified success_criteria roi_calculation value_quantification",
    "economic_buyer": "score identified contact_info engagement_level buying_power_confirmed budget_authority",
    "decision_criteria": "score technical_requirements business_requirements vendor_preferences evaluation_matrix",
    "decision_process": "score stages current_stage stakeholders approval_process timeline",
    "identify_pain": "score pain_points business_impact cost_of_inaction urgency_level",
    "champion": "score identified champion_profile influence_level internal_selling_ability relationship_strength",
}


def card(*claims):
    return meddic_qualification(LEAD, COMPANY, claims, assess(MEDDIC, claims, NOW))


@pytest.mark.parametrize(
    ("model", "names"),
    [(BANTQualification, BANT_NAMES), (MEDDICQualification, MEDDIC_NAMES)],
    ids=["bant", "meddic"],
)
def test_a_card_has_every_field_its_interface_promises(model, names):
    for place, promised in names.items():
        part = model
        for name in filter(None, place.split(".")):
            part = part.model_fields[name].annotation
        assert set(promised.split()) <= set(part.model_fields), place


def test_an_empty_card_is_all_unknown_and_not_forecast():
    empty = card()
    assert (empty.overall_score, empty.forecast_category, empty.qualification_confidence) == (None, "omitted", 0)
    assert empty.champion.model_dump(exclude_none=True) == {"coverage": 0, "champion_profile": {}}


def test_a_full_card_shows_every_fact():
    full = card(*(claim(key, value, grade="verified") for key, value in BEST.items()))
    assert (full.overall_score, full.forecast_category) == (100, "commit")
    assert [kpi.target for kpi in full.metrics.kpis_identified] == [9, 9, 9]
    assert full.metrics.roi_calculation.roi_percent == 120
    assert full.economic_buyer.contact_info.name == "Ada"
    assert full.decision_process.timeline.decision_date.isoformat() == day(20)
    assert [person.role for person in full.decision_process.stakeholders][:1] == ["economic_buyer"]
    assert full.champion.champion_profile.name == "Dan"


@unhurried
@given(leads)
def test_any_lead_has_a_card_that_survives_json(claims):
    shown = card(*claims)
    assert MEDDICQualification.model_validate_json(shown.model_dump_json()) == shown


def test_every_fact_on_the_card_can_be_updated():
    facts = card(*all_best(MEDDIC)).model_dump(mode="json", include=set(MEDDICUpdate.model_fields))
    for pillar in facts.values():
        del pillar["score"], pillar["coverage"]
    claims = claims_from_meddic_update(facts)
    assert assess(MEDDIC, [claim(key, value) for key, value in claims if value is not None], NOW).overall_score == 100
    assert {key for key, _ in claims} == MEDDIC_LAYOUT.fields.keys() <= CLAIM_KEYS.keys()


def test_an_update_merges_into_a_pillar():
    before = claim("champion.influence_level", 60, days=5)
    made = claims_from_meddic_update({"champion": {"champion_profile": {"name": "Ben"}, "relationship_strength": 40}})
    assert made == [("champion.name", "Ben"), ("champion.relationship_strength", 40)]
    shown = card(before, *(claim(key, value) for key, value in made)).champion
    assert (shown.influence_level, shown.relationship_strength, shown.identified) == (60, 40, True)


def test_null_withdraws_a_field():
    [(key, value)] = claims_from_meddic_update({"economic_buyer": {"contact_info": {"email": None}}})
    assert (key, value) == ("economic_buyer.email", None)


def test_a_typed_update_says_the_same_as_its_json():
    document = {"decision_process": {"timeline": {"decision_date": day(9)}, "stages": [{"name": "pilot"}]}}
    typed = MEDDICUpdate.model_validate_json(json.dumps(document))
    assert sorted(claims_from_meddic_update(typed)) == sorted(claims_from_meddic_update(document))


@pytest.mark.parametrize(
    ("update", "path", "message"),
    [
        ({"champion": {"score": 90}}, "champion.score", "is calculated and cannot be set"),
        ({"forecast_category": "commit"}, "forecast_category", "is calculated and cannot be set"),
        ({"champion": {"champion_profile": "Ben"}}, "champion.champion_profile", "is not an object"),
        ({"budget": {"budget_confirmed": True}}, "budget", "is not a field here"),
        (
            {"decision_process": {"stages": [{"name": "pilot", "status": "over"}]}},
            "decision_process.stages[0].status",
            "is not one of the choices",
        ),
    ],
)
def test_what_cannot_be_updated_is_refused_by_its_place(update, path, message):
    with pytest.raises(InvalidClaims) as refusal:
        claims_from_meddic_update(update)
    assert [(problem.path, problem.message) for problem in refusal.value.errors] == [(path, message)]


def test_a_fact_of_bant_is_the_same_fact_of_meddic():
    shown = card(claim("need.urgency", "high"), claim("need.pain_points", [{"description": "slow"}], days=200))
    assert shown.identify_pain.urgency_level == 75
    assert shown.expired == ["identify_pain.pain_points"]
