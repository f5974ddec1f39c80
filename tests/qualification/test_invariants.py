"""What holds for every lead."""

from datetime import timedelta
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st
from tests.qualification.strategies import (
    BANT,
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

from oppspot.qualification.explain import diff_assessments
from oppspot.qualification.rules import assess, assess_leads
from oppspot.qualification.types import GRADE_RANK

WEAKEST = framework_with(lambda document: document.update(mode="weakest_link"))
frameworks = st.sampled_from([BANT, WEAKEST])
RANK = {verdict.status: place for place, verdict in enumerate(BANT.verdicts)}


@unhurried
@given(frameworks, leads, good_news)
def test_good_news_never_lowers_score_confidence_coverage_or_verdict(framework, claims, news):
    before, after = assess(framework, claims, NOW), assess(framework, [*claims, news], NOW)
    assert (after.overall_score or 0) >= (before.overall_score or 0)
    assert after.confidence >= before.confidence
    assert after.coverage >= before.coverage
    assert RANK[after.status] <= RANK[before.status]


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
@given(leads, st.randoms())
def test_the_order_of_claims_and_running_again_change_nothing(claims, random: Random):
    shuffled = random.sample(claims, len(claims))
    assert bant(*shuffled) == bant(*claims)


@unhurried
@given(st.lists(leads, max_size=5))
def test_a_batch_says_what_single_leads_say(batch):
    assert assess_leads(BANT, batch, NOW) == [assess(BANT, claims, NOW) for claims in batch]


@unhurried
@given(leads, statements)
def test_weaker_evidence_never_raises_a_grade(claims, weaker):
    before, after = bant(*claims), bant(*claims, weaker)
    for was, now in zip(_known(before), _known(after), strict=True):
        if was and GRADE_RANK[weaker.grade] <= GRADE_RANK[was.statement.claim.grade]:
            assert now.statement.claim.grade == was.statement.claim.grade


def _known(assessment):
    """Return each criterion's result, None where nothing fresh is stated."""
    results = [result for element in assessment.elements for result in element.criteria]
    return [result if result.statement and result.state != "expired" else None for result in results]


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
@given(leads)
def test_what_is_not_yet_observed_is_not_known(claims):
    past = NOW - timedelta(days=100)
    seen = [each for each in claims if each.observed_at <= past]
    assert bant(*claims, now=past) == bant(*seen, now=past)


@unhurried
@given(frameworks, leads, leads)
def test_the_terms_of_a_difference_sum_exactly_to_the_change(framework, first, second):
    before, after = assess(framework, first, NOW), assess(framework, second, NOW)
    change = (after.overall_score or 0) - (before.overall_score or 0)
    assert sum(term.hundredths for term in diff_assessments(before, after)) == 100 * change


@unhurried
@given(leads)
def test_withdrawing_everything_leaves_nothing_known(claims):
    withdrawn = [claim(each.key, None, days=0) for each in claims]
    assert bant(*claims, *withdrawn) == bant()


def test_a_lead_about_which_everything_is_best_reaches_exactly_a_hundred():
    best = bant(*all_best(grade="verified"))
    assert (best.overall_score, best.coverage, best.status) == (100, 1, "qualified")
    assert best.confidence > 0.99
