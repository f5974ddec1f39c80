"""Frameworks are data, and read the same claims."""

import pytest
from tests.qualification.strategies import (
    BANT,
    BEST,
    FRAMEWORKS,
    MEDDIC,
    NOW,
    all_best,
    claim,
    criterion,
    framework_with,
)

from oppspot.core import json
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.qualification.compiled import claim_keys_of, compile_framework
from oppspot.qualification.frameworks import shipped_framework
from oppspot.qualification.parse import lint_framework, parse_framework
from oppspot.qualification.rules import assess

each_framework = pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.name)
PEOPLE = [
    {"name": "Ada", "title": "CFO", "role": "economic_buyer", "engaged": True},
    {"name": "Ben", "title": "IT Manager", "role": "champion"},
]


@each_framework
def test_what_ships_has_nothing_to_mend_or_to_think_about(framework):
    assert lint_framework(framework.document) == ()


@each_framework
def test_what_ships_states_the_freshness_of_every_key_it_reads_as_the_registry_has_it(framework):
    read = compile_framework(framework).keys
    own = {key: CLAIM_KEYS[key].freshness_days for key in framework.freshness_days}
    assert framework.freshness_days == own
    assert read <= own.keys()


@each_framework
def test_the_points_of_what_ships_are_hundredths_of_their_element(framework):
    assert {sum(each.points for each in element.criteria) for element in framework.elements} == {100}


@each_framework
def test_the_best_that_can_be_said_reaches_the_first_verdict(framework):
    best = assess(framework, all_best(framework, grade="verified"), NOW)
    assert (best.overall_score, best.coverage, best.status) == (100, 1, framework.verdicts[0].status)


def test_an_unknown_name_says_which_frameworks_ship():
    with pytest.raises(LookupError, match="these are: bant, meddic, meddpicc, champ, anum, spiced"):
        shipped_framework("spin")


@each_framework
def test_a_document_read_again_is_the_same_framework(framework):
    assert parse_framework(json.dumps(framework.document)) == framework
    assert parse_framework(framework.document).version_hash == framework.version_hash


def meddic(**details):
    return assess(MEDDIC, all_best(MEDDIC, **details), NOW)


def test_meddic_gates_its_verdict_by_confidence():
    assert (meddic(grade="corroborated").overall_score, meddic(grade="corroborated").status) == (100, "commit")
    assert (meddic().overall_score, meddic().status) == (100, "best_case")
    assert meddic(confidence=0.5).status == "pipeline"


@pytest.mark.parametrize("element", ["economic_buyer", "champion"])
def test_meddic_commits_only_with_two_thirds_of_the_buyer_and_of_the_champion(element):
    people = {"authority.stakeholder_map", "authority.decision_makers"}
    claims = [each for each in all_best(MEDDIC, grade="verified") if each.key not in people]
    assert assess(MEDDIC, claims, NOW).status == "commit"
    without = [each for each in claims if each.key not in {f"{element}.identified", f"{element}.profile"}]
    assert assess(MEDDIC, without, NOW).overall_score >= 80
    assert assess(MEDDIC, without, NOW).status == "best_case"


def test_meddic_does_not_forecast_a_lead_of_which_nothing_is_known():
    empty = assess(MEDDIC, [], NOW)
    assert (empty.status, empty.overall_score, empty.coverage, empty.best_case) == ("omitted", None, 0, 100)


def test_the_same_claim_is_the_authority_of_bant_and_the_economic_buyer_of_meddic():
    people = claim("authority.decision_makers", PEOPLE)
    bant, meddic = assess(BANT, [people], NOW), assess(MEDDIC, [people], NOW)
    readers = [
        criterion(bant, "authority.executive"),
        criterion(meddic, "economic_buyer.identified"),
        criterion(meddic, "champion.identified"),
    ]
    assert [result.state for result in readers] == ["met"] * 3
    assert {result.statement.claim.id for result in readers} == {people.id}


@each_framework
def test_one_claim_read_by_several_criteria_is_still_one_fact(framework):
    people = claim("authority.stakeholder_map", BEST["authority.stakeholder_map"], grade="verified")
    assert assess(framework, [people], NOW).confidence <= 0.5


def _with_a_key_of_its_own(document):
    document["claim_keys"] = {"process.steps": {"title": "Steps", "kind": {"type": "texts"}, "freshness_days": 90}}
    document["elements"][0]["criteria"][0] |= {"key": "process.steps", "rule": {"kind": "items", "each": 5}}
    document["freshness_days"]["process.steps"] = 30


def test_a_framework_can_bring_claim_keys_of_its_own():
    own = framework_with(_with_a_key_of_its_own)
    assert validate_claim("process.steps", ["pilot", "pilot"], claim_keys_of(own)) == ["pilot"]
    assert criterion(assess(own, [claim("process.steps", ["pilot"])], NOW), "budget.confirmed").points == 500
