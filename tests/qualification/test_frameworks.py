"""Frameworks are data, and read the same claims."""

from pathlib import Path

import pytest
from tests.qualification.strategies import BANT, BEST, NOW, claim, criterion

from oppspot.core import json
from oppspot.qualification.claims import CLAIM_KEYS, validate_claim
from oppspot.qualification.compiled import claim_keys_of
from oppspot.qualification.frameworks import SHIPPED, shipped_framework
from oppspot.qualification.parse import lint_framework, parse_framework
from oppspot.qualification.rules import assess

MEDDIC = parse_framework(Path(__file__).with_name("meddic.yaml").read_text(encoding="utf-8"))
PEOPLE = [
    {"name": "Ada", "title": "CFO", "role": "economic_buyer", "engaged": True},
    {"name": "Ben", "title": "IT Manager", "role": "champion"},
]
COMPLETE = {
    **BEST,
    "authority.decision_makers": PEOPLE,
    "champion.last_contact": "2026-11-18",
    "metrics.kpis": [{"name": f"kpi {n}"} for n in range(3)],
    "metrics.roi_calculated": True,
    "metrics.value_quantification": 2_000_000,
    "criteria.requirements": [{"name": f"requirement {n}", "satisfied": True} for n in range(5)],
    "process.stages": ["pilot", "board", "legal", "signature"],
}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_has_nothing_to_mend_or_to_think_about(name):
    assert lint_framework(shipped_framework(name).document) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_states_the_freshness_of_every_key_as_the_registry_has_it(name):
    stated = shipped_framework(name).freshness_days
    assert stated == {key: CLAIM_KEYS[key].freshness_days for key in stated}


def test_an_unknown_name_says_which_frameworks_ship():
    with pytest.raises(LookupError, match="these are: bant"):
        shipped_framework("spin")


@pytest.mark.parametrize("framework", [BANT, MEDDIC], ids=lambda each: each.name)
def test_a_document_read_again_is_the_same_framework(framework):
    assert parse_framework(json.dumps(framework.document)) == framework
    assert parse_framework(framework.document).version_hash == framework.version_hash


def meddic(**details):
    return assess(MEDDIC, [claim(key, value, **details) for key, value in COMPLETE.items()], NOW)


def test_meddic_commits_when_everything_is_there_and_verified():
    assert (meddic(grade="verified").overall_score, meddic(grade="verified").status) == (100, "commit")


def test_meddic_gates_its_verdict_by_confidence():
    assert (meddic().overall_score, meddic().status) == (100, "best_case")
    assert meddic(confidence=0.5).status == "pipeline"


def test_meddic_omits_a_lead_of_which_nothing_is_known():
    assert assess(MEDDIC, [], NOW).status == "omitted"


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


def test_one_claim_read_by_several_criteria_is_still_one_fact():
    assert assess(MEDDIC, [claim("authority.decision_makers", PEOPLE, grade="verified")], NOW).confidence <= 0.5


def test_a_framework_can_bring_claim_keys_of_its_own():
    keys = claim_keys_of(MEDDIC)
    assert validate_claim("process.stages", ["pilot", "pilot"], keys) == ["pilot"]
    assert validate_claim("criteria.requirements", [{}], keys).path == "criteria.requirements[0]"
