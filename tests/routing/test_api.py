"""Rules, assignments and decisions over the API."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.sweeping import sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"
ASSIGN = "/api/qualification/routing/assign"


def _rule(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"name": "All to North", "assignment_target": {"type": "team", "id": str(cast.team_id)}} | changes


@pytest.fixture
async def api(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await clients.of(cast.manager)


async def _lead(api: httpx2.AsyncClient, email: str = "ada@x.example") -> dict[str, Any]:
    response = await api.post("/api/leads", json={"email": email})
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


async def test_a_rule_is_added_changed_and_removed(api: httpx2.AsyncClient, cast: Cast) -> None:
    added = (await api.post(RULES, json=_rule(cast))).json()
    changed = await api.put(f"{RULES}/{added['id']}", json=_rule(cast, name="Everything", sla_hours=2))
    assert changed.status_code == 200, changed.text
    body = (await api.get(RULES)).json()
    assert (body["version"], [rule["name"] for rule in body["items"]]) == (2, ["Everything"])
    assert (await api.delete(f"{RULES}/{added['id']}")).status_code == 204
    assert (await api.get(RULES)).json()["items"] == []
    assert (await api.delete(f"{RULES}/{added['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"conditions": {"field": "company.industri", "op": "eq", "value": "x"}}, "conditions.field"),
        (
            {"conditions": {"all": [{"field": "score.overall", "op": "gte", "value": "much"}]}},
            "conditions.all[0]",
        ),
        (
            {"assignment_target": {"type": "team", "id": "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11"}},
            "assignment_target.id",
        ),
        ({"assignment_target": {"type": "team", "id": "North"}}, "assignment_target.id"),
        ({"sla_hours": 0}, "sla_hours"),
        ({"routing_algorithm": "dice"}, "routing_algorithm"),
    ],
)
async def test_a_rule_that_could_not_decide_is_refused_by_part(
    api: httpx2.AsyncClient, cast: Cast, changes: dict[str, Any], path: str
) -> None:
    """The fields are named as they were sent, however many rules there are and wherever this one is among them."""
    others = [(await api.post(RULES, json=_rule(cast, name=f"Rule {number}"))).json() for number in range(3)]
    for response in (
        await api.post(RULES, json=_rule(cast, **changes)),
        await api.put(f"{RULES}/{others[1]['id']}", json=_rule(cast, **changes)),
    ):
        assert response.status_code == 422
        assert any(item["path"].startswith(path) for item in response.json()["errors"]), response.json()


async def test_rules_are_asked_in_the_order_they_are_put(api: httpx2.AsyncClient, cast: Cast) -> None:
    first = (await api.post(RULES, json=_rule(cast, name="First", priority=10))).json()
    second = (await api.post(RULES, json=_rule(cast, name="Second", priority=20))).json()
    assert (await api.post(f"{RULES}/order", json={"rule_ids": [second["id"], first["id"]]})).status_code == 204
    assert "Second" in (await _lead(api))["reason"]
    incomplete = await api.post(f"{RULES}/order", json={"rule_ids": [second["id"]]})
    assert incomplete.status_code == 422


async def test_a_named_person_and_a_queue_can_be_targets(api: httpx2.AsyncClient, cast: Cast) -> None:
    to_rita = {"type": "individual", "id": str(cast.rep.id)}
    condition = {"field": "lead.source", "op": "eq", "value": "web"}
    await api.post(RULES, json=_rule(cast, name="Web", priority=1, conditions=condition, assignment_target=to_rita))
    await api.post(
        RULES, json=_rule(cast, name="Rest", priority=2, assignment_target={"type": "queue", "id": "Triage"})
    )
    web = (await api.post("/api/leads", json={"email": "w@x.example", "source": "web"})).json()
    rest = (await api.post("/api/leads", json={"email": "r@x.example"})).json()
    assert web["assignment"]["owner"]["name"] == "Rita Rep"
    assert (rest["outcome"], rest["assignment"]) == ("queued", None)


async def test_capacity_is_never_exceeded_and_the_rest_waits(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("UPDATE rep_profiles SET max_open = 2"))
    await api.post(RULES, json=_rule(cast))
    leads = [{"email": f"p{number}@x.example"} for number in range(6)]
    results = (await api.post("/api/leads/batch", json={"leads": leads})).json()["results"]
    outcomes = [row["lead"]["outcome"] for row in results]
    assert (outcomes.count("assigned"), outcomes.count("at_capacity")) == (4, 2)


async def test_a_lead_is_accepted_and_completed_by_its_rep(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    await api.post(RULES, json=_rule(cast, assignment_target={"type": "individual", "id": str(cast.rep.id)}))
    lead = await _lead(api)
    rita, ravi = await clients.of(cast.rep), await clients.of(cast.other_rep)
    refused = await ravi.post(f"/api/leads/{lead['id']}/accept")
    assert (refused.status_code, refused.json()["title"]) == (409, "Not your lead")
    assert (await rita.post(f"/api/leads/{lead['id']}/accept")).status_code == 200
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["status"] == "working"
    done = await rita.post(f"/api/leads/{lead['id']}/complete", json={"outcome": "qualified"})
    assert done.json()["assignment"] is None
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["status"] == "qualified"


async def test_a_lead_handed_back_goes_to_somebody_else_and_never_back(api: httpx2.AsyncClient, cast: Cast) -> None:
    await api.post(RULES, json=_rule(cast))
    lead = await _lead(api)
    first = lead["assignment"]["owner"]["id"]
    second = (await api.post(f"/api/leads/{lead['id']}/reject", json={"reason": "Speaks no French"})).json()
    assert second["assignment"]["owner"]["id"] != first
    third = (await api.post(f"/api/leads/{lead['id']}/reject", json={"reason": "Neither do I"})).json()
    assert third["assignment"]["owner"]["id"] == str(cast.owner.id)  # who has the seat while nobody is named


async def test_a_lead_is_given_to_a_named_person(api: httpx2.AsyncClient, cast: Cast) -> None:
    lead = await _lead(api)
    body = {"lead_id": lead["id"], "rep_id": str(cast.other_rep.id), "reason": "knows them"}
    given = (await api.post(ASSIGN, json=body)).json()
    assert given["assignment"]["owner"]["name"] == "Ravi Rep"
    assert "knows them" in given["reason"]
    nobody = await api.post(ASSIGN, json=body | {"rep_id": str(cast.viewer.id)})
    assert nobody.status_code == 409


_COUNTED = (
    "SELECT rep_id, count(*) AS number FROM assignments "
    "WHERE status IN ('assigned', 'accepted', 'working') GROUP BY rep_id"
)
_KEPT = "SELECT rep_id, open_count FROM rep_loads WHERE open_count <> 0"


async def test_open_counts_follow_every_way_an_assignment_ends(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await api.post(RULES, json=_rule(cast))
    leads = [await _lead(api, f"p{number}@x.example") for number in range(4)]
    await api.post(f"/api/leads/{leads[0]['id']}/reject", json={"reason": "no"})
    await api.post(f"/api/leads/{leads[1]['id']}/complete", json={"outcome": "disqualified"})
    await api.patch(f"/api/leads/{leads[2]['id']}", json={"status": "archived"})
    await api.post(ASSIGN, json={"lead_id": leads[3]["id"], "rep_id": str(cast.rep.id)})
    async with database.transaction(cast.org_id) as tx:
        counted = {row.rep_id: row.number for row in await tx.execute(text(_COUNTED))}
        kept = {row.rep_id: row.open_count for row in await tx.execute(text(_KEPT))}
    assert kept == counted


@pytest.mark.parametrize("status", ["qualified", "nurturing", "disqualified", "converted", "archived"])
async def test_whatever_settles_a_lead_ends_its_assignment_and_makes_room(
    api: httpx2.AsyncClient, cast: Cast, database: Database, status: str
) -> None:
    await api.post(RULES, json=_rule(cast))
    lead = await _lead(api)
    assert (await api.patch(f"/api/leads/{lead['id']}", json={"status": status})).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        assert [tuple(row) for row in await tx.execute(text(_COUNTED))] == []
        assert [tuple(row) for row in await tx.execute(text(_KEPT))] == []
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["status"] == status


@pytest.mark.parametrize(
    ("deed", "body", "told"),
    [
        ("complete", {"outcome": "qualified"}, ("A lead of yours was completed", "completed it as qualified.")),
        ("reject", {"reason": "No French"}, ("A lead of yours went elsewhere", "handed it back: No French")),
    ],
)
async def test_who_had_a_lead_hears_what_a_manager_did_with_it(
    api: httpx2.AsyncClient,
    clients: Clients,
    cast: Cast,
    database: Database,
    deed: str,
    body: dict[str, str],
    told: tuple[str, str],
) -> None:
    await api.post(RULES, json=_rule(cast, assignment_target={"type": "individual", "id": str(cast.rep.id)}))
    by_manager, by_rep = await _lead(api), await _lead(api, "bo@x.example")
    rita = await clients.of(cast.rep)
    assert (await api.post(f"/api/leads/{by_manager['id']}/{deed}", json=body)).status_code == 200
    assert (await rita.post(f"/api/leads/{by_rep['id']}/{deed}", json=body)).status_code == 200
    async with database.transaction(cast.org_id) as tx:
        query = "SELECT body FROM notifications WHERE user_id = :id AND title = :title"
        bodies = (await tx.execute(text(query), {"id": cast.rep.id, "title": told[0]})).scalars().all()
    assert bodies == [f"{cast.manager.name} {told[1]}"]


async def test_a_decision_says_who_was_looked_at_and_is_taken_the_same_again(
    api: httpx2.AsyncClient, cast: Cast
) -> None:
    await api.post(RULES, json=_rule(cast, sla_hours=2))
    leads = [{"email": f"p{number}@x.example"} for number in range(5)]
    rows = (await api.post("/api/leads/batch", json={"leads": leads})).json()["results"]
    for row in rows:
        page = (await api.get(f"/leads/{row['lead']['id']}")).text
        decision_id = page.split("/routing/decisions/")[1][:36]
        decision = (await api.get(f"/api/routing/decisions/{decision_id}")).json()
        assert {item["name"] for item in decision["candidates"]} == {"Rita Rep", "Ravi Rep"}
        assert (decision["algorithm"], decision["probability"]) == ("round_robin", None)
        assert (decision["priority"], row["lead"]["assignment"]["priority"]) == ("medium", "medium")
        assert decision["sla_due_at"][:19] == row["lead"]["assignment"]["sla_due_at"][:19]
        assert [(rung["action"], rung["after_seconds"] / 3600) for rung in decision["escalation_path"]] == [
            ("remind", 1),
            ("reassign", 2),
            ("escalate_to_manager", 4),
            ("escalate_to_seat", 8),
        ]
        assert {(item["probability"], item["expected"]) for item in decision["candidates"]} == {(None, None)}
        replay = (await api.get(f"/api/routing/decisions/{decision_id}/replay")).json()
        assert (replay["same"], replay["rep_id"]) == (True, decision["rep_id"]), replay


async def test_time_running_out_is_marked_once_and_told(
    api: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await api.post(RULES, json=_rule(cast, sla_hours=1))
    lead = await _lead(api)
    late = utc_now() + timedelta(hours=2)
    await sweep_clocks(database, utc_now())
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["assignment"]
    async with database.transaction(cast.org_id) as tx:
        early = (
            await tx.execute(text("SELECT count(*) FROM assignments WHERE sla_breached_at IS NOT NULL"))
        ).scalar_one()
    assert early == 0
    await sweep_clocks(database, late)
    await sweep_clocks(database, late)
    async with database.transaction(cast.org_id) as tx:
        events = (
            (await tx.execute(text("SELECT lead_id FROM timeline_events WHERE name = 'sla.breached'"))).scalars().all()
        )
        told = (await tx.execute(text("SELECT user_id FROM notifications WHERE kind = 'sla.breached'"))).scalars().all()
    assert [str(lead_id) for lead_id in events] == [lead["id"]]
    assert len(told) == 3  # the rep, the manager, the owner


@pytest.mark.parametrize(("hours", "late"), [(1, False), (3, True)])
async def test_accepting_too_late_is_marked_also_before_the_sweep_comes_by(
    api: httpx2.AsyncClient, cast: Cast, database: Database, hours: int, *, late: bool
) -> None:
    await api.post(RULES, json=_rule(cast, sla_hours=2))
    lead = await _lead(api)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.manager.actor, UUID(lead["id"]), utc_now() + timedelta(hours=hours))
        marked = (await tx.execute(text("SELECT sla_breached_at IS NOT NULL FROM assignments"))).scalar_one()
    assert marked is late


async def test_outsiders_can_neither_see_nor_touch(
    api: httpx2.AsyncClient, clients: Clients, cast: Cast, outsiders: Cast
) -> None:
    rule = (await api.post(RULES, json=_rule(cast))).json()
    lead = await _lead(api)
    outside = await clients.of(outsiders.owner)
    assert (await outside.get(RULES)).json()["items"] == []
    assert (await outside.delete(f"{RULES}/{rule['id']}")).status_code == 404
    assert (await outside.post(f"/api/leads/{lead['id']}/accept")).status_code == 404
    assert (await outside.post(ASSIGN, json={"lead_id": lead["id"]})).status_code == 404
    refused = await outside.post(RULES, json=_rule(cast))
    assert refused.status_code == 422


@pytest.mark.parametrize("ending", ["qualified", "nurturing", "disqualified"])
async def test_a_completed_lead_stays_completed_whatever_is_learnt_later(
    api: httpx2.AsyncClient, cast: Cast, ending: str
) -> None:
    await api.post(RULES, json=_rule(cast))
    lead = await _lead(api)
    await api.post(f"/api/leads/{lead['id']}/accept")
    await api.post(f"/api/leads/{lead['id']}/complete", json={"outcome": ending})
    await api.patch(f"/api/leads/{lead['id']}", json={"title": "COO"})
    body = (await api.get(f"/api/leads/{lead['id']}")).json()
    assert (body["status"], body["assignment"]) == (ending, None)
    await api.patch(f"/api/leads/{lead['id']}", json={"status": "new"})
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["assignment"] is not None


async def test_whoever_is_given_an_accepted_lead_has_yet_to_accept_it(api: httpx2.AsyncClient, cast: Cast) -> None:
    await api.post(RULES, json=_rule(cast, assignment_target={"type": "individual", "id": str(cast.rep.id)}))
    lead = await _lead(api)
    await api.post(f"/api/leads/{lead['id']}/accept")
    await api.post(ASSIGN, json={"lead_id": lead["id"], "rep_id": str(cast.other_rep.id)})
    assert (await api.get(f"/api/leads/{lead['id']}")).json()["status"] == "new"


async def test_a_rule_may_ask_for_seniority(api: httpx2.AsyncClient, cast: Cast) -> None:
    condition = {"field": "lead.seniority", "op": "eq", "value": "executive"}
    await api.post(RULES, json=_rule(cast, conditions=condition))
    boss = (await api.post("/api/leads", json={"email": "b@x.example", "title": "Chief Executive Officer"})).json()
    other = (await api.post("/api/leads", json={"email": "o@x.example", "title": "Director of Sales"})).json()
    assert (boss["outcome"], other["outcome"]) == ("assigned", "no_rule_matched")
