"""The ledger shows how people stand, moves turns by hand against what was shown, keeps every entry and can undo it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.routing.fairness import LEAD
from oppspot.routing.queries.ledgers import get_pool

pytestmark = [pytest.mark.anyio, pytest.mark.db]
RULES = "/api/qualification/routing/rules"
LEDGER = "/api/routing/ledger"


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    return await a_manager_with_a_rule(clients, cast)


async def a_manager_with_a_rule(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    client = await clients.of(cast.manager)
    rule = {"name": "All to North", "assignment_target": {"type": "team", "id": str(cast.team_id)}}
    assert (await client.post(RULES, json=rule)).status_code == 201
    return client


async def leads_come(client: httpx2.AsyncClient, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        answer = await client.post("/api/leads", json={"email": f"lead{number}@x{number}.example"})
        assert answer.json()["outcome"] == "assigned", answer.text


async def ledger_of(client: httpx2.AsyncClient, cast: Cast) -> dict[str, Any]:
    answer = await client.get(f"{LEDGER}/{cast.team_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def calibrated(client: httpx2.AsyncClient, cast: Cast, **body: Any) -> httpx2.Response:
    return await client.post(f"{LEDGER}/{cast.team_id}/calibrations", json={"rep_id": str(cast.rep.id), **body})


async def stored(database: Database, cast: Cast) -> dict[UUID, int]:
    async with database.transaction(cast.org_id) as tx:
        rows = await tx.execute(text("SELECT rep_id, credit FROM fairness_credits WHERE credit <> 0"))
        return {row.rep_id: row.credit for row in rows}


async def test_everybody_sees_how_they_stand_and_whose_turn_it_is(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    await leads_come(manager, 3)
    [pool] = (await (await clients.of(cast.rep)).get(LEDGER)).json()["items"]
    assert (pool["name"], pool["in_use"], pool["band"]) == ("North", True, 0)
    members = {UUID(each["rep_id"]): each for each in pool["members"]}
    assert members.keys() == {cast.rep.id, cast.other_rep.id}
    assert sum(each["credit"] for each in members.values()) == 0
    assert sorted(each["credit"] for each in members.values()) == [-0.5, 0.5]
    assert sorted(each["given_by_pool"] for each in members.values()) == [1, 2]
    owed = next(each for each in members.values() if each["credit"] > 0)
    assert (owed["rank"], owed["next_lead"], owed["given_by_pool"]) == (1, 1, 1)
    assert owed["position"] == f"{owed['name']} is next in turn."
    assert pool["next_turns"][0] == owed["rep_id"]
    assert len(pool["next_turns"]) == 10
    assert pool["measures"]["count_gap"] == 1
    assert pool["measures"]["jain_leads"] == pytest.approx(0.9)
    assert pool["measures"]["jain_value"] is None


async def test_the_next_turns_come_true(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await leads_come(manager, 1)
    foretold = (await ledger_of(manager, cast))["next_turns"][:4]
    await leads_come(manager, 4, start=10)
    turns = (await ledger_of(manager, cast))["turns"]
    assert [each["rep_id"] for each in reversed(turns[:4])] == foretold
    assert [each["turn_of"] for each in reversed(turns[:4])] == foretold


async def test_what_people_are_given_by_hand_is_counted_but_moves_no_turn(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    await leads_come(manager, 2)
    before = await ledger_of(manager, cast)
    lead = before["turns"][0]
    to = next(each for each in before["members"] if each["rep_id"] != lead["rep_id"])
    given = await manager.post(
        "/api/qualification/routing/assign",
        json={"lead_id": lead["lead_id"], "rep_id": to["rep_id"], "reason": "Asked"},
    )
    assert given.status_code == 200
    after = next(each for each in (await ledger_of(manager, cast))["members"] if each["rep_id"] == to["rep_id"])
    assert (after["credit"], after["given_by_pool"], after["given"]) == (to["credit"], 1, 2)


async def test_who_is_paused_sits_out_and_keeps_what_is_owed(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await leads_come(manager, 1)
    owed = next(each for each in (await ledger_of(manager, cast))["members"] if each["credit"] > 0)
    assert (await manager.patch(f"/api/users/{owed['rep_id']}/profile", json={"available": False})).status_code == 200
    await leads_come(manager, 3, start=10)
    ledger = await ledger_of(manager, cast)
    after = next(each for each in ledger["members"] if each["rep_id"] == owed["rep_id"])
    assert (after["credit"], after["sits_out"], after["rank"]) == (0.5, "unavailable", None)
    assert after["position"].endswith("sits out: paused; what is owed stays as it is until then.")
    assert owed["rep_id"] not in ledger["next_turns"]


async def test_a_preview_writes_nothing(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await leads_come(manager, 2)
    shown = await calibrated(manager, cast, kind="catch_up", leads=3, preview=True)
    assert shown.status_code == 200, shown.text
    body = shown.json()
    assert (body["id"], body["change"]) == (None, 3)
    assert [each["change"] for each in body["changes"] if each["rep_id"] != str(cast.rep.id)] == [-3]
    assert body["turns_after"][:5] == [str(cast.rep.id)] * 5
    assert body["burst_leads"] is not None
    assert sorted(each["extra_leads"] for each in body["changes"]) == [-3, 3]
    assert await stored(database, cast) == {}
    assert (await ledger_of(manager, cast))["calibrations"] == []


async def test_a_calibration_gives_the_next_turns_and_is_kept_and_audited(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast
) -> None:
    await leads_come(manager, 2)
    seen = (await calibrated(manager, cast, kind="catch_up", leads=3, preview=True)).json()["seen"]
    made = await calibrated(manager, cast, kind="catch_up", leads=3, reason="Was at the fair", seen=seen)
    assert made.status_code == 200, made.text
    ledger = await ledger_of(manager, cast)
    assert {each["rep_id"]: each["credit"] for each in ledger["members"]} == {
        str(cast.rep.id): 3,
        str(cast.other_rep.id): -3,
    }
    [entry] = ledger["calibrations"]
    assert (entry["kind"], entry["reason"], entry["made_by"]) == ("catch_up", "Was at the fair", cast.manager.name)
    assert entry["changes"] == {str(cast.rep.id): 3, str(cast.other_rep.id): -3}
    await leads_come(manager, 5, start=10)
    assert {each["rep_id"] for each in (await ledger_of(manager, cast))["turns"][:5]} == {str(cast.rep.id)}
    log = (await manager.get("/api/audit")).json()["items"]
    assert any(each["action"] == "ledger.calibrated" and each["payload"]["leads"] == 3 for each in log)
    assert "Your turns in North were changed" in (await (await clients.of(cast.rep)).get("/notifications")).text


async def test_against_credits_that_have_moved_since_nothing_is_written(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    await leads_come(manager, 1)
    seen = (await calibrated(manager, cast, kind="even", preview=True)).json()["seen"]
    await leads_come(manager, 1, start=10)
    late = await calibrated(manager, cast, kind="even", reason="Late", seen=seen)
    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (409, "ledger-moved")
    assert (await ledger_of(manager, cast))["calibrations"] == []


async def test_it_is_undone_once_by_the_opposite_entry(manager: httpx2.AsyncClient, cast: Cast) -> None:
    await leads_come(manager, 1)
    before = {each["rep_id"]: each["credit"] for each in (await ledger_of(manager, cast))["members"]}
    seen = (await calibrated(manager, cast, kind="catch_up", leads=2, preview=True)).json()["seen"]
    made = (await calibrated(manager, cast, kind="catch_up", leads=2, reason="Oops", seen=seen)).json()["id"]
    undo = f"{LEDGER}/{cast.team_id}/calibrations/{made}/undo"
    undone = await manager.post(undo)
    assert undone.status_code == 200, undone.text
    assert (undone.json()["kind"], undone.json()["undoes_id"]) == ("undo", made)
    after = await ledger_of(manager, cast)
    assert {each["rep_id"]: each["credit"] for each in after["members"]} == before
    assert len(after["calibrations"]) == 2
    assert (await manager.post(undo)).status_code == 409
    assert (await manager.post(f"{LEDGER}/{cast.team_id}/calibrations/{undone.json()['id']}/undo")).status_code == 404


async def test_who_left_is_settled_with_once_also_by_an_undo(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database
) -> None:
    """Alice takes leads too; Ravi, who paid for Rita, leaves before it is undone: the rest still sums to 0."""
    owner = await clients.of(cast.owner)
    profile = await owner.patch(f"/api/users/{cast.owner.id}/profile", json={"weight": 1})
    assert profile.status_code == 200, profile.text
    everybody = [str(cast.rep.id), str(cast.other_rep.id), str(cast.owner.id)]
    members = f"/api/teams/{cast.team_id}/members"
    assert (await manager.put(members, json={"user_ids": everybody})).status_code == 200
    await leads_come(manager, 4)
    seen = (await calibrated(manager, cast, kind="catch_up", leads=4, preview=True)).json()["seen"]
    made = (await calibrated(manager, cast, kind="catch_up", leads=4, reason="Fair", seen=seen)).json()["id"]
    assert (await manager.put(members, json={"user_ids": [everybody[0], everybody[2]]})).status_code == 200
    settled = {each["rep_id"]: each["credit"] for each in (await ledger_of(manager, cast))["members"]}
    assert sum(settled.values()) == pytest.approx(0)
    assert (await manager.post(f"{LEDGER}/{cast.team_id}/calibrations/{made}/undo")).status_code == 200
    left = await stored(database, cast)
    assert cast.other_rep.id not in left
    assert sum(left.values()) == 0
    after = {each["rep_id"]: each["credit"] for each in (await ledger_of(manager, cast))["members"]}
    assert sum(after.values()) == pytest.approx(0)
    assert abs(after[everybody[0]]) < 1  # the 4 leads are gone again
    await leads_come(manager, 1, start=50)
    assert sum((await stored(database, cast)).values()) == 0


async def test_hand_backs_reroutes_weights_members_and_a_restart_leave_the_sum_at_0_and_credit_where_it_was(
    manager: httpx2.AsyncClient, clients: Clients, cast: Cast, database: Database, database_url: str
) -> None:
    """After each step the stored credits sum to exactly 0 and stay within N - 1; a new process reads the very same."""
    owner = await clients.of(cast.owner)
    profile, members = f"/api/users/{cast.owner.id}/profile", f"/api/teams/{cast.team_id}/members"
    two, three = [str(rep.id) for rep in cast.reps], [str(each.id) for each in (*cast.reps, cast.owner)]

    async def is_sound() -> None:
        amounts = await stored(database, cast)
        assert sum(amounts.values()) == 0
        assert max(map(abs, amounts.values()), default=0) < 2 * LEAD

    assert (await owner.patch(profile, json={"weight": 2.5})).status_code == 200
    await leads_come(manager, 3)
    await is_sound()
    assert (await manager.put(members, json={"user_ids": three})).status_code == 200
    await leads_come(manager, 4, start=10)
    await is_sound()
    newest = (await ledger_of(manager, cast))["turns"][0]
    holder = next(each for each in (*cast.reps, cast.owner) if str(each.id) == newest["rep_id"])
    back = await (await clients.of(holder)).post(f"/api/leads/{newest['lead_id']}/reject", json={"reason": "Not mine"})
    assert back.status_code == 200, back.text
    await is_sound()
    again = await manager.post("/api/qualification/routing/assign", json={"lead_id": newest["lead_id"]})
    assert again.status_code == 200, again.text
    await is_sound()
    assert (await owner.patch(profile, json={"weight": 0.4, "available": False})).status_code == 200
    await leads_come(manager, 3, start=20)
    assert (await manager.put(members, json={"user_ids": two})).status_code == 200
    await leads_come(manager, 2, start=30)
    await is_sound()
    before = await ledger_of(manager, cast)
    restarted = Database(database_url, pool_size=1)
    async with restarted.transaction(cast.org_id) as tx:
        _, pool = await get_pool(tx, cast.org_id, str(cast.team_id), utc_now())
    await restarted.close()
    assert pool.fingerprint == before["seen"]
    assert [str(each.rep.id) for each in pool.next] == before["next_turns"]


async def test_leads_missed_are_worked_out_from_the_days_away(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_come(manager, 6)
    today = utc_now().date()
    missed = await calibrated(manager, cast, kind="catch_up", away_from=str(today), preview=True)
    assert missed.json()["change"] == 3
    earlier = str(today - timedelta(days=9))
    none = await calibrated(manager, cast, kind="catch_up", away_from=earlier, away_until=earlier, preview=True)
    assert none.json()["change"] == 0
    unsaid = await calibrated(manager, cast, kind="catch_up", preview=True)
    assert (unsaid.status_code, unsaid.json()["errors"][0]["path"]) == (422, "leads")
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(
            text(
                "INSERT INTO absences (org_id, id, rep_id, starts_at, ends_at, all_day, time_zone, created_at) "
                "VALUES (:org, gen_random_uuid(), :rep, :start, :end, false, 'UTC', :end)"
            ),
            {
                "org": cast.org_id,
                "rep": cast.rep.id,
                "start": utc_now() - timedelta(hours=1),
                "end": utc_now() - timedelta(microseconds=1),
            },
        )
    assert (await calibrated(manager, cast, kind="catch_up", preview=True)).json()["change"] == 3


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [
        ({"kind": "catch_up", "leads": 51, "preview": True}, 422, "leads"),
        ({"kind": "later", "preview": True}, 422, "kind"),
        ({"kind": "even"}, 422, "reason"),
        ({"kind": "even", "reason": "Because"}, 422, "seen"),
        (
            {"kind": "catch_up", "away_from": "2026-02-03", "away_until": "2026-02-01", "preview": True},
            422,
            "away_until",
        ),
    ],
)
async def test_what_cannot_be_is_refused_naming_the_field(
    manager: httpx2.AsyncClient, cast: Cast, body: dict[str, Any], status: int, path: str
) -> None:
    answer = await calibrated(manager, cast, **body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (status, path), answer.text


async def test_somebody_else_is_not_in_the_pool(manager: httpx2.AsyncClient, cast: Cast) -> None:
    answer = await calibrated(manager, cast, rep_id=str(cast.viewer.id), kind="even", preview=True)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "rep_id")


@pytest.mark.parametrize("address", ["nothing", "0199c1a2-6e1b-7cc0-8a9e-5f0e7b2f4a11", "{team}~no-such-rule"])
async def test_there_are_no_other_pools(manager: httpx2.AsyncClient, cast: Cast, address: str) -> None:
    assert (await manager.get(f"{LEDGER}/{address.format(team=cast.team_id)}")).status_code == 404


async def test_a_rule_with_turns_of_its_own_has_a_ledger_of_its_own(manager: httpx2.AsyncClient, cast: Cast) -> None:
    rule = {
        "name": "Hot",
        "priority": 1,
        "conditions": {"all": [{"field": "lead.source", "op": "eq", "value": "demo"}]},
        "assignment_target": {"type": "team", "id": str(cast.team_id)},
        "settings": {"fairness_scope": "rule"},
    }
    rule_id = (await manager.post(RULES, json=rule)).json()["id"]
    hot = await manager.post("/api/leads", json={"email": "hot@x.example", "source": "demo"})
    assert hot.json()["outcome"] == "assigned"
    pools = {each["pool"]: each for each in (await manager.get(LEDGER)).json()["items"]}
    assert pools.keys() == {str(cast.team_id), f"{cast.team_id}~{rule_id}"}
    own = pools[f"{cast.team_id}~{rule_id}"]
    assert own["name"] == "North · Hot"
    assert sum(each["given_by_pool"] for each in own["members"]) == 1
    assert sum(each["given_by_pool"] for each in pools[str(cast.team_id)]["members"]) == 0
    assert (await manager.get(f"{LEDGER}/{own['pool']}")).json()["name"] == "North · Hot"


async def test_where_territory_or_skills_decide_who_is_in_turn_nobody_is_simply_next(
    clients: Clients, cast: Cast, database: Database
) -> None:
    manager, rita = await clients.of(cast.manager), await clients.of(cast.rep)
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text("""UPDATE rep_profiles SET skills = '{"German": 3}'"""))
    await manager.post("/api/qualification/routing/territories", json={"name": "Bavaria", "countries": ["DE"]})
    skills = {"skill_matching": {"required": [{"skill": "German", "level": 2}]}}
    rules = [
        {"name": "By place", "priority": 1, "routing_algorithm": "territory"},
        {"name": "By skill", "priority": 2, "routing_algorithm": "skill_based", "settings": skills},
    ]
    for rule in rules:
        target = {"assignment_target": {"type": "team", "id": str(cast.team_id)}}
        assert (await manager.post(RULES, json=rule | target)).status_code == 201
    ledger = await ledger_of(manager, cast)
    only = "For each lead, only those who cover its territory and have the skills it requires are in turn."
    assert ledger["narrowed_by"] == ["territory", "skills"]
    assert all(member["position"].endswith(only) for member in ledger["members"])
    for page in ("/inbox", "/routing/my-turn", f"/routing/ledger/{cast.team_id}", "/routing/ledger"):
        assert only in (await rita.get(page)).text, page


async def test_where_everybody_may_have_every_lead_nothing_is_said_of_it(
    manager: httpx2.AsyncClient, cast: Cast
) -> None:
    ledger = await ledger_of(manager, cast)
    assert (ledger["narrowed_by"], "For each lead" in str(ledger)) == ([], False)
