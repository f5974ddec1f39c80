"""What changed a score between two times."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from tests.engagement.strategies import NOW, ago, unhurried
from tests.scoring.strategies import BEST, UNKNOWN, model_with, score, scored

from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.diff import Cause, diff_contributions, diff_scores
from oppspot.scoring.explain import Number, terms_of
from oppspot.scoring.types import CompanyFacts

TUESDAY = NOW - timedelta(days=6)
DEMO = EngagementEvent(EventKind.DEMO_REQUEST, ago(90))


@unhurried
@given(scored, scored)
@pytest.mark.parametrize("number", Number)
def test_the_causes_sum_exactly_to_the_change(number, before, after):
    change = diff_scores(before, after, number)
    assert (change.before, change.after) == (getattr(before, number), getattr(after, number))
    assert sum((term.points for term in change.terms), Decimal(0)) == change.points
    assert change.points == (change.after or 0) - (change.before or 0)


@unhurried
@given(scored, scored)
def test_the_terms_of_kept_scores_sum_exactly_to_the_change(before, after):
    for number in Number:
        terms = diff_contributions(terms_of(before, number), terms_of(after, number))
        assert sum((term.points for term in terms), Decimal(0)) == diff_scores(before, after, number).points


@unhurried
@given(scored)
def test_nothing_changed_has_no_cause(same):
    assert diff_scores(same, same).terms == ()


def test_decay_is_told_as_time():
    change = diff_scores(score(UNKNOWN, DEMO, now=TUESDAY), score(UNKNOWN, DEMO))
    assert [(term.cause, term.points) for term in change.terms] == [(Cause.TIME, Decimal("-0.9"))]


def test_new_events_are_told_by_kind():
    change = diff_scores(score(UNKNOWN, DEMO), score(UNKNOWN, DEMO, DEMO))
    (term,) = change.terms
    assert (term.cause, term.source, term.before, term.after) == (Cause.EVENTS, "event.demo_request", "1", "2")


def test_withdrawn_events_are_told_by_kind():
    (term,) = diff_scores(score(UNKNOWN, DEMO, DEMO), score(UNKNOWN, DEMO)).terms
    assert (term.cause, term.before, term.after) == (Cause.EVENTS, "2", "1")


def test_a_changed_fact_is_told_with_both_values():
    change = diff_scores(score(replace(BEST, credit_score=55)), score(BEST))
    (term,) = change.terms
    assert (term.cause, term.source, term.before, term.after) == (Cause.FACT, "company.credit_score", "55", "90")
    assert term.points == score(BEST).overall - score(replace(BEST, credit_score=55)).overall


def test_a_fact_of_the_person_is_told():
    (term,) = diff_scores(score(BEST), score(BEST, is_free_mail=True)).terms
    assert (term.source, term.points) == ("lead.is_free_mail", -10)


def test_an_edited_model_is_told():
    edited = model_with("growth.funding_stage.bootstrapped", 9)
    (term,) = diff_scores(score(BEST), score(BEST, model=edited)).terms
    assert (term.cause, term.label) == (Cause.MODEL, "Scoring model changed")


def test_the_first_score_comes_from_nothing():
    change = diff_scores(score(), score(CompanyFacts(growth_rate=60)))
    assert (change.before, change.points) == (None, change.after)


def test_time_is_told_before_the_events_it_brought():
    later = EngagementEvent(EventKind.REPLY_RECEIVED, ago(1))
    change = diff_scores(score(UNKNOWN, DEMO, now=TUESDAY), score(UNKNOWN, DEMO, later))
    assert [(term.cause, term.points) for term in change.terms] == [
        (Cause.TIME, Decimal("-0.9")),
        (Cause.EVENTS, Decimal("14.7")),
    ]
