"""Which documents are frameworks, and what is said of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qualification.strategies import BANT, framework_with, unhurried

from oppspot.core import json
from oppspot.qualification.parse import InvalidFramework, lint_framework, parse_framework

TEXT = json.dumps(BANT.document)


def problems(change):
    """Return what is wrong with BANT after an edit, as (path, message, accepted)."""
    with pytest.raises(InvalidFramework) as refusal:
        framework_with(change)
    return [(problem.path, problem.message, problem.accepted) for problem in refusal.value.errors]


def edit(path, value):
    """Return an edit that sets (or, for ..., removes) what a path of keys leads to."""

    def change(document):
        *branches, leaf = path
        for branch in branches:
            document = document[branch]
        if value is ...:
            del document[leaf]
        else:
            document[leaf] = value

    return change


BUDGET = ("elements", 0, "criteria")


@pytest.mark.parametrize(
    ("path", "value", "where", "message"),
    [
        (("name",), "My BANT", "name", "does not have the expected form"),
        (("title",), ..., "title", "is missing"),
        (("titel",), "BANT", "titel", "is not a field here"),
        (("mode",), "average", "mode", "is not one of the choices"),
        (("elements",), [], "elements", "has too few entries"),
        (("elements",), {}, "elements", "is not a list"),
        (("elements", 0, "weight"), 0.4, "elements", "the weights sum to 1.10"),
        (("elements", 0, "weight"), "a third", "elements[0].weight", "is not a number"),
        (("elements", 0, "weight"), 0.33333, "elements[0].weight", "has too many decimal places"),
        (("elements", 1, "id"), "budget", "elements[1]", "budget is there already"),
        ((*BUDGET, 1, "id"), "confirmed", "elements[0].criteria[1]", "confirmed is there already"),
        ((*BUDGET, 0, "key"), "budget.colour", "elements[0].criteria[0].key", "budget.colour is not a claim key"),
        ((*BUDGET, 0, "points"), 0, "elements[0].criteria[0].points", "is too small"),
        ((*BUDGET, 0, "rule"), {"kind": "guess"}, "elements[0].criteria[0].rule", "is not one of the choices"),
        ((*BUDGET, 0, "rule"), {}, "elements[0].criteria[0].rule", "does not say its 'kind'"),
        (
            (*BUDGET, 0, "rule"),
            {"kind": "scale"},
            "elements[0].criteria[0].rule.kind",
            "cannot score budget.confirmed, which is true or false",
        ),
        (
            (*BUDGET, 1, "rule", "points", "guessed"),
            5,
            "elements[0].criteria[1].rule.points.guessed",
            "is not one of the choices",
        ),
        (
            (*BUDGET, 1, "rule", "points", "inferred"),
            -5,
            "elements[0].criteria[1].rule.points.inferred",
            "is too small",
        ),
        (
            (*BUDGET, 1, "rule", "points", "inferred"),
            50,
            "elements[0].criteria[1].rule.points.inferred",
            "50 are more than the criterion's points",
        ),
        (
            (*BUDGET, 3, "rule", "bands", 0, "above"),
            None,
            "elements[0].criteria[3].rule.bands[0]",
            "does not have one limit",
        ),
        (("elements", 1, "criteria", 4, "rule", "high"), 0, "elements[1].criteria[4].rule.high", "is the same as low"),
        (
            ("elements", 1, "criteria", 1, "rule", "where"),
            {"age": True},
            "elements[1].criteria[1].rule.where.age",
            "is not a field of the items",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where"),
            {"seniority": "boss"},
            "elements[1].criteria[1].rule.where.seniority",
            "is not one of the choices",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where", "seniority"),
            7,
            "elements[1].criteria[1].rule.where.seniority",
            "is not text",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where", "seniority"),
            ["executive", "boss"],
            "elements[1].criteria[1].rule.where.seniority",
            "is not one of the choices",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where", "seniority"),
            [],
            "elements[1].criteria[1].rule.where.seniority",
            "has too few entries",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where", "seniority"),
            {"at_least": 3},
            "elements[1].criteria[1].rule.where.seniority",
            "is not a number",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "where"),
            {"influence": {"at_least": 300}},
            "elements[1].criteria[1].rule.where.influence",
            "is not in the range",
        ),
        (
            ("elements", 1, "criteria", 1, "rule", "states"),
            ["age"],
            "elements[1].criteria[1].rule.states[0]",
            "is not a field of the items",
        ),
        (
            ("elements", 1, "criteria", 1, "rule"),
            {"kind": "share", "where": {}},
            "elements[1].criteria[1].rule.where",
            "has too few entries",
        ),
        (
            ("elements", 3, "criteria", 3, "rule"),
            {"kind": "share", "where": {"a": True}},
            "elements[3].criteria[3].rule.kind",
            "cannot score timeline.urgency_indicators, which is a list of at most 100 texts",
        ),
        (
            ("elements", 2, "criteria", 2, "rule", "each", "field"),
            "description",
            "elements[2].criteria[2].rule.each.field",
            "is not a choice among the fields of the items",
        ),
        (
            ("elements", 3, "criteria", 0, "rule", "within", 0, "days"),
            60,
            "elements[3].criteria[0].rule.within",
            "is not in order",
        ),
        ((*BUDGET, 0, "likely"), {"perhaps": 1}, "elements[0].criteria[0].likely.perhaps", "is not one of the answers"),
        ((*BUDGET, 0, "likely"), {"yes": 0}, "elements[0].criteria[0].likely", "leaves no answer possible"),
        ((*BUDGET, 3, "likely"), {"yes": 1}, "elements[0].criteria[3].likely.yes", "is not one of the answers"),
        ((*BUDGET, 0, "minutes"), 0, "elements[0].criteria[0].minutes", "is too small"),
        (("verdicts", 1, "score"), 80, "verdicts[1].score", "80 is not below 70"),
        (("verdicts", 1, "status"), "qualified", "verdicts[1]", "qualified is there already"),
        (("verdicts", 0, "minimums", "luck"), 5, "verdicts[0].minimums.luck", "is not an element"),
        (
            ("verdicts", 1, "score"),
            None,
            "verdicts[1]",
            "has no conditions, so the verdicts after it are never reached",
        ),
        (("verdicts", 2, "score"), 10, "verdicts[2]", "has conditions, so some leads would get no verdict"),
        (("verdicts", 2, "otherwise"), None, "verdicts[2]", "has one of points_lost_over and otherwise"),
        (("verdicts", 2, "otherwise"), "perhaps", "verdicts[2].otherwise", "perhaps is not such a verdict"),
        (("verdicts", 1, "status"), "maybe", "verdicts", "are not those of bant"),
        (("freshness_days", "budget.colour"), 9, "freshness_days.budget.colour", "is not a claim key"),
        (("freshness_days", "budget.source"), 0, "freshness_days.budget.source", "is too small"),
        (
            ("claim_keys",),
            {"budget.source": {"title": "Mine", "kind": {"type": "flag"}}},
            "claim_keys.budget.source",
            "is a claim key already",
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_is_accepted(path, value, where, message):
    found = problems(edit(path, value))
    assert (where, message) in [(path, message) for path, message, _ in found]


def test_every_fault_is_reported_at_once():
    def spoil(document):
        document["elements"][0]["weight"] = 0.2
        document["verdicts"][1]["score"] = 90

    assert [path for path, _, _ in problems(spoil)] == ["elements", "verdicts[1].score"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "cannot be read"),
        ("- bant", "is not an object"),
        ("", "is not an object"),
        ("name: a\nname: b", "line 2: cannot be read: 'name' is said twice"),
        ("a: &x [1]\nb: *x", "line 2: cannot be read: references (*name) are not accepted"),
        ("!!python/object/apply:os.getcwd []", "cannot be read"),
        ("x" * 100_001, "is too long"),
        ("[" * 5_000, "more than 20 levels deep"),
        ("\x00", "cannot be read"),
        ("when: 2026-13-45", "cannot be read"),
    ],
)
def test_a_text_that_is_no_document_is_refused(text, message):
    with pytest.raises(InvalidFramework, match=message.replace("(*", r"\(\*").replace(")", r"\)")):
        parse_framework(text)


@unhurried
@given(st.data())
def test_any_damage_is_refused_or_gives_another_framework(data):
    document = json.loads(TEXT)
    node, keys = document, list(document)
    while True:
        key = data.draw(st.sampled_from(keys))
        child = node[key]
        if not isinstance(child, (dict, list)) or not child or data.draw(st.booleans()):
            break
        node, keys = child, list(child) if isinstance(child, dict) else list(range(len(child)))
    damage = data.draw(st.sampled_from([None, "x", 7, -1, True, [], {}]))
    if node[key] == damage:
        return
    node[key] = damage
    findings = lint_framework(document)
    if not any(finding.level == "error" for finding in findings):
        assert parse_framework(document) != BANT or _defaults_restored(document)


def _defaults_restored(document):
    """Tell whether the damage only took away what the defaults say anyway."""
    return parse_framework(document).document == BANT.document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("title",), "B.A.N.T."),
        (("mode",), "weakest_link"),
        ((*BUDGET, 0, "ask"), "Ask them"),
        ((*BUDGET, 1, "rule", "points", "inferred"), 11),
        (("verdicts", 0, "review_days"), 15),
        (("freshness_days", "budget.source"), 91),
        (("trust", "asserted"), 0.61),
    ],
)
def test_any_edit_changes_the_version_hash(path, value):
    assert framework_with(edit(path, value)).version_hash != BANT.version_hash


def test_the_way_numbers_are_written_does_not():
    text = TEXT.replace('"weight":0.3,', '"weight":0.30,').replace('"points":20,', '"points":20.0,')
    assert text != TEXT
    assert parse_framework(text).version_hash == BANT.version_hash


def warnings(change):
    document = framework_with(change).document
    return [(finding.level, finding.problem.path) for finding in lint_framework(document)]


def test_a_freshness_left_to_the_default_is_a_warning():
    assert warnings(edit(("freshness_days", "need.urgency"), ...)) == [("warning", "freshness_days")]


def test_points_that_cannot_be_earned_are_a_warning():
    change = edit((*BUDGET, 2, "rule", "points"), {"under_10k": 10})
    assert warnings(change) == [("warning", "elements[0].criteria[2].rule")]


def test_disqualifying_a_lead_that_could_still_qualify_is_a_warning():
    assert warnings(edit(("verdicts", 2, "points_lost_over"), 20)) == [("warning", "verdicts[2].points_lost_over")]


def test_lint_reports_errors_without_raising():
    findings = lint_framework("name: bant")
    assert {finding.level for finding in findings} == {"error"}
    assert {finding.problem.path for finding in findings} == {"title", "elements", "verdicts"}
