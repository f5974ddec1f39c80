"""What is redistributed without anybody asking: after somebody left, over a threshold, at the end of an absence."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import psycopg
import pytest
from tests.casting import Cast, Clients
from tests.routing.redistribution.hands import leads_of_rita, loads, rows_of, rule_to_team, run
from tests.statements import statements_of

from oppspot.accounts.services.members import deactivate_user
from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.redistribution.types import Scope, ScopeKind
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.giving import give_leads
from oppspot.routing.services.planning import propose
from oppspot.routing.services.rebalancing import bring_back, even_out_teams, give_away, look_after, rebalance_all
from oppspot.routing.services.redistributing import apply_plan

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    browser = await clients.of(cast.manager)
    await rule_to_team(browser, cast)
    return browser


async def _switch_on(manager: httpx2.AsyncClient, threshold: int = 50) -> None:
    document = (await manager.get("/api/qualification/routing/document")).json()["document"]
    document["policies"]["balancing"] = {"rebalance_threshold": threshold, "auto_redistribute": True}
    answer = await manager.put("/api/qualification/routing/document", json={"document": document})
    assert answer.status_code == 200, answer.text


async def _even_out(database: Database, cast: Cast, now: datetime) -> int:
    async with database.transaction(cast.org_id) as tx:
        return await even_out_teams(tx, cast.org_id, now)


async def test_the_leads_of_somebody_who_is_deactivated_go_to_colleagues(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 3)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.rep.actor, ids[0], utc_now())
        await deactivate_user(tx, cast.manager.actor, cast.rep.id, utc_now())
    async with database.transaction(cast.org_id) as tx:
        assert await give_away(tx, cast.org_id, cast.rep.id, utc_now()) == 3
    assert await loads(database, cast) == (0, 3)
    kept = "SELECT cause, status, title, applied_by FROM redistributions"
    assert await rows_of(database, cast, kept) == [("left", "applied", "Rita Rep, who leaves", "oppSpot")]
    told = f"SELECT title FROM notifications WHERE user_id = '{cast.manager.id}' AND kind = 'assignment.moved'"
    assert await rows_of(database, cast, told) == [("3 of Rita Rep's leads went to colleagues",)]


async def test_what_nobody_may_have_stays_is_told_once_and_is_tried_again(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 3)
    full = "UPDATE rep_profiles SET max_open = :most WHERE user_id = :id"
    await run(database, cast, full, most=1, id=cast.other_rep.id)
    async with database.transaction(cast.org_id) as tx:
        await deactivate_user(tx, cast.manager.actor, cast.rep.id, utc_now())
        assert await give_away(tx, cast.org_id, cast.rep.id, utc_now()) == 1
    await run(database, cast, full, most=9, id=cast.other_rep.id)
    await rebalance_all(database, utc_now())
    assert await loads(database, cast) == (0, 3)
    told = f"SELECT title FROM notifications WHERE user_id = '{cast.manager.id}' AND kind = 'assignment.moved'"
    assert await rows_of(database, cast, told) == [("2 of Rita Rep's leads stay with nobody at work",)]


async def test_trouble_with_one_who_left_holds_up_no_other(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, database_url: str
) -> None:
    """Both have left; what one of them has cannot be planned, and the manager takes leads of the other."""
    first, second = sorted((cast.rep.id, cast.other_rep.id))
    ids = await leads_of_rita(manager, database, cast, 2)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, [ids[0]], cast.other_rep.id, "", utc_now())
    joined = await manager.patch(f"/api/users/{cast.manager.id}/profile", json={"max_open": 9})
    assert joined.status_code == 200, joined.text
    member = "INSERT INTO team_members (org_id, team_id, user_id) VALUES (:org, :team, :id)"
    await run(database, cast, member, org=cast.org_id, team=cast.team_id, id=cast.manager.id)
    await run(
        database, cast, "UPDATE users SET active = false WHERE id IN (:first, :second)", first=first, second=second
    )
    # The first one's lead came by a rule that is gone, and what routing saw of it can no longer be read.
    gone = "UPDATE assignments SET rule_id = 'gone' WHERE rep_id = :id AND ended_at IS NULL"
    await run(database, cast, gone, id=first)
    broken = (
        "UPDATE routing_decisions SET record = jsonb_set(record, '{lead}', '\"?\"') "
        "WHERE lead_id IN (SELECT lead_id FROM assignments WHERE rep_id = %s AND ended_at IS NULL)"
    )
    with psycopg.connect(database_url) as connection:
        assert connection.execute(broken, [first]).rowcount > 0
    with pytest.raises(ExceptionGroup, match="could not be moved"):
        await look_after(database, cast.org_id, utc_now())
    held = "SELECT rep_id FROM assignments WHERE ended_at IS NULL"
    assert sorted(await rows_of(database, cast, held)) == sorted([(first,), (cast.manager.id,)])
    # Other tests look after every organisation of this database.
    await run(database, cast, "UPDATE users SET active = true WHERE id = :id", id=first)


async def test_nothing_is_taken_from_somebody_who_was_let_in_again(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 3)
    async with database.transaction(cast.org_id) as tx:
        assert await give_away(tx, cast.org_id, cast.rep.id, utc_now()) == 0
    assert await loads(database, cast) == (3, 0)


async def test_a_team_is_evened_out_by_itself_only_where_that_is_on_and_over_the_threshold(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    assert await _even_out(database, cast, utc_now()) == 0
    await _switch_on(manager, threshold=250)
    assert await _even_out(database, cast, utc_now()) == 0
    await _switch_on(manager, threshold=150)
    assert await _even_out(database, cast, utc_now()) == 3
    assert await loads(database, cast) == (3, 3)
    assert await rows_of(database, cast, "SELECT cause, status FROM redistributions") == [("imbalance", "applied")]


async def test_a_team_is_evened_out_at_most_once_an_hour(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await _switch_on(manager)
    now = utc_now()
    await leads_of_rita(manager, database, cast, 6)
    assert await _even_out(database, cast, now) == 3
    await leads_of_rita(manager, database, cast, 6)
    assert await _even_out(database, cast, now + timedelta(minutes=59)) == 0
    assert await _even_out(database, cast, now + timedelta(minutes=61)) == 3


async def _other_team(cast: Cast, database: Database, name: str) -> UUID:
    """A team that Rita and Ravi are in too."""
    made = "INSERT INTO teams (org_id, id, name, description, created_at) VALUES (:org, :team, :name, '', now())"
    joined = "INSERT INTO team_members (org_id, team_id, user_id) VALUES (:org, :team, :rita), (:org, :team, :ravi)"
    given = {"org": cast.org_id, "team": new_id()}
    await run(database, cast, made, **given, name=name)
    await run(database, cast, joined, **given, rita=cast.rep.id, ravi=cast.other_rep.id)
    return given["team"]


async def test_ten_teams_are_looked_at_in_the_statements_of_one(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await _switch_on(manager, threshold=250)
    await leads_of_rita(manager, database, cast, 6)
    taken = []
    for more in (0, 9):
        for number in range(more):
            await _other_team(cast, database, f"Team {number}")
        with statements_of(database) as sent:
            assert await _even_out(database, cast, utc_now()) == 0
        taken.append(len(sent))
    assert taken[0] == taken[1] > 0


async def test_what_one_team_has_evened_out_the_next_one_sees(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    """Rita has three leads of each team; once Ravi has the three of one, nothing of the other's has to move."""
    south = await _other_team(cast, database, "South")
    await leads_of_rita(manager, database, cast, 3)
    [north] = (await manager.get("/api/qualification/routing/rules")).json()["items"]
    await rule_to_team(manager, cast, name="To South", priority=1, assignment_target={"type": "team", "id": str(south)})
    await leads_of_rita(manager, database, cast, 3)
    assert len(set(await rows_of(database, cast, "SELECT rule_id FROM assignments")) - {(north["id"],)}) == 1
    await _switch_on(manager)
    assert await _even_out(database, cast, utc_now()) == 3
    assert await loads(database, cast) == (3, 3)


async def test_of_several_workers_one_evens_out(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await _switch_on(manager)
    await leads_of_rita(manager, database, cast, 6)
    now = utc_now()
    moved = await asyncio.gather(*(_even_out(database, cast, now) for _ in range(4)))
    assert sorted(moved) == [0, 0, 0, 3]
    assert await loads(database, cast) == (3, 3)


async def test_what_was_handed_over_comes_back_when_the_absence_ends_unless_it_was_touched(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 3)
    back = utc_now() + timedelta(days=7)
    away = Scope(ScopeKind.AWAY, rep_ids=(cast.rep.id,), cover_id=cast.other_rep.id, returns_at=back)
    async with database.transaction(cast.org_id) as tx:
        made = await propose(tx, cast.rep.actor, away, utc_now(), "absence")
        await apply_plan(tx, cast.rep.actor, made.plan_hash, utc_now())
    assert await loads(database, cast) == (0, 3)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.other_rep.actor, ids[0], utc_now())
    assert await _bring_back(database, cast, back - timedelta(minutes=1)) == 0
    both = await asyncio.gather(*(_bring_back(database, cast, back) for _ in range(3)))
    assert sorted(both) == [0, 0, 2]
    assert await loads(database, cast) == (2, 1)


@pytest.mark.parametrize("still", ["away", "paused"])
async def test_who_is_not_back_yet_gets_theirs_when_they_are(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, still: str
) -> None:
    await leads_of_rita(manager, database, cast, 2)
    back = utc_now() + timedelta(days=7)
    away = Scope(ScopeKind.AWAY, rep_ids=(cast.rep.id,), cover_id=cast.other_rep.id, returns_at=back)
    async with database.transaction(cast.org_id) as tx:
        made = await propose(tx, cast.rep.actor, away, utc_now(), "absence")
        await apply_plan(tx, cast.rep.actor, made.plan_hash, utc_now())
    if still == "away":
        first, last = (utc_now().date() + timedelta(days=days) for days in (0, 9))
        entry = {"user_id": str(cast.rep.id), "first": first.isoformat(), "last": last.isoformat()}
        assert (await manager.post("/api/calendars/absences", json=entry)).status_code == 201
    else:
        await run(database, cast, "UPDATE rep_profiles SET available = false WHERE user_id = :id", id=cast.rep.id)
    assert await _bring_back(database, cast, back) == 0
    await run(database, cast, "UPDATE rep_profiles SET available = true WHERE user_id = :id", id=cast.rep.id)
    assert await _bring_back(database, cast, back + timedelta(days=4)) == 2
    assert await loads(database, cast) == (2, 0)


async def _bring_back(database: Database, cast: Cast, now: datetime) -> int:
    return await bring_back(database, cast.org_id, now)


async def test_trouble_with_one_absence_holds_up_no_other(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    back = utc_now() + timedelta(days=7)
    for _ in range(2):
        await leads_of_rita(manager, database, cast, 2)
        away = Scope(ScopeKind.AWAY, rep_ids=(cast.rep.id,), cover_id=cast.other_rep.id, returns_at=back)
        async with database.transaction(cast.org_id) as tx:
            made = await propose(tx, cast.rep.actor, away, utc_now(), "absence")
            await apply_plan(tx, cast.rep.actor, made.plan_hash, utc_now())
    first = "(SELECT id FROM redistributions ORDER BY id LIMIT 1)"
    await run(database, cast, f"UPDATE redistributions SET plan = plan - 'moves' WHERE id = {first}")
    with pytest.raises(ExceptionGroup, match="could not be moved"):
        await _bring_back(database, cast, back)
    assert await loads(database, cast) == (2, 2)


async def test_plans_that_nobody_carried_out_are_forgotten_after_a_day(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    now = utc_now()
    async with database.transaction(cast.org_id) as tx:
        await propose(tx, cast.manager.actor, Scope(ScopeKind.TEAM, team_id=cast.team_id), now)
    kept = "SELECT count(*) FROM redistributions"
    for hours, count in ((23, 1), (25, 0)):
        await look_after(database, cast.org_id, now + timedelta(hours=hours))
        assert await rows_of(database, cast, kept) == [(count,)]
