"""The check of the rules over the API and as a card: live rules, and drafts that nobody has published."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.db]
LINT, RULES = "/api/routing/lint", "/api/qualification/routing/rules"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


def _rule(cast: Cast, rule_id: str, **changes: Any) -> dict[str, Any]:
    target = {"type": "team", "id": str(cast.team_id)}
    return {"id": rule_id, "name": f"Rule {rule_id}", "priority": 10, "assignment_target": target} | changes


def _industry(name: str) -> dict[str, Any]:
    return {"field": "company.industry", "op": "eq", "value": name}


async def _found(client: httpx2.AsyncClient, body: dict[str, Any] | None = None) -> dict[str, Any]:
    response = await client.post(LINT, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_rules_in_order_have_no_fault(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await manager.post(RULES, json={"name": "All", "assignment_target": {"type": "team", "id": str(cast.team_id)}})
    assert await _found(manager) == {"findings": [], "leads": 0, "unsettled": []}


async def test_a_draft_is_checked_without_being_published(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rules = [
        _rule(cast, "wide", conditions=_industry("Software")),
        _rule(
            cast,
            "late",
            priority=20,
            conditions={"all": [_industry("Software"), {"field": "score.overall", "op": "gte", "value": 85}]},
            assignment_target={"type": "queue", "id": "Hot"},
        ),
    ]
    findings = (await _found(manager, {"document": {"rules": rules}}))["findings"]
    assert [(item["kind"], item["severity"], item["rule_ids"]) for item in findings] == [
        ("shadowed", "warning", ["late", "wide"]),
        ("uncovered", "info", []),
    ]
    rules_now = (await manager.get(RULES)).json()
    assert (rules_now["version"], rules_now["items"]) == (0, [])


async def test_leads_that_came_show_what_no_rule_takes(manager: httpx2.AsyncClient, cast: Cast) -> None:
    for number, industry in enumerate(["Software", "Retail", "Retail"]):
        company = {"name": f"Firm {number}", "industry": industry, "employees": 1_200}
        added = await manager.post("/api/leads", json={"email": f"p{number}@f{number}.example", "company": company})
        assert added.status_code == 201
    rules = [_rule(cast, "software", conditions=_industry("Software"))]
    answer = await _found(manager, {"document": {"rules": rules}})
    assert answer["leads"] == 3
    (finding,) = answer["findings"]
    assert (finding["kind"], finding["severity"], finding["leads"]) == ("uncovered", "warning", 2)
    assert finding["example"] == {"company.industry": "Retail"}
    assert "2 of the 3 newest leads" in finding["says"]
    covered = {"document": {"rules": rules, "default_target": {"type": "queue", "id": "Rest"}}}
    assert (await _found(manager, covered))["findings"] == []


async def test_people_who_left_or_are_paused_starve_a_team(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    document = {"document": {"rules": [_rule(cast, "all")]}}
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET available = false"))
    (finding,) = (await _found(manager, document))["findings"]
    assert (finding["kind"], finding["severity"]) == ("starving_pool", "warning")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(
            text("UPDATE users SET active = false WHERE id = ANY(:ids)"), {"ids": [rep.id for rep in cast.reps]}
        )
    (finding,) = (await _found(manager, document))["findings"]
    assert (finding["severity"], "Rita Rep no longer works leads" in finding["says"]) == ("error", True)


async def _away(database: Database, cast: Cast, rep_id: UUID, days: int) -> None:
    async with database.transaction(cast.org_id) as tx:
        given = {"org_id": cast.org_id, "id": new_id(), "rep_id": rep_id, "days": days}
        await tx.execute(
            text(
                "INSERT INTO absences (org_id, id, rep_id, starts_at, ends_at, all_day, time_zone, created_at) "
                "VALUES (:org_id, :id, :rep_id, now() - interval '1 hour', now() + :days * interval '1 day', false, "
                "'UTC', now())"
            ),
            given,
        )


async def test_a_team_that_is_away_all_at_once_is_told_and_until_when(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    document = {"document": {"rules": [_rule(cast, "all")]}}
    await _away(database, cast, cast.rep.id, 9)
    assert (await _found(manager, document))["findings"] == []
    await _away(database, cast, cast.other_rep.id, 2)
    (finding,) = (await _found(manager, document))["findings"]
    assert (finding["kind"], finding["severity"]) == ("starving_pool", "warning")
    back = f"{utc_now() + timedelta(days=2):%a %d %b}"
    assert finding["says"].startswith(f"Everybody in team “North” is away until {back}")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET available = false WHERE user_id = :id"), {"id": cast.rep.id})
    (finding,) = (await _found(manager, document))["findings"]
    assert finding["says"].startswith(f"Everybody in team “North” is paused or away until {back}")


async def test_limits_are_held_against_what_came_in(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    leads = [{"email": f"p{number}@x.example"} for number in range(40)]
    assert (await manager.post("/api/leads/batch", json={"leads": leads})).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("""UPDATE rep_profiles SET limits = '[{"leads": 1, "per": "day", "window": "fixed"}]'"""))
    (finding,) = (await _found(manager, {"document": {"rules": [_rule(cast, "all")]}}))["findings"]
    assert (finding["kind"], finding["rule_ids"]) == ("cap_below_inflow", ["all"])
    assert "About 40 leads a week come to team “North”; the limits of its members let 14 through" in finding["says"]


async def test_a_seat_that_nobody_sits_on_is_warned_of(manager: httpx2.AsyncClient, cast: Cast) -> None:
    def policies(seat: str) -> dict[str, Any]:
        return {"document": {"rules": [_rule(cast, "all")], "policies": {"sla": {"seat_id": seat}}}}

    (finding,) = (await _found(manager, policies("0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11")))["findings"]
    assert (finding["kind"], finding["severity"]) == ("ladder_without_seat", "warning")
    assert (await _found(manager, policies(str(cast.manager.id))))["findings"] == []


async def test_who_has_not_joined_yet_is_no_seat_and_no_owner(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    rules = [_rule(cast, "all")]
    invite = text("UPDATE users SET password_hash = NULL WHERE id = :id")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(invite, {"id": cast.manager.id})
    named = {"document": {"rules": rules, "policies": {"sla": {"seat_id": str(cast.manager.id)}}}}
    (finding,) = (await _found(manager, named))["findings"]
    assert (finding["kind"], finding["severity"]) == ("ladder_without_seat", "warning")
    assert "has not joined yet" in finding["says"]
    assert (await _found(manager, {"document": {"rules": rules}}))["findings"] == []
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(invite, {"id": cast.owner.id})
    (finding,) = (await _found(manager, {"document": {"rules": rules}}))["findings"]
    assert "there is no owner who has joined" in finding["says"]


async def test_what_could_not_decide_is_refused_by_part(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rule = _rule(cast, "odd", conditions={"field": "company.sector", "op": "eq", "value": "Software"})
    response = await manager.post(LINT, json={"document": {"rules": [rule]}})
    assert response.status_code == 422
    assert response.json()["errors"][0]["path"].startswith("rules[0].conditions")


async def test_the_page_of_rules_shows_faults_in_words_and_leads_to_the_rule(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    to_team = {"type": "team", "id": str(cast.team_id)}
    await manager.post(RULES, json={"name": "Everything", "priority": 1, "assignment_target": to_team})
    late = await manager.post(RULES, json={"name": "Web", "priority": 2, "assignment_target": to_team})
    assert 'hx-get="/routing/lint"' in (await manager.get("/routing/rules")).text
    page = (await manager.get("/routing/lint")).text
    assert "Rule “Web” never decides: “Everything” takes every lead it asks for, and comes first." in page
    assert f'href="/routing/rules/{late.json()["id"]}"' in page
    part = (await manager.get("/routing/lint", headers={"hx-request": "true"})).text
    assert part.lstrip().startswith("<section")
    assert 'The check of the rules found <a href="#lint">1 fault</a>.' in part
    assert "lint-said" not in page  # the line above the rules, of which there is none here


async def test_who_only_looks_may_check_but_not_open_rules(
    clients: Clients, manager: httpx2.AsyncClient, cast: Cast
) -> None:
    await manager.post(RULES, json={"name": "A", "priority": 1, "assignment_target": {"type": "queue", "id": "Q"}})
    await manager.post(RULES, json={"name": "B", "priority": 2, "assignment_target": {"type": "queue", "id": "R"}})
    viewer = await clients.of(cast.viewer)
    assert [item["kind"] for item in (await _found(viewer))["findings"]] == ["shadowed"]
    assert "Open the rule" not in (await viewer.get("/routing/lint")).text
