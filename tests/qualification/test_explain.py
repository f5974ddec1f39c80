"""What an assessment rests on, in words; what changed it; and what would."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qualification.answers import WORST
from tests.qualification.strategies import (
    BANT,
    BEST,
    FRAMEWORKS,
    NOW,
    all_best,
    bant,
    claim,
    day,
    framework_with,
    leads,
    unhurried,
)

from oppspot.qualification.counterfactuals import list_counterfactuals
from oppspot.qualification.explain import diff_assessments, explain_elements, explain_verdict
from oppspot.qualification.implications import IMPLICATIONS
from oppspot.qualification.rules import assess


def reason(name, *claims, now=NOW):
    element, _, criterion = name.partition(".")
    told = {each.element: each for each in explain_elements(BANT, bant(*claims, now=now))}[element]
    return next(each.text for each in told.reasons if each.criterion == criterion)


@pytest.mark.parametrize(
    ("name", "claims", "text"),
    [
        ("budget.range", [], "Not known yet: up to 30 points."),
        (
            "budget.confirmed",
            [claim("budget.confirmed", value=True, grade="verified")],
            "Budget confirmed: yes, verified (by a rep, 2026-11-17): 20 of 20 points.",
        ),
        (
            "budget.range",
            [claim("budget.estimated_budget", 75_000, source="crm")],
            (
                "Budget range: 50k 100k, which follows from budget.estimated_budget = 75,000, "
                "asserted (from the CRM, 2026-11-17): 20 of 30 points."
            ),
        ),
        (
            "timeline.decision_date",
            [claim("timeline.decision_date", "2024-11-01")],
            "Decision date: 2024-11-01, asserted (by a rep, 2026-11-17): 0 of 30 points. The date has passed.",
        ),
        (
            "need.urgency",
            [claim("need.urgency", "high", days=80)],
            (
                "Urgency: high, asserted (by a rep, 2026-09-01), expired on 2026-10-31: "
                "no points until it is confirmed again, then up to 15 points."
            ),
        ),
        (
            "authority.engaged",
            [claim("authority.decision_makers", [{"name": "Ada"}])],
            "Decision makers: 1 entry, asserted (by a rep, 2026-11-17), but nothing about this: up to 10 points.",
        ),
    ],
)
def test_each_criterion_says_which_claim_decided_and_what_it_earned(name, claims, text):
    assert reason(name, *claims) == text


def test_a_verdict_says_what_the_better_ones_still_take():
    claims = [each for each in all_best() if not each.key.startswith("timeline.")]
    assert explain_verdict(BANT, bant(*claims)) == (
        "qualified takes 25 points of timeline; 0 are earned.",
        "Everything that nurture takes is there.",
    )


def test_a_lead_that_is_merely_unknown_is_told_so():
    assert explain_verdict(BANT, bant(claim("need.urgency", "low")))[-2:] == (
        "nurture takes 40 points; 1 are earned.",
        (
            "Only 3.25 points are lost to what is known; disqualified takes more than 30. "
            "The rest is not known yet, so it is nurture."
        ),
    )


def test_a_disqualified_lead_is_told_what_it_lost():
    shown = bant(*(claim(key, value) for key, value in WORST.items()))
    assert (
        explain_verdict(BANT, shown)[-1] == "48.50 points are lost to what is known; disqualified takes more than 30."
    )


def causes(before, after):
    return {(term.element, term.criterion): (term.hundredths, term.cause) for term in diff_assessments(before, after)}


def test_a_difference_names_its_causes():
    urgency = claim("need.urgency", "high", days=50)
    date = claim("timeline.decision_date", day(35))
    before = bant(urgency, date)
    after = bant(urgency, date, claim("budget.confirmed", value=True), now=NOW + timedelta(days=12))
    assert causes(before, after) == {
        ("budget", "confirmed"): (600, "new evidence"),
        ("budget", "source"): (600, "new evidence"),
        ("need", "urgency"): (-250, "expired"),
        ("timeline", "decision_date"): (100, "time passed"),
        (None, None): (-50, "rounding"),
    }


def test_a_difference_tells_changed_withdrawn_and_confirmed_claims_apart():
    old, new = claim("need.urgency", "low", days=9), claim("need.urgency", "high", days=0)
    gone = claim("need.urgency", None, days=0)
    stale = claim("need.urgency", "low", days=90)
    place = "need", "urgency"
    assert causes(bant(old), bant(old, new))[place] == (200, "changed")
    assert causes(bant(old), bant(old, gone))[place] == (-50, "withdrawn")
    assert causes(bant(stale), bant(stale, new))[place] == (250, "confirmed again")


def test_a_difference_between_two_versions_is_put_down_to_the_framework():
    def reweigh(document):
        document["elements"][0]["weight"], document["elements"][3]["weight"] = 0.2, 0.3

    claims = all_best()
    before, after = bant(*claims[:8]), bant(*claims[:8], framework=framework_with(reweigh))
    assert {term.cause for term in diff_assessments(before, after)} == {"framework changed"}


ALMOST = [each for each in all_best(grade="verified") if each.key not in {"budget.confirmed", "budget.source"}]


def test_the_missing_fact_that_would_change_the_verdict_comes_first():
    claims = [each for each in ALMOST if not each.key.startswith(("financial.", "authority.eng", "need.u", "need.s"))]
    first = list_counterfactuals(BANT, claims, NOW)[0]
    assert first.keys == ("budget.confirmed",)
    assert first.text == (
        "Confirm the budget with a stakeholder: this moves the lead from nurture to qualified (74 points)."
    )


def test_when_no_single_fact_is_enough_the_smallest_set_found_leads():
    first, *others = list_counterfactuals(BANT, [claim("need.urgency", "high")], NOW)
    assert first.status == "qualified" != first.status_before
    assert len(first.keys) > 1
    assert {one.status for one in others} == {"nurture"}
    for key in first.keys:
        fewer = [claim("need.urgency", "high"), *(claim(one, BEST[one]) for one in first.keys if one != key)]
        assert bant(*fewer).status == "nurture"


def test_a_verdict_that_takes_confidence_can_be_reached_too():
    careful = framework_with(lambda document: document["verdicts"][0].update(confidence=0.7))
    first = list_counterfactuals(careful, [], NOW)[0]
    answers = [claim(key, BEST[key], grade="verified", days=0) for key in first.keys]
    assert first.status == bant(*answers, framework=careful).status == "qualified"


def test_a_perfect_lead_has_nothing_left_to_find_out():
    assert list_counterfactuals(BANT, all_best(), NOW) == ()


@unhurried
@given(st.sampled_from(FRAMEWORKS), leads)
def test_what_a_counterfactual_promises_comes_true(framework, claims):
    known = _spoken_of(claims)
    promises = [one for one in list_counterfactuals(framework, claims, NOW) if known.isdisjoint(_spoken(one.answers))]
    for promised in promises[:4]:
        answers = [claim(key, value, grade="verified", days=0) for key, value in promised.answers.items()]
        shown = assess(framework, [*claims, *answers], NOW)
        assert (shown.overall_score, shown.status) == (promised.overall_score, promised.status)


def _spoken(keys):
    """Return some keys with those they say something about."""
    return {*keys} | {implied for key in keys for implied, _ in IMPLICATIONS.get(key, ())}


def _spoken_of(claims):
    return _spoken({each.key for each in claims})


@unhurried
@given(st.sampled_from(FRAMEWORKS), leads)
def test_next_actions_and_counterfactuals_say_the_same_of_each_key(framework, claims):
    actions = {one.key: one for one in assess(framework, claims, NOW).next_actions if one.kind != "settle"}
    singles = {one.keys[0]: one for one in list_counterfactuals(framework, claims, NOW) if len(one.keys) == 1}
    assert {key: one.gain for key, one in actions.items()} == {key: one.gain for key, one in singles.items()}
    for key, action in actions.items():
        assert action.text.startswith(singles[key].asks[0])
