"""How a score is told."""

import json
from decimal import Decimal

from hypothesis import given
from tests.engagement.strategies import ago, unhurried
from tests.scoring.strategies import BEST, UNKNOWN, model_with, score, scored

from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.explain import Number, dump_terms, load_terms, strongest_reasons, waterfall
from oppspot.scoring.types import CompanyFacts, TermKind

K = EventKind
D = Decimal


def event(kind: EventKind, days: float = 0, quantity: int = 1) -> EngagementEvent:
    return EngagementEvent(kind, ago(days), quantity)


def terms(score_, number="overall"):
    return {term.key: term for term in getattr(score_.explain(), number)}


@unhurried
@given(scored)
def test_the_waterfall_runs_without_a_gap_from_nothing_to_the_number(score_):
    for number in Number:
        falls = waterfall(score_, number)
        rows = [row for section in falls.sections for row in section.rows]
        assert falls.total == (getattr(score_, number) if rows else None)
        assert sum((section.points for section in falls.sections), D(0)) == (falls.total or 0)
        assert {row.start for row in rows} - {row.end for row in rows} <= {D(0)}


@unhurried
@given(scored)
def test_kept_terms_come_back_from_json_as_they_were(score_):
    kept = json.loads(json.dumps(dump_terms(score_.contributions)))
    assert load_terms(kept) == score_.contributions


def test_a_fact_is_told_with_its_points_and_the_most_it_could_be():
    revenue = terms(score(CompanyFacts(annual_revenue=2_000_000, growth_rate=60)))["financial.annual_revenue"]
    assert revenue.reason == "Annual revenue 2,000,000 is above 1,000,000: 5 of 10 points"
    assert (revenue.points, revenue.max_points, revenue.source) == (D("23.1"), D("46.2"), "company.annual_revenue")


def test_a_fact_below_every_step_is_told_with_the_first_one():
    credit = terms(score(CompanyFacts(credit_score=12.5)))["financial.credit_score"]
    assert credit.reason == "Credit score 12.5 is not at least 50: 0 of 5 points"


def test_the_caps_reached_are_terms_of_their_own():
    shown = terms(score(UNKNOWN, event(K.PAGE_VIEW, 0, 50), event(K.PRICING_VIEW, 0, 50)), "engagement")
    assert shown["engagement.page_view"].points == shown["engagement.page_view"].max_points == 10
    assert (shown["engagement.cap.web"].points, shown["engagement.cap.web"].kind) == (-1, TermKind.LIMIT)


def test_penalties_and_the_floor_are_terms_of_their_own():
    shown = terms(score(UNKNOWN, event(K.DEMO_REQUEST), event(K.HARD_BOUNCE, 3)))
    assert {key: term.points for key, term in shown.items()} == {
        "engagement.demo_request": 40,
        "engagement.hard_bounce": -50,
        "floor": 10,
    }


def test_rounding_is_a_term_of_its_own():
    shown = terms(score(CompanyFacts(credit_score=50, growth_rate=1)), "fit")
    assert [term.points for term in shown.values()] == [D("17.1"), D("17.1"), D("0.1")]
    assert shown["rounding"].kind is TermKind.ROUNDING


def test_silence_is_told_as_no_activity():
    assert terms(score(BEST))["engagement.none"].points == 0


def test_repeats_and_annulled_meetings_are_told():
    shown = terms(score(UNKNOWN, event(K.MEETING_BOOKED, 3, 2), event(K.MEETING_CANCELLED, 2)), "engagement")
    assert shown["engagement.meeting_booked"].reason == (
        "2 times, last 3 days ago: 25 points fresh, halved every 30 days, each repeat counts 0.3 of the next; "
        "1 cancelled and worth nothing"
    )


def test_the_strongest_reasons_come_first_whichever_way_they_point():
    reasons = strongest_reasons(score(BEST, event(K.HARD_BOUNCE)), 2)
    assert [reason.key for reason in reasons] == ["engagement.hard_bounce", "financial.annual_revenue"]


def test_a_rival_is_named():
    model = model_with("negatives.competitor.domains", ["rival.com"])
    rival = score(BEST, model=model, email_domain="uk.rival.com")
    assert terms(rival)["negative.competitor"].reason == "uk.rival.com belongs to a competitor"


def test_what_is_missing_is_ranked_by_what_it_could_add():
    missing = score(CompanyFacts(employees=3, growth_rate=60)).explain().missing
    assert missing[0].source == "company.annual_revenue"
    assert [fact.could_add for fact in missing] == sorted((fact.could_add for fact in missing), reverse=True)
