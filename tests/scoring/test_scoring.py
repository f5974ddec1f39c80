"""What a lead scores, from its facts and events."""

import pickle
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import nan

import pytest
from tests.engagement.strategies import NOW, ago
from tests.scoring.strategies import BEST, model_with, score

from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.rules import score_lead, score_leads
from oppspot.scoring.types import Band, CompanyFacts, Factor, FundingStage, LeadFacts

K = EventKind
D = Decimal


def event(kind: EventKind, days: float = 0) -> EngagementEvent:
    return EngagementEvent(kind, ago(days))


def test_a_lead_nobody_knows_anything_of_is_unknown_and_not_low():
    empty = score()
    assert (empty.overall, empty.fit, empty.band, empty.grade) == (None, None, None, None)
    assert (empty.engagement, empty.coverage) == (0, 0)
    assert empty.contributions == ()


def test_the_best_company_has_full_fit_and_is_hot_even_before_it_acts():
    best = score(BEST)
    assert (best.fit, best.overall, best.coverage) == (100, 90, 1)
    assert (best.band, best.grade) == (Band.HOT, "A3")


def test_an_unknown_factor_gives_its_weight_to_the_known_ones():
    known = replace(BEST, technologies=None, growth_rate=None, funding_stage=None)
    partial = score(known)
    assert partial.overall == D("83.3")  # (.30 + .20) of (.30 + .20 + .10)
    assert partial.coverage == D("0.555")  # .50 of .90, rounded down


def test_an_unknown_fact_lowers_coverage_and_leaves_its_factor_to_the_others():
    (financial, *_) = score(replace(BEST, credit_score=None)).factors
    assert (financial.score, financial.coverage, financial.effective_weight) == (100, D("0.666"), D("0.222"))


def test_a_known_bad_fact_costs_where_an_unknown_one_does_not():
    assert score(replace(BEST, credit_score=10)).fit < score(replace(BEST, credit_score=None)).fit == 100


def test_one_page_view_is_worth_little_even_when_nothing_else_is_known():
    assert score(CompanyFacts(), event(K.PAGE_VIEW)).overall == 2


def test_an_event_alone_makes_the_overall_score_known_but_not_the_fit():
    seen = score(CompanyFacts(), event(K.DEMO_REQUEST))
    assert (seen.overall, seen.fit, seen.band, seen.grade) == (40, None, Band.LOW, None)


def test_a_future_event_makes_nothing_known():
    assert score(CompanyFacts(), event(K.DEMO_REQUEST, -1)).overall is None


def test_a_meeting_held_counts_its_tenth_of_the_overall_score():
    assert score(BEST, event(K.MEETING_HELD)).overall == 94


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        ({"is_free_mail": True}, 10),
        ({"is_student": True}, 30),
        ({"title": "PhD Student, Physics"}, 30),
        ({"title": "International Director"}, 0),  # neither intern nor student
        ({"title": "Student", "is_student": False}, 0),
        ({"is_free_mail": None, "title": None}, 0),
    ],
)
def test_what_a_lead_is_takes_points_off_fit_and_overall(facts, points):
    penalised = score(BEST, **facts)
    assert (penalised.fit, penalised.overall) == (100 - points, 90 - points)


@pytest.mark.parametrize(
    ("domain", "fit"), [("rival.com", 50), ("mail.Rival.com", 50), ("notrival.com", 100), (None, 100)]
)
def test_competitors_are_known_by_whole_domain_labels(domain, fit):
    model = model_with("negatives.competitor.domains", ["rival.com"])
    assert score(BEST, model=model, email_domain=domain).fit == fit


def test_a_bounced_address_costs_its_points_in_full():
    assert score(BEST, event(K.HARD_BOUNCE)).overall == 40


def test_a_score_never_falls_below_nothing():
    hopeless = score(CompanyFacts(growth_rate=-5), event(K.HARD_BOUNCE), is_student=True)
    assert (hopeless.overall, hopeless.fit, hopeless.engagement) == (0, 0, 0)


@pytest.mark.parametrize(
    ("points", "band"),
    [(85, Band.HOT), (84, Band.GOOD), (70, Band.GOOD), (69, Band.MEDIUM), (50, Band.MEDIUM), (49, Band.LOW)],
)
def test_bands_start_at_their_thresholds(points, band):
    # With nothing but engagement known, the overall score is the engagement.
    model = model_with("engagement.kinds.demo_request.points", points)
    generous = model_with("engagement.group_caps.sales", 100)
    rules = replace(model.engagement, group_caps=generous.engagement.group_caps)
    assert score(CompanyFacts(), event(K.DEMO_REQUEST), model=replace(model, engagement=rules)).band is band


@pytest.mark.parametrize(
    ("employees", "acts", "grade"), [(50, 3, "A1"), (50, 1, "A2"), (50, 0, "A3"), (10, 0, "B3"), (1, 0, "C3")]
)
def test_the_grade_tells_fit_by_letter_and_engagement_by_digit(employees, acts, grade):
    events = [event(kind) for kind in (K.DEMO_REQUEST, K.MEETING_HELD, K.REPLY_RECEIVED)[:acts]]
    assert score(CompanyFacts(employees=employees), *events).grade == grade


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("annual_revenue", nan),
        ("funding_stage", FundingStage.UNKNOWN),
        ("country", "United Kingdom"),
        ("sic_code", "n/a"),
        ("industry", " - "),
    ],
)
def test_what_cannot_be_read_is_unknown(fact, value):
    assert score(CompanyFacts(**{fact: value})).overall is None


@pytest.mark.parametrize(
    ("fact", "value", "fit"),
    [("growth_rate", 0, 0), ("growth_rate", 0.01, 30), ("credit_score", 50, 40), ("credit_score", 49.9, 0)],
)
def test_a_step_is_reached_or_exceeded_as_it_says(fact, value, fit):
    assert score(CompanyFacts(**{fact: value})).fit == fit


def test_known_to_use_no_technology_is_known():
    assert score(CompanyFacts(technologies=())).fit == 0


def test_nothing_is_earned_while_a_required_technology_is_missing():
    model = model_with("technology.required", ["Kubernetes"])
    assert score(CompanyFacts(technologies=("Salesforce",)), model=model).fit == 0
    assert score(CompanyFacts(technologies=("Salesforce", "Kubernetes")), model=model).fit == 50


def test_more_than_enough_technologies_earn_no_more():
    assert score(CompanyFacts(technologies=("Salesforce", "HubSpot", "Marketo"))).fit == 100


def test_technologies_match_whole_words():
    model = model_with("technology.wanted", [{"name": "Java", "points": 8}, {"name": "C", "points": 8}])
    assert score(CompanyFacts(technologies=("JavaScript", "C++", "C#")), model=model).fit == 0
    assert score(CompanyFacts(technologies=("Oracle Java SE",)), model=model).fit == 100


def test_industries_match_whole_words():
    earned = {name: score(CompanyFacts(industry=name)).fit for name in ("IT Services", "Fitness services")}
    assert earned == {"IT Services": 100, "Fitness services": 20}


def test_industry_is_known_by_the_better_of_name_and_code():
    assert score(CompanyFacts(industry="Other", sic_code="62020 - Consultancy")).fit == 100


def test_a_code_belongs_to_a_class_by_its_leading_digits_only():
    assert score(CompanyFacts(sic_code="16290")).fit == 20  # 62 is inside it, not before it


def test_an_excluded_industry_earns_nothing_and_costs():
    model = model_with("industry.industries.excluded", ["gambling"])
    excluded = score(replace(BEST, industry="Gambling software"), model=model)
    assert excluded.fit == D("38.9")  # .80 of .90 without the industry's half of its factor, less 50


def test_an_excluded_code_is_named_in_the_reason():
    model = model_with("industry.industries.excluded_sic_prefixes", ["92"])
    (industry, *_) = score(CompanyFacts(sic_code="92000"), model=model).explain().fit
    assert industry.reason.startswith("Industry is excluded: SIC 92")


def test_a_criterion_that_can_earn_nothing_is_not_asked():
    model = model_with("industry.countries", {"tiers": [], "other_points": 0})
    nowhere = score(replace(BEST, country=None), model=model)
    assert (nowhere.coverage, nowhere.explain().missing) == (1, ())


def test_a_factor_without_weight_is_not_asked():
    weights = {"financial": 0.5, "technology": 0, "industry": 0.2, "growth": 0.2, "engagement": 0.1}
    assert score(replace(BEST, technologies=None), model=model_with("weights", weights)).coverage == 1


def test_without_weight_for_engagement_the_overall_score_is_the_fit():
    weights = {"financial": 0.4, "technology": 0.2, "industry": 0.2, "growth": 0.2, "engagement": 0}
    model = model_with("weights", weights)
    assert score(BEST, model=model).overall == 100
    assert score(CompanyFacts(), event(K.DEMO_REQUEST), model=model).overall is None


def test_a_batch_scores_each_lead_as_if_alone():
    batch = [(LeadFacts(BEST), ()), (LeadFacts(), (event(K.REPLY_RECEIVED, 3),)), (LeadFacts(), ())]
    assert score_leads(batch, DEFAULT_MODEL, NOW) == [score_lead(*lead, DEFAULT_MODEL, NOW) for lead in batch]


def test_a_score_can_be_replayed_from_its_inputs():
    first = score(BEST, event(K.REPLY_RECEIVED, 3), title="Student")
    assert score_lead(*pickle.loads(pickle.dumps(first)).inputs) == first  # noqa: S301 - our own bytes


def test_scoring_hourly_on_the_way_gives_the_same_as_scoring_once():
    history = (event(K.REPLY_RECEIVED, 3), event(K.PAGE_VIEW, 1))
    hourly = [score(BEST, *history, now=NOW - timedelta(hours=hours)) for hours in range(48, -1, -1)]
    assert hourly[-1] == score(BEST, *history)


def test_every_score_names_the_model_it_was_made_with():
    assert score(BEST).model_hash != score(BEST, model=model_with("bands.hot", 90)).model_hash


def test_factors_say_which_share_of_the_score_they_had():
    factors = {row.factor: row for row in score(CompanyFacts(growth_rate=60), event(K.DEMO_REQUEST)).factors}
    growth, engagement, financial = factors[Factor.GROWTH], factors[Factor.ENGAGEMENT], factors[Factor.FINANCIAL]
    assert (growth.score, growth.coverage, growth.effective_weight) == (100, D("0.666"), D("0.571"))
    assert (engagement.score, engagement.weight, engagement.effective_weight) == (40, D("0.1"), D("0.428"))
    assert (financial.score, financial.coverage, financial.effective_weight) == (None, 0, 0)
