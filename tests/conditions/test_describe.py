"""Conditions in plain English."""

import pytest

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.describe import describe
from oppspot.conditions.parse import parse

SOFTWARE = {"field": "company.industry", "op": "eq", "value": "Software"}
SCORE = {"field": "score.overall", "op": "gte", "value": 70}
NEW = {"field": "lead.status", "op": "in", "value": ["new", "working", "nurturing"]}


def said(document: object) -> str:
    return describe(parse(document, default_catalogue()))


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"all": []}, "always"),
        ({"all": [SOFTWARE, SCORE]}, "company industry is Software and score is at least 70"),
        ({"any": [SOFTWARE, {"all": [SCORE, NEW]}]},
         "company industry is Software or (score is at least 70 and lead status is one of new, working or nurturing)"),
        ({"not": SCORE}, "not (score is at least 70)"),
        ({"all": [{"all": [SCORE]}, SOFTWARE]}, "score is at least 70 and company industry is Software"),
        ({"field": "company.growth_rate", "op": "between", "value": [10, 20.5]}, "growth rate is between 10 and 20.5%"),
        ({"field": "company.annual_revenue", "op": "gt", "value": 1000000}, "annual revenue is more than 1,000,000"),
        ({"field": "company.technologies", "op": "has_all", "value": ["SAP", "AWS"]},
         "company technologies has all of SAP and AWS"),
        ({"field": "lead.source", "op": "is_unknown"}, "lead source is unknown"),
        ({"field": "lead.is_free_mail", "op": "eq", "value": False}, "e-mail is free mail is no"),
        ({"field": "engagement.last_event_at", "op": "within_last", "value": {"days": 7}},
         "last event is within the last 7 days"),
        ({"field": "engagement.last_event_at", "op": "older_than", "value": {"hours": 1}},
         "last event is more than 1 hour ago"),
        ({"field": "lead.created_at", "op": "gte", "value": "2026-03-01T09:00:00+01:00"},
         "lead creation is at or after 2026-03-01 08:00 UTC"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(document: object, sentence: str) -> None:
    assert said(document) == sentence
