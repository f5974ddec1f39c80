"""The table path says of every row exactly what the single path says of the same claims."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.bulk.strategies import claims_of, frameworks, score_table, tables
from tests.engagement import strategies as engagement
from tests.engagement.strategies import histories
from tests.qualification.strategies import NOW
from tests.scoring import strategies as scoring

from oppspot.bulk.scorer import Scorer
from oppspot.qualification.rules import assess_leads
from oppspot.scoring.rules import score_leads

# Found cases are not made smaller: the tables are wide, and that would take minutes.
found_once = settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
thorough = settings(found_once, max_examples=2_000)


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


def check_framework(data):
    framework = data.draw(frameworks)
    table = data.draw(tables(framework))
    scorer = Scorer(table.schema, [framework], None, NOW)
    rows = scorer.score(table).select(scorer.result).to_dicts()
    assert rows == [shown(each) for each in assess_leads(framework, claims_of(table, framework), NOW)]


@found_once
@given(st.data())
def test_every_framework_says_of_a_table_what_it_says_of_each_lead(data):
    check_framework(data)


@pytest.mark.prove
@pytest.mark.timeout(3600)
@thorough
@given(st.data())
def test_every_framework_says_the_same_however_long_one_looks(data):
    check_framework(data)


@found_once
@given(st.lists(st.tuples(scoring.leads, histories), min_size=1, max_size=6), scoring.models, st.data())
def test_every_model_scores_a_table_as_it_scores_each_lead(batch, model, data):
    table = score_table(batch, data.draw(st.randoms(use_true_random=False)))
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
