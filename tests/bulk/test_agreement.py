"""The table path says of every row exactly what the single path says of the same claims, facts and events."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.bulk.frameworks import FRAMEWORKS
from tests.bulk.tables import claim_table, claims_of, score_table
from tests.engagement import strategies as engagement
from tests.qualification.strategies import NOW
from tests.scoring import strategies as scoring

from oppspot.bulk import Scorer
from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.qualification.rules import assess_leads
from oppspot.scoring.rules import score_leads
from oppspot.scoring.types import LeadFacts

ROWS = 100
# Tables are made from a seed: drawing them cell by cell takes longer than assessing them, and so would shrinking.
seeds = st.integers(0, 2**64).map(Random)
few = settings(deadline=None, max_examples=60, phases=[Phase.explicit, Phase.reuse, Phase.generate])
many = settings(few, max_examples=2_000)


def check_framework(framework, random):
    table = claim_table(framework, random, ROWS)
    scorer = Scorer(table.schema, [framework], None, NOW)
    rows = scorer.score(table).select(scorer.result).to_dicts()
    expected = [shown(each) for each in assess_leads(framework, claims_of(table, framework), NOW)]
    for number, (row, one) in enumerate(zip(rows, expected, strict=True)):
        assert row == one, (framework.document, table.row(number, named=True))


def shown(assessment):
    name = assessment.framework
    return {
        f"{name}.status": assessment.status,
        f"{name}.overall_score": assessment.overall_score,
        f"{name}.coverage": assessment.coverage,
        f"{name}.confidence": assessment.confidence,
        f"{name}.next_review_date": assessment.next_review_date,
        **{f"{name}.{element.element}": element.score for element in assessment.elements},
    }


@few
@given(st.sampled_from(FRAMEWORKS), seeds)
def test_every_framework_says_of_a_table_what_it_says_of_each_lead(framework, random):
    check_framework(framework, random)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@many
@given(st.sampled_from(FRAMEWORKS), seeds)
def test_every_framework_says_the_same_however_long_one_looks(framework, random):
    check_framework(framework, random)


def check_score(batch, model, random):
    table = score_table(batch, random)
    scorer = Scorer(table.schema, [], model, engagement.NOW)
    rows = scorer.score(table).select(scorer.result).to_dicts()
    assert rows == [score_shown(each) for each in score_leads(batch, model, engagement.NOW)]


def score_shown(score):
    number = lambda value: None if value is None else float(value)  # noqa: E731
    return {
        "score.overall": number(score.overall),
        "score.fit": number(score.fit),
        "score.engagement": number(score.engagement),
        "score.band": score.band,
        "score.grade": score.grade,
        "score.coverage": number(score.coverage),
    }


@few
@given(st.lists(st.tuples(scoring.leads, engagement.histories), min_size=1, max_size=6), scoring.models, seeds)
def test_every_model_scores_a_table_as_it_scores_each_lead(batch, model, random):
    check_score(batch, model, random)


@few
@given(scoring.models, seeds)
def test_long_histories_are_measured_as_each_alone(model, random):
    batch = [(LeadFacts(), [event(random) for _ in range(random.choice([1, 5, 40]))]) for _ in range(ROWS)]
    check_score(batch, model, random)


def event(random):
    """Return something a lead did: lately and often, so that caps are reached, and now and then told twice."""
    ago = timedelta(days=random.choice([0, 1, 7, random.randrange(-3, 100)]), seconds=random.choice([0, 0, 1, 40_000]))
    id_ = random.choice([None, None, "a", "b"])
    return EngagementEvent(random.choice(list(EventKind)), engagement.NOW - ago, random.choice([1, 1, 2, 5]), id_)
