"""The engine inside the product: what it reads of people, whom it tells, what it keeps and for how long."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.services.forgetting import KEPT, forget_decisions

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def a_rule(browser: httpx2.AsyncClient, cast: Cast, **more: Any) -> None:
    rule = {"name": "To North", "assignment_target": {"type": "team", "id": str(cast.team_id)}, **more}
    answer = await browser.post(RULES, json=rule)
    assert answer.status_code == 201, answer.text


async def a_lead(browser: httpx2.AsyncClient, **facts: Any) -> Mapping[str, Any]:
    answer = await browser.post("/api/leads", json={"email": f"{new_id().hex}@x.example", **facts})
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["lead"] if "lead" in answer.json() else answer.json()


async def run(database: Database, cast: Cast, statement: str, **given: Any) -> list[tuple[Any, ...]]:
    async with database.transaction(cast.org_id) as tx:
        result = await tx.execute(text(statement), {"org": cast.org_id, **given})
        return [tuple(row) for row in result] if result.returns_rows else []


async def owners(database: Database, cast: Cast) -> list[Any]:
    return [row[0] for row in await run(database, cast, "SELECT rep_id FROM assignments ORDER BY assigned_at, id")]


async def test_who_has_not_accepted_the_invitation_is_given_nothing(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await run(database, cast, "UPDATE users SET password_hash = NULL WHERE id = :id", id=cast.rep.id)
    await a_rule(manager, cast)
    for _ in range(3):
        await a_lead(manager)
    assert await owners(database, cast) == [cast.other_rep.id] * 3


async def test_limits_by_period_count_what_was_given_however_it_came(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    limits = '[{"leads": 2, "per": "day", "window": "rolling"}]'
    await run(database, cast, "UPDATE rep_profiles SET limits = CAST(:limits AS jsonb)", limits=limits)
    await a_rule(manager, cast)
    for _ in range(6):
        await a_lead(manager)
    given = await owners(database, cast)
    assert sorted(given) == sorted([cast.rep.id] * 2 + [cast.other_rep.id] * 2)
    waiting = await run(database, cast, "SELECT outcome FROM leads WHERE owner_id IS NULL")
    assert waiting == [("at_capacity",)] * 2


async def test_a_lead_counts_towards_limits_by_its_priority(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    document = (await manager.get("/api/qualification/routing/document")).json()
    policies = document["document"]["policies"] if "document" in document else document["policies"]
    policies["capacity"] |= {"medium": 3, "low": 3, "high": 3, "urgent": 3}
    answer = await manager.put("/api/qualification/routing/policies", json=policies)
    assert answer.status_code == 200, answer.text
    await run(database, cast, "UPDATE rep_profiles SET max_open = 5")
    await a_rule(manager, cast)
    for _ in range(3):
        await a_lead(manager)
    loads = await run(database, cast, "SELECT open_count, open_units FROM rep_loads ORDER BY rep_id")
    assert loads == [(1, 3), (1, 3)]
    await run(database, cast, "UPDATE assignments SET status = 'completed' WHERE rep_id = :id", id=cast.rep.id)
    left = await run(database, cast, "SELECT open_count, open_units FROM rep_loads WHERE rep_id = :id", id=cast.rep.id)
    assert left == [(0, 0)]


@pytest.mark.parametrize(("owner", "managers"), [(True, False), (False, True), (False, False)])
async def test_a_rule_says_who_hears_of_its_leads(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, *, owner: bool, managers: bool
) -> None:
    settings = {"notification_settings": {"owner": owner, "managers": managers}}
    await a_rule(manager, cast, settings=settings)
    await a_lead(manager)
    heard = await run(database, cast, "SELECT user_id FROM notifications WHERE kind = 'assignment.created'")
    told = {row[0] for row in heard}
    assert (told <= {cast.rep.id, cast.other_rep.id} and bool(told)) is (owner and not managers)
    assert ({cast.owner.id, cast.manager.id} <= told) is managers
    assert bool(told) is (owner or managers)


async def test_a_decision_replays_from_what_is_stored_also_with_hours_and_holidays(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    hours = '{"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "wed": [["09:00", "17:00"]]}'
    await run(
        database,
        cast,
        "UPDATE rep_profiles SET working_hours = CAST(:hours AS jsonb), country = 'DE', time_zone = 'Europe/Berlin'",
        hours=hours,
    )
    settings = {"working_hours_only": True, "holiday_handling": "next_available", "timezone_aware": True}
    await a_rule(manager, cast, settings=settings, routing_algorithm="weighted")
    for country in ("FR", "US", None):
        await a_lead(manager, **({"country": country} if country else {}))
    ids = await run(database, cast, "SELECT id, outcome FROM routing_decisions")
    assert len(ids) == 3
    for decision_id, outcome in ids:
        again = (await manager.get(f"/api/routing/decisions/{decision_id}/replay")).json()
        assert (again["same"], again["differences"], again["outcome"]) == (True, [], outcome)


async def test_decisions_are_kept_for_24_months(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await a_rule(manager, cast)
    await a_lead(manager)
    now = utc_now()
    # From the last of February of a leap year, two years are as long as they can be.
    assert datetime(2028, 2, 29, tzinfo=UTC) - KEPT <= datetime(2026, 2, 28, tzinfo=UTC)
    async with database.transaction(cast.org_id) as tx:
        assert await forget_decisions(tx, cast.org_id, now + timedelta(days=731)) == 0
        assert await forget_decisions(tx, cast.org_id, now + timedelta(days=733)) == 1


async def test_every_lead_received_in_an_hour_has_exactly_one_outcome_of_that_hour(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    """Assigned, queued, held, full and blocked ones together are all there were; whoever is asked again later too."""
    by_source = [
        ("queue", {"assignment_target": {"type": "queue", "id": "Review"}}),
        ("team", {}),
    ]
    for place, (source, more) in enumerate(by_source, start=1):
        conditions = {"all": [{"field": "lead.source", "op": "eq", "value": source}]}
        await a_rule(manager, cast, name=source, priority=place, conditions=conditions, **more)
    block = {"field": "lead.source", "op": "eq", "value": "spam"}
    exclusion = {"name": "Spam", "conditions": {"all": [block]}, "action": "block"}
    answer = await manager.post("/api/qualification/routing/exclusions", json=exclusion)
    assert answer.status_code == 201, answer.text
    await run(database, cast, "UPDATE rep_profiles SET max_open = 2")
    received = Counter[str]()
    for source in ["team"] * 6 + ["queue"] * 2 + ["spam", "elsewhere"]:
        received[(await a_lead(manager, source=source))["outcome"]] += 1
    assert received == {"assigned": 4, "at_capacity": 2, "queued": 2, "blocked": 1, "no_rule_matched": 1}
    hours = await run(
        database,
        cast,
        """
        SELECT received.hour, received.leads, decided.outcomes FROM
            (SELECT date_trunc('hour', created_at) AS hour, count(*) AS leads FROM leads GROUP BY 1) AS received
        FULL JOIN (
            SELECT hour, count(*) AS outcomes FROM (
                SELECT DISTINCT ON (d.lead_id) date_trunc('hour', l.created_at) AS hour, d.outcome
                FROM routing_decisions AS d JOIN leads AS l ON l.org_id = d.org_id AND l.id = d.lead_id
                WHERE l.outcome = d.outcome ORDER BY d.lead_id, d.at DESC
            ) AS newest GROUP BY hour
        ) AS decided USING (hour)
        """,
    )
    assert hours
    assert all(leads == outcomes for _, leads, outcomes in hours)
    assert sum(leads for _, leads, _ in hours) == sum(received.values())


@pytest.mark.parametrize(
    "conditions",
    [
        {"all": [], "x": 2**70},
        {"field": "company.employees", "op": "eq", "value": 2**70},
        {"field": "no.such", "op": "eq"},
    ],
)
async def test_what_could_not_be_asked_about_is_not_stored_even_switched_off(
    manager: httpx2.AsyncClient, conditions: dict[str, Any]
) -> None:
    body = {"name": "Off", "is_active": False, "conditions": conditions}
    answer = await manager.post("/api/qualification/routing/exclusions", json=body)
    assert answer.status_code == 422, answer.text
    territory = {"name": "Giants", "min_employees": 2**70}
    answer = await manager.post("/api/qualification/routing/territories", json=territory)
    assert answer.status_code == 422, answer.text


async def test_what_is_learnt_of_a_lead_counts_as_value_its_owner_was_given(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    """Also once it is changed or withdrawn; and what was decided before is taken again as it was."""
    await manager.put(f"{RULES.rpartition('/')[0]}/policies", json={"fairness": {"algorithm": "value_balanced"}})
    await a_rule(manager, cast, settings={"band": 5})

    async def learn(lead_id: str, budget: int | None) -> Any:
        claim = {"key": "budget.estimated_budget", "value": budget, "source": "rep"}
        answer = await manager.post("/api/qualification/claims", json={"lead_id": lead_id, "claims": [claim]})
        assert answer.is_success, answer.text
        [row] = await run(database, cast, "SELECT value FROM assignments WHERE lead_id = :id", id=lead_id)
        return row[0]

    first = await a_lead(manager)
    owner = first["assignment"]["owner"]["id"]
    assert await learn(first["id"], 40_000) == 40_000
    worth = {"claims": [{"key": "budget.estimated_budget", "value": 1_000, "source": "form"}]}
    others = [await a_lead(manager, **worth) for _ in range(4)]
    assert owner not in {lead["assignment"]["owner"]["id"] for lead in others}
    assert await learn(first["id"], 500) == 500
    assert (await a_lead(manager, **worth))["assignment"]["owner"]["id"] == owner
    assert await learn(first["id"], None) is None
    for (decision_id,) in await run(database, cast, "SELECT id FROM routing_decisions"):
        assert (await manager.get(f"/api/routing/decisions/{decision_id}/replay")).json()["differences"] == []
