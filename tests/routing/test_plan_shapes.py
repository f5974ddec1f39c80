"""Rules in the other shape of the API: what each flat condition asks, and that nothing sent is dropped."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError
from tests.casting import Cast, Clients

from oppspot.conditions.catalogue import default_catalogue
from oppspot.conditions.parse import parse
from oppspot.conditions.predicates import compile_predicate
from oppspot.conditions.types import Catalogue, Field, FieldType
from oppspot.routing.plan_shapes import FlatConditions, is_flat, tree_of

NOW = datetime(2026, 11, 26, tzinfo=UTC)
RULES = "/api/qualification/routing/rules"


def _meets(conditions: dict[str, Any], facts: dict[str, Any], catalogue: Catalogue | None = None) -> bool | None:
    known = catalogue or default_catalogue()
    return compile_predicate(parse(tree_of(FlatConditions.model_validate(conditions), known), known))(facts, NOW)


_NOWHERE_NEAR = dict.fromkeys(("lead.country", "company.country", "lead.region", "company.region"), "FR")


@pytest.mark.parametrize(
    ("conditions", "facts", "met"),
    [
        ({"score_range": {"min": 60, "max": 80}}, {"score.overall": 60}, True),
        ({"score_range": {"min": 60, "max": 80}}, {"score.overall": 80}, True),
        ({"score_range": {"min": 60, "max": 80}}, {"score.overall": 80.5}, False),
        ({"score_range": {"min": 60, "max": 100}}, {}, None),
        ({"score_range": {"min": 60}}, {"score.overall": 100}, True),
        ({"company_size": ["51-200"]}, {"company.employees": 51}, True),
        ({"company_size": ["51-200"]}, {"company.employees": 201}, False),
        ({"company_size": ["1-10", "5001+"]}, {"company.employees": 5001}, True),
        ({"company_size": ["1-10", "5001+"]}, {"company.employees": 500}, False),
        ({"company_size": ["51\N{EN DASH}200"]}, {"company.employees": 200}, True),
        ({"industry": ["Software", "Fintech"]}, {"company.industry": "fintech"}, True),
        ({"industry": ["Software"]}, {"company.industry": "Mining"}, False),
        ({"geography": ["DE"]}, {"lead.country": "DE"}, True),
        ({"geography": ["DE"]}, {"company.country": "DE"}, True),
        ({"geography": ["DE"]}, {"lead.country": "FR", "company.country": "FR"}, None),
        ({"geography": ["DE"]}, _NOWHERE_NEAR, False),
        ({"product_interest": ["Pumps"]}, {"lead.product_interest": "pumps"}, True),
        ({"engagement_level": "none"}, {"score.engagement": 0}, True),
        ({"engagement_level": "none"}, {}, None),
        ({"engagement_level": "low"}, {"score.engagement": 0}, False),
        ({"engagement_level": "low"}, {"score.engagement": 39.9}, True),
        ({"engagement_level": "low"}, {"score.engagement": 40}, False),
        ({"engagement_level": "medium"}, {"score.engagement": 40}, True),
        ({"engagement_level": "medium"}, {"score.engagement": 70}, False),
        ({"engagement_level": "high"}, {"score.engagement": 70}, True),
        ({"engagement_level": "high"}, {"score.engagement": 69}, False),
        ({"qualification_framework": "BANT"}, {"qualification.framework": "bant"}, True),
        ({"qualification_framework": "MEDDIC"}, {"qualification.framework": "bant"}, False),
        ({"qualification_framework": "CUSTOM"}, {"qualification.framework": "champ"}, True),
        ({"qualification_framework": "CUSTOM"}, {"qualification.framework": "meddic"}, False),
        ({"qualification_framework": "CUSTOM"}, {}, None),
        ({"industry": ["Software"], "geography": ["DE"]}, {"company.industry": "Software", "lead.country": "FR"}, None),
        ({"industry": [], "geography": []}, {}, True),
    ],
)
def test_a_flat_condition_asks_what_it_says(
    conditions: dict[str, Any], facts: dict[str, Any], met: bool | None
) -> None:
    assert _meets(conditions, facts) is met


def test_regions_are_asked_where_the_catalogue_has_them() -> None:
    fields = [field for field in default_catalogue() if field.name != "company.region"]
    without, region = Catalogue.of(fields), Field("company.region", FieldType.TEXT, "company region")
    facts = {"lead.country": "DE", "company.country": "DE", "company.region": "Bavaria", "lead.region": "Bavaria"}
    assert _meets({"geography": ["Bavaria"]}, facts, Catalogue.of([*fields, region])) is True
    assert "company.region" not in str(tree_of(FlatConditions(geography=["Bavaria"]), without))


@pytest.mark.parametrize(
    "conditions",
    [
        {"company_size": ["large"]},
        {"company_size": ["200-51"]},
        {"score_range": {"min": 80, "max": 60}},
        {"engagement_level": "feverish"},
        {"qualification_framework": "SPICED"},
        {"colour": "red"},
    ],
)
def test_what_is_no_condition_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FlatConditions.model_validate(conditions)


def test_a_tree_is_not_taken_for_flat_conditions() -> None:
    assert not is_flat({})
    assert not is_flat({"all": []})
    assert not is_flat({"field": "lead.source", "op": "is_known"})
    assert is_flat({"industry": ["Software"]})


@pytest.fixture
async def api(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _flat(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Warm software companies",
        "priority": 5,
        "conditions": {"score_range": {"min": 0, "max": 100}, "company_size": ["51-200"], "industry": ["Software"]},
        "actions": {
            "assign_to": "team",
            "assignment_target": str(cast.team_id),
            "notification_settings": {"owner": True, "managers": True},
            "sla_hours": 2,
            "auto_followup": True,
            "escalation_after_hours": 6,
        },
        "advanced": {
            "working_hours_only": True,
            "timezone_aware": True,
            "holiday_handling": "escalate",
            "capacity_planning": False,
            "skill_matching": {"required": [], "preferred": []},
        },
    } | changes


@pytest.mark.anyio
@pytest.mark.db
async def test_a_rule_in_the_other_shape_is_kept_with_all_it_says(api: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await api.post(RULES, json=_flat(cast))
    assert answer.status_code == 201, answer.text
    rule = answer.json()
    assert rule["assignment_target"] == {"type": "team", "id": str(cast.team_id)}
    assert (rule["sla_hours"], rule["priority"]) == (2, 5)
    kept = rule["settings"]
    assert {name: kept[name] for name in _flat(cast)["advanced"]} == _flat(cast)["advanced"]
    assert (kept["auto_followup"], kept["escalation_after_hours"]) == (True, 6)
    assert kept["notification_settings"] == {"owner": True, "managers": True}
    put = await api.put(f"{RULES}/{rule['id']}", json=_flat(cast, advanced={}, conditions={}))
    assert put.status_code == 200, put.text
    assert put.json()["conditions"] == {"all": []}


@pytest.mark.anyio
@pytest.mark.db
async def test_flat_conditions_may_stand_in_a_rule_of_our_shape(api: httpx2.AsyncClient) -> None:
    target = {"type": "queue", "id": "Triage"}
    sent = {"name": "R", "conditions": {"industry": ["Software"]}, "assignment_target": target}
    rule = (await api.post(RULES, json=sent)).json()
    assert rule["conditions"] == {"all": [{"field": "company.industry", "op": "in", "value": ["Software"]}]}
    body = {"email": "a@x.example", "company": {"name": "X", "industry": "Software"}}
    assert (await api.post("/api/leads", json=body)).json()["outcome"] == "queued"


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("part", "changes", "path"),
    [
        ("conditions", {"score_range": {"min": 0, "max": 101}}, "conditions.score_range.max"),
        ("conditions", {"company_size": ["many"]}, "conditions.company_size"),
        ("conditions", {"engagement_level": "feverish"}, "conditions.engagement_level"),
        ("conditions", {"colour": "red"}, "conditions.colour"),
        ("actions", {"assign_to": "robot"}, "actions.assign_to"),
        ("actions", {"assignment_target": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"}, "actions.assignment_target"),
        ("actions", {"sla_hours": 0}, "actions.sla_hours"),
        ("advanced", {"holiday_handling": "rest"}, "advanced.holiday_handling"),
        (
            "advanced",
            {"skill_matching": {"required": [{"skill": "Klingon"}]}},
            "advanced.skill_matching.required[0].skill",
        ),
    ],
)
async def test_what_is_wrong_is_named_as_it_was_sent(
    api: httpx2.AsyncClient, cast: Cast, part: str, changes: dict[str, Any], path: str
) -> None:
    answer = await api.post(RULES, json=_flat(cast, **{part: _flat(cast)[part] | changes}))
    assert answer.status_code == 422
    assert [item["path"] for item in answer.json()["errors"]] == [path]
