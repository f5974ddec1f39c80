"""The timeline tells what happened in words: no raw value, every change of score and verdict."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.corridor.conftest import a_rule, publish_rules

from oppspot.core.db import Database
from oppspot.core.events import TimelineEvent
from oppspot.leads.pages.happenings import tell

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def _told(name: str, **payload: Any) -> str:
    event = TimelineEvent(name=name, payload=payload, at=NOW, actor_name="Ria")
    told = tell(event, {"7": "Ria Rep"})
    return f"{told.title} · {told.text}" if told.text else told.title


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"claims.budget.range": [None, "over_500k"]}, "Budget range: over 500k"),
        ({"claims.budget.range": [None, None]}, "Budget range: taken back"),
        ({"claims.financial.revenue": [None, 5_000_000]}, "Annual revenue: 5,000,000"),
        (
            {"claims.need.pain_points": [None, [{"description": "Slow quotes", "severity": "critical"}]]},
            "Pain points: Slow quotes · critical",
        ),
        ({"claims.timeline.decision_date": [None, "2027-01-02"]}, "Decision date: 2 Jan 2027"),
        ({"company.annual_revenue": [None, 5e6]}, "Annual revenue: 5,000,000"),
        ({"company.funding_stage": ["seed", "series_c_plus"]}, "Funding stage: Seed → Series C or later"),
        ({"company.country": [None, "DE"]}, "Company country: Germany"),
        ({"company.growth_rate": [10.0, None]}, "Growth rate: 10 % → unknown"),
        ({"lead.stage": ["mql", "sql"]}, "Stage: MQL → SQL"),
        ({"lead.company_id": ["01a2", None]}, "company: taken away"),
        ({"attributes.renewal": [None, "2027-01-31T00:00:00+00:00"]}, "Renewal: 31 Jan 2027"),
        ({"attributes.vip": [True, False]}, "Vip: yes → no"),
    ],
)
def test_a_change_is_told_in_words(changes: dict[str, Any], words: str) -> None:
    assert _told("lead.updated", changes=changes, cause="claim") == f"Changed · {words}"


def test_of_many_changes_the_rest_is_counted() -> None:
    assert _told("lead.updated", changes={f"attributes.a{n}": [None, n] for n in range(9)}).endswith("; and 3 more")


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [
        ("lead.created", {"cause": "api", "source": "webinar"}, "Came in · from webinar, came in over the API"),
        ("lead.scored", {"from": 62.0, "to": 65.5, "cause": "time"}, "Scored · 62 → 65.5 (time passed)"),
        ("lead.scored", {"from": None, "to": 6.5, "cause": "import"}, "Scored · 6.5 (came in with a file)"),
        (
            "lead.assessed",
            {"framework": "bant", "from": 40, "to": 47, "cause": "claim"},
            "Assessed · BANT 40 → 47 (something new was said about it)",
        ),
        (
            "lead.qualified",
            {"framework": "bant", "from": "nurture", "to": "qualified", "score": 71, "cause": "edit"},
            "Qualified · BANT Nurture → Qualified, 71 of 100 (edited)",
        ),
        (
            "verdict.overridden",
            {"status": "best_case", "overall_score": None, "reason": "Board said yes"},
            "Verdict overridden · Best case: Board said yes",
        ),
        ("assignment.completed", {"rep_id": "7", "ending": "converted"}, "Completed · Ria Rep: converted"),
    ],
)
def test_an_event_is_told_in_words(name: str, payload: dict[str, Any], words: str) -> None:
    assert _told(name, **payload) == words


@pytest.mark.anyio
@pytest.mark.db
async def test_scores_and_verdicts_that_change_are_on_the_page(
    clients: Clients, cast: Cast, database: Database
) -> None:
    await publish_rules(database, cast, [a_rule(cast)])
    browser = await clients.of(cast.manager)
    lead = {"email": "ada@nordwind.example", "company": {"name": "Nordwind", "employees": 240}}
    lead_id = (await browser.post("/api/leads", json=lead)).json()["id"]
    await browser.post("/api/leads", json={**lead, "company": {"name": "Nordwind", "annual_revenue": 5e6}})
    assert "Annual revenue: 5,000,000" in await _page(browser, lead_id)
    assert "Scored</strong>" in await _page(browser, lead_id)
    for claims in _ANSWERS:
        answer = await browser.post("/api/qualification/claims", json={"lead_id": lead_id, "claims": claims})
        assert answer.status_code == 200, answer.text
    page = await _page(browser, lead_id)
    assert "Assessed</strong> · BANT " in page
    assert "Pain points: Slow quotes · critical" in page


async def _page(browser: httpx2.AsyncClient, lead_id: str) -> str:
    return (await browser.get(f"/leads/{lead_id}")).text


_ANSWERS = [
    [{"key": "budget.range", "value": "over_500k"}],
    [{"key": "need.pain_points", "value": [{"description": "Slow quotes", "severity": "critical"}]}],
    [{"key": "budget.range", "value": None}],
]
