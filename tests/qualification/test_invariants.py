"""What holds for every lead."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.qualification.strategies import (
    FRAMEWORKS,
    NOW,
    all_best,
    bant,
    claim,
    framework_with,
    good_news,
    leads,
    statements,
    unhurried,
)

from oppspot.qualification.compiled import compile_framework
from oppspot.qualification.explain import diff_assessments
from oppspot.qualification.rules import assess, assess_leads
from oppspot.qualification.types import GRADE_RANK

WEAKEST = framework_with(lambda document: document.update(mode="weakest_link"))
frameworks = st.sampled_from([*FRAMEWORKS, WEAKEST])
each_framework = pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.name)


def rank(framework, assessment):
    """Return the place of a verdict, the best being 0."""
    return [verdict.status for verdict in framework.verdicts].index(assessment.status)


@unhurried
@given(frameworks, leads, good_news)
def test_good_news_never_lowers_score_confidence_coverage_or_verdict(framework, claims, news):
    before, after = assess(framework, claims, NOW), assess(framework, [*claims, news], NOW)
    assert (after.overall_score or 0) >= (before.overall_score or 0)
    assert after.confidence >= before.confidence
    assert after.coverage >= before.coverage
    assert rank(framework, after) <= rank(framework, before)


@unhurried
@given(frameworks, leads)
def test_contributions_sum_exactly_to_the_shown_score(framework, claims):
    shown = assess(framework, claims, NOW)
    assert sum(term.hundredths for term in shown.contributions) == 100 * (shown.overall_score or 0)
    assert sum(abs(term.hundredths) for term in shown.contributions if term.criterion is None) <= 50


@unhurried
@given(frameworks, leads)
def test_every_number_stays_in_its_range(framework, claims):
    shown = assess(framework, claims, NOW)
    assert 0 <= (shown.overall_score or 0) <= shown.best_case <= 100
    assert 0 <= shown.confidence <= shown.coverage <= 1
    for element in shown.elements:
        assert 0 <= (element.score or 0) <= element.best_case <= 100
    assert shown.next_review_date > NOW.date()


@unhurried
@given(frameworks, leads, st.randoms())
def test_the_order_of_claims_and_running_again_change_nothing(framework, claims, random: Random):
    shuffled = random.sample(claims, len(claims))
    assert assess(framework, shuffled, NOW) == assess(framework, claims, NOW)


@unhurried
@given(frameworks, st.lists(leads, max_size=5))
def test_a_batch_says_what_single_leads_say(framework, batch):
    assert assess_leads(framework, batch, NOW) == [assess(framework, claims, NOW) for claims in batch]


@unhurried
@given(frameworks, leads, statements)
def test_weaker_evidence_never_raises_a_grade(framework, claims, weaker):
    before, after = assess(framework, claims, NOW), assess(framework, [*claims, weaker], NOW)
    for was, now in zip(_known(before), _known(after), strict=True):
        if was and GRADE_RANK[weaker.grade] <= GRADE_RANK[was.statement.claim.grade]:
            assert now.statement.claim.grade == was.statement.claim.grade


def _known(assessment):
    """Return each criterion's result, None where nothing fresh is stated."""
    return [result if result.statement and result.state != "expired" else None for result in _results(assessment)]


def _results(assessment):
    return [result for element in assessment.elements for result in element.criteria]


@unhurried
@given(leads)
@example([claim("need.urgency", "low")])
def test_only_known_and_fresh_evidence_disqualifies(claims):
    shown = bant(*claims)
    if shown.status == "disqualified":
        assert shown.lost > 3000
        assert shown.coverage > 0.3


@unhurried
@given(leads, st.floats(0, 500))
def test_as_time_passes_nothing_new_is_known(claims, days):
    before, later = bant(*claims), bant(*claims, now=NOW + timedelta(days=days))
    assert _fresh_keys(later) <= _fresh_keys(before)


@unhurried
@given(leads, st.floats(0, 500))
def test_as_time_passes_numbers_fade(claims, days):
    """One claim a key: when a list that leaves things open expires, an older one that states them counts again."""
    once = list({each.key: each for each in claims}.values())
    before, later = bant(*once), bant(*once, now=NOW + timedelta(days=days))
    assert later.coverage <= before.coverage
    assert later.confidence <= before.confidence


def _fresh_keys(assessment):
    return {result.key for result in _known(assessment) if result}


@unhurried
@given(frameworks, leads)
def test_what_is_not_yet_observed_is_not_known(framework, claims):
    past = NOW - timedelta(days=100)
    seen = [each for each in claims if each.observed_at <= past]
    assert assess(framework, claims, past) == assess(framework, seen, past)


@unhurried
@given(frameworks, leads, leads)
def test_the_terms_of_a_difference_sum_exactly_to_the_change(framework, first, second):
    before, after = assess(framework, first, NOW), assess(framework, second, NOW)
    change = (after.overall_score or 0) - (before.overall_score or 0)
    assert sum(term.hundredths for term in diff_assessments(before, after)) == 100 * change


@unhurried
@given(frameworks, leads)
def test_withdrawing_everything_leaves_nothing_known(framework, claims):
    withdrawn = [claim(each.key, None, days=0) for each in claims]
    assert assess(framework, [*claims, *withdrawn], NOW) == assess(framework, [], NOW)


def test_a_lead_about_which_everything_is_best_reaches_exactly_a_hundred():
    best = bant(*all_best(grade="verified"))
    assert (best.overall_score, best.coverage, best.status) == (100, 1, "qualified")
    assert best.confidence > 0.99


@each_framework
def test_an_empty_lead_has_no_coverage_and_nothing_held_against_it(framework):
    empty = assess(framework, [], NOW)
    assert (empty.overall_score, empty.coverage, empty.confidence, empty.lost) == (None, 0, 0, 0)
    assert empty.status != "disqualified"
    assert empty.contributions == ()


@unhurried
@given(leads)
def test_a_claim_is_one_fact_however_many_criteria_and_frameworks_read_it(claims):
    for framework in FRAMEWORKS:
        shown = assess(framework, claims, NOW)
        read = {result.statement.claim.id for result in _results(shown) if result.statement}
        assert read <= {each.id for each in claims}
        assert shown.confidence <= 1 - 2.0 ** -len({each.key for each in claims})


@unhurried
@given(frameworks, statements, st.integers(1, 5))
def test_saying_the_same_again_at_the_same_moment_adds_nothing(framework, said, times):
    again = [replace(said, id=UUID(int=number)) for number in range(times)]
    once, often = assess(framework, [said], NOW), assess(framework, [said, *again], NOW)
    assert (often.overall_score, often.coverage, often.confidence) == (
        once.overall_score,
        once.coverage,
        once.confidence,
    )


@each_framework
def test_everything_that_expires_is_known_no_more_and_asked_again(framework):
    stale = assess(framework, all_best(framework), NOW + timedelta(days=400))
    expired = {result.key for result in _results(stale) if result.state == "expired"}
    assert expired == compile_framework(framework).keys
    assert (stale.overall_score, stale.coverage, stale.lost) == (None, 0, 0)
    assert {action.kind for action in stale.next_actions} == {"reconfirm"}


@unhurried
@given(frameworks, leads)
def test_every_contradiction_opens_a_task_and_names_both_sides(framework, claims):
    shown = assess(framework, claims, NOW)
    tasks = sorted(action.key for action in shown.next_actions if action.kind == "settle")
    assert tasks == [each.key for each in shown.contradictions]
    for each in shown.contradictions:
        assert each.disputed_by
        assert all(side.value != each.current.value for side in each.disputed_by)
