"""What holds for every lead under every model."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.engagement.strategies import NOW, POSITIVE, events, histories, unhurried
from tests.scoring.strategies import BEST, companies, leads, models, scored

from oppspot.scoring.defaults import DEFAULT_MODEL
from oppspot.scoring.rules import score_lead, score_leads
from oppspot.scoring.types import CompanyFacts, LeadFacts, LeadScore

NUMBERS = ("overall", "fit", "engagement")
RISING = {"annual_revenue": 3e7, "credit_score": 100, "growth_rate": 120}


def shown(score: LeadScore, number: str) -> Decimal:
    return getattr(score, number) or Decimal(0)


@unhurried
@given(scored)
def test_terms_sum_exactly_to_each_shown_number(score):
    breakdown = score.explain()
    for number in NUMBERS:
        terms = getattr(breakdown, number)
        assert sum(term.points for term in terms) == shown(score, number)
        assert bool(terms) == (getattr(score, number) is not None)


@unhurried
@given(scored)
def test_every_number_is_from_0_to_100_and_coverage_from_0_to_1(score):
    assert all(0 <= shown(score, number) <= 100 for number in NUMBERS)
    assert 0 <= score.coverage <= 1


@unhurried
@given(scored)
def test_overall_is_unknown_only_when_nothing_is_known(score):
    assert score.overall is not None or score.fit is None
    assert (score.grade is None) == (score.fit is None)
    assert (score.band is None) == (score.overall is None)


@unhurried
@given(scored)
def test_scoring_again_changes_nothing(score):
    assert score_lead(*score.inputs) == score
    assert score_lead(*score.inputs).explain().overall == score.contributions


@unhurried
@given(leads, histories, models, events(kinds=POSITIVE))
def test_one_more_positive_event_never_lowers_a_number(facts, history, model, added):
    before = score_lead(facts, history, model, NOW)
    after = score_lead(facts, [*history, added], model, NOW)
    assert all(shown(after, number) >= shown(before, number) for number in NUMBERS)


@unhurried
@given(leads, histories, models, st.sampled_from(sorted(RISING)), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_more_of_a_good_thing_never_lowers_a_number(facts, history, model, fact, shares):
    low, high = sorted(share * RISING[fact] for share in shares)
    before, after = (
        score_lead(replace(facts, company=replace(facts.company, **{fact: value})), history, model, NOW)
        for value in (low, high)
    )
    assert shown(after, "fit") >= shown(before, "fit")
    assert shown(after, "overall") >= shown(before, "overall")


@unhurried
@given(leads, histories, models, st.sampled_from(sorted(CompanyFacts.__slots__)))
def test_learning_the_best_answer_never_lowers_a_number(facts, history, model, fact):
    best = replace(facts.company, **{fact: getattr(BEST, fact)})
    if fact in {"industry", "sic_code"}:
        best = replace(best, industry=BEST.industry, sic_code=BEST.sic_code)
    if fact == "technologies":
        best = replace(best, technologies=("Salesforce", "HubSpot", "AWS"))
    before = score_lead(facts, history, model, NOW)
    after = score_lead(replace(facts, company=best), history, model, NOW)
    assert shown(after, "fit") >= shown(before, "fit")
    assert shown(after, "overall") >= shown(before, "overall")


@unhurried
@given(leads, histories, models, st.sampled_from(sorted(RISING)))
def test_learning_an_answer_that_earns_nothing_never_raises_a_number(facts, history, model, fact):
    unknown = replace(facts, company=replace(facts.company, **{fact: None}))
    worst = replace(facts, company=replace(facts.company, **{fact: -1}))
    before, after = (score_lead(lead, history, model, NOW) for lead in (unknown, worst))
    assert shown(after, "fit") <= shown(before, "fit")
    assert shown(after, "overall") <= shown(before, "overall")


@unhurried
@given(companies, st.sampled_from(sorted(CompanyFacts.__slots__)))
def test_forgetting_a_fact_never_raises_coverage(company, fact):
    known, forgotten = score_leads(
        [(LeadFacts(company), ()), (LeadFacts(replace(company, **{fact: None})), ())], DEFAULT_MODEL, NOW
    )
    assert forgotten.coverage <= known.coverage


@unhurried
@given(leads, histories, models)
def test_what_is_missing_adds_what_it_says_at_its_best(facts, history, model):
    score = score_lead(facts, history, model, NOW)
    for fact in score.explain().missing:
        name = fact.source.partition(".")[2]
        if name in {"annual_revenue", "credit_score", "growth_rate"}:
            company = replace(facts.company, **{name: RISING[name]})
            known = score_lead(replace(facts, company=company), history, model, NOW)
            assert shown(known, "overall") - shown(score, "overall") == fact.could_add
