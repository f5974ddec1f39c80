"""A plan is carried out as it was shown, all or nothing, once; and taken back as far as nobody has touched it."""

import asyncio
from datetime import timedelta

import httpx2
import pytest
from tests.casting import Cast, Clients
from tests.routing.redistribution.hands import leads_of_rita, loads, proposed, rows_of, rule_to_team, run, team
from tests.statements import statements_of

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import Conflict, Invalid, NotFound
from oppspot.core.ids import new_id
from oppspot.routing.errors import AlreadyUndone, PlanApplied, PlanOutdated
from oppspot.routing.redistribution.types import Scope, ScopeKind
from oppspot.routing.services.assignments import accept_assignment, complete_assignment
from oppspot.routing.services.giving import give_leads
from oppspot.routing.services.redistributing import Applied, Undone, apply_plan, undo_redistribution

pytestmark = [pytest.mark.anyio, pytest.mark.db]


_GOES_AWAY = (
    "INSERT INTO absences (org_id, id, rep_id, starts_at, ends_at, all_day, time_zone, created_at) "
    "SELECT org_id, id, id, now() - interval '1 hour', now() + interval '1 day', false, 'UTC', now() "
    "FROM users WHERE id = :id"
)


@pytest.fixture
async def manager(clients: Clients, cast: Cast) -> httpx2.AsyncClient:
    browser = await clients.of(cast.manager)
    await rule_to_team(browser, cast)
    return browser


async def _apply(database: Database, cast: Cast, plan_hash: str) -> Applied:
    async with database.transaction(cast.org_id) as tx:
        return await apply_plan(tx, cast.manager.actor, plan_hash, utc_now())


async def _undo(database: Database, cast: Cast, applied: Applied) -> Undone:
    async with database.transaction(cast.org_id) as tx:
        return await undo_redistribution(tx, cast.manager.actor, applied.id, utc_now())


async def test_a_plan_moves_nothing_until_it_is_applied(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    plan = await proposed(database, cast)
    assert len(plan.plan.moves) == 3
    assert await loads(database, cast) == (6, 0)
    done = await _apply(database, cast, plan.plan_hash)
    assert (done.title, done.moved) == ("Team North", 3)
    assert await loads(database, cast) == (3, 3)
    again = await proposed(database, cast)
    assert again.plan.moves == ()


async def test_moved_leads_end_and_begin_with_their_rule_and_their_running_clock(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 2)
    due = "SELECT id, sla_due_at FROM leads ORDER BY id"
    before = await rows_of(database, cast, due)
    await run(database, cast, "UPDATE assignments SET value = 700")
    await _apply(database, cast, (await proposed(database, cast)).plan_hash)
    assert await rows_of(database, cast, "SELECT DISTINCT value FROM assignments") == [(700,)]
    assert await rows_of(database, cast, due) == before
    held = await rows_of(database, cast, "SELECT rep_id, status, rule_name, sla_due_at IS NULL FROM assignments")
    assert sorted(held, key=str) == sorted(
        [
            (cast.rep.id, "assigned", "To North", False),
            (cast.rep.id, "reassigned", "To North", False),
            (cast.other_rep.id, "assigned", "To North", False),
        ],
        key=str,
    )
    running = "SELECT count(*) FROM sla_clocks WHERE kind = 'first_touch' AND stopped_at IS NULL"
    assert await rows_of(database, cast, running) == [(2,)]
    owners = await rows_of(database, cast, "SELECT owner_id, status, outcome FROM leads ORDER BY owner_id")
    assert owners == [(rep.id, "new", "assigned") for rep in sorted(cast.reps, key=lambda rep: rep.id)]


async def test_what_was_taken_up_gets_the_whole_time_of_its_rule_anew(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 2)
    async with database.transaction(cast.org_id) as tx:
        for lead_id in ids:
            await accept_assignment(tx, cast.rep.actor, lead_id, utc_now())
    plan = await proposed(database, cast, team(cast, with_accepted=True))
    await _apply(database, cast, plan.plan_hash)
    began = "SELECT due_at - assigned_at FROM sla_clocks AS c JOIN assignments AS a ON a.id = c.assignment_id "
    moved = await rows_of(database, cast, f"{began} WHERE a.rep_id = '{cast.other_rep.id}' AND c.kind = 'first_touch'")
    assert moved == [(timedelta(hours=8),)]


async def test_each_lead_has_a_line_each_person_one_notice_and_the_audit_log_an_entry(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    await _apply(database, cast, (await proposed(database, cast)).plan_hash)
    lines = await rows_of(
        database,
        cast,
        "SELECT payload ->> 'from', payload ->> 'rep_id', actor_name FROM timeline_events "
        "WHERE name = 'assignment.moved'",
    )
    assert lines == [(str(cast.rep.id), str(cast.other_rep.id), "Max Manager")] * 3
    notices = "SELECT user_id, title, body FROM notifications WHERE kind = 'assignment.moved' ORDER BY title"
    assert await rows_of(database, cast, notices) == [
        (cast.rep.id, "3 leads were moved from you to colleagues", "Team North, by Max Manager."),
        (cast.other_rep.id, "3 leads were moved to you", "Team North, by Max Manager."),
    ]
    audit = "SELECT payload ->> 'moved' FROM audit_log WHERE action = 'redistribution.applied'"
    assert await rows_of(database, cast, audit) == [("3",)]


async def test_forty_leads_take_the_statements_of_two(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    taken = []
    for number in (4, 80):
        await leads_of_rita(manager, database, cast, number)
        with statements_of(database) as planning:
            plan = await proposed(database, cast)
        with statements_of(database) as applying:
            await _apply(database, cast, plan.plan_hash)
        taken.append((len(planning), len(applying)))
    assert taken[0] == taken[1], taken
    assert taken[0][0] <= 20
    assert taken[0][1] <= 40


async def test_of_two_who_apply_the_same_plan_one_does_and_the_other_is_told(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 8)
    plan = await proposed(database, cast)
    results = await asyncio.gather(*(_apply(database, cast, plan.plan_hash) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, Applied) for result in results) == 1
    refused = [result for result in results if isinstance(result, PlanApplied)]
    assert [each.detail for each in refused] == ["Max Manager has carried out this plan already."] * 3
    assert await loads(database, cast) == (4, 4)
    moved = "SELECT count(*) FROM timeline_events WHERE name = 'assignment.moved'"
    assert await rows_of(database, cast, moved) == [(4,)]


@pytest.mark.parametrize("attempt", range(4))
async def test_a_lead_that_is_accepted_meanwhile_is_either_moved_or_stays_with_who_accepted(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, attempt: int
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    lead_id = plan.plan.moves[attempt % 2].lead_id

    async def accept() -> None:
        async with database.transaction(cast.org_id) as tx:
            await accept_assignment(tx, cast.rep.actor, lead_id, utc_now())

    both = (accept(), _apply(database, cast, plan.plan_hash))
    accepted, applied = await asyncio.gather(*(both if attempt < 2 else both[::-1]), return_exceptions=True)
    if attempt >= 2:
        accepted, applied = applied, accepted
    if isinstance(applied, Applied):
        assert isinstance(accepted, Conflict)
        assert await loads(database, cast) == (2, 2)
    else:
        assert accepted is None
        assert isinstance(applied, PlanOutdated)
        assert await loads(database, cast) == (4, 0)
    open_now = "SELECT count(*), count(DISTINCT lead_id) FROM assignments WHERE ended_at IS NULL"
    assert await rows_of(database, cast, open_now) == [(4, 4)]


async def test_what_has_changed_is_said_and_nothing_moves(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    ids = await leads_of_rita(manager, database, cast, 6)
    plan = await proposed(database, cast)
    first, second, third = (move.lead_id for move in plan.plan.moves)
    assert {first, second, third} <= set(ids)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.rep.actor, first, utc_now())
        await complete_assignment(tx, cast.rep.actor, second, "disqualified", utc_now())
        await give_leads(tx, cast.manager.actor, [third], cast.other_rep.id, "", utc_now())
    with pytest.raises(PlanOutdated) as refused:
        await _apply(database, cast, plan.plan_hash)
    assert {(each.path, each.message) for each in refused.value.errors} == {
        (f"moves[{first}]", "Rita Rep has taken up a lead."),
        (f"moves[{second}]", "A lead of Rita Rep is nobody's any more."),
        (f"moves[{third}]", "A lead of Rita Rep is Ravi Rep's now."),
    }
    assert await loads(database, cast) == (4, 1)


async def test_a_lead_that_left_and_came_back_is_not_the_one_that_was_shown(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    moved = plan.plan.moves[0].lead_id
    for rep in (cast.other_rep, cast.rep):
        async with database.transaction(cast.org_id) as tx:
            await give_leads(tx, cast.manager.actor, [moved], rep.id, "", utc_now())
    with pytest.raises(PlanOutdated, match="A lead of Rita Rep has left them and come back"):
        await _apply(database, cast, plan.plan_hash)
    assert await loads(database, cast) == (4, 0)


async def test_undoing_leaves_a_lead_with_whoever_has_it_by_now(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    applied = await _apply(database, cast, plan.plan_hash)
    kept = plan.plan.moves[0].lead_id
    # Away and back: the same person has it, but it is no longer what the redistribution gave them.
    for rep in (cast.rep, cast.other_rep):
        async with database.transaction(cast.org_id) as tx:
            await give_leads(tx, cast.manager.actor, [kept], rep.id, "", utc_now())
    undone = await _undo(database, cast, applied)
    assert (undone.returned, dict(undone.kept)) == (1, {"they have moved on since": 1})
    assert await loads(database, cast) == (3, 1)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE rep_profiles SET max_open = 1 WHERE user_id = :id", "no longer as they were: max open"),
        ("UPDATE rep_profiles SET available = false WHERE user_id = :id", "no longer as they were: available"),
        ("UPDATE users SET active = false WHERE id = :id", "no longer as they were: active"),
        ("DELETE FROM team_members WHERE user_id = :id", "no longer as they were: teams"),
    ],
)
async def test_people_who_are_not_as_they_were_get_nothing(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, statement: str, said: str
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    await run(database, cast, statement, id=cast.other_rep.id)
    with pytest.raises(PlanOutdated, match=said):
        await _apply(database, cast, plan.plan_hash)
    assert await loads(database, cast) == (4, 0)


async def test_room_that_has_filled_up_is_not_passed(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await run(database, cast, "UPDATE rep_profiles SET max_open = 3 WHERE user_id = :id", id=cast.other_rep.id)
    await leads_of_rita(manager, database, cast, 6)
    plan = await proposed(database, cast)
    elsewhere = await leads_of_rita(manager, database, cast, 2)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, elsewhere, cast.other_rep.id, "", utc_now())
    with pytest.raises(PlanOutdated, match="no room"):
        await _apply(database, cast, plan.plan_hash)


async def test_a_plan_that_would_make_loads_less_even_by_now_is_refused(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 6)
    plan = await proposed(database, cast)
    more = await leads_of_rita(manager, database, cast, 9)
    async with database.transaction(cast.org_id) as tx:
        await give_leads(tx, cast.manager.actor, more, cast.other_rep.id, "", utc_now())
    with pytest.raises(PlanOutdated, match="less even"):
        await _apply(database, cast, plan.plan_hash)


async def test_another_configuration_makes_another_plan(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    await rule_to_team(manager, cast, name="Another")
    with pytest.raises(PlanOutdated, match="configuration of routing has changed"):
        await _apply(database, cast, plan.plan_hash)


async def test_undoing_gives_back_what_nobody_has_touched_and_says_what_it_does_not(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 8)
    plan = await proposed(database, cast)
    applied = await _apply(database, cast, plan.plan_hash)
    first, second, *_ = (move.lead_id for move in plan.plan.moves)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.other_rep.actor, first, utc_now())
        await accept_assignment(tx, cast.other_rep.actor, second, utc_now())
        await complete_assignment(tx, cast.other_rep.actor, second, "disqualified", utc_now())
    undone = await _undo(database, cast, applied)
    assert undone == Undone("Team North", 2, {second: "nobody has them any more", first: "they were taken up"})
    assert undone.kept == {"nobody has them any more": 1, "they were taken up": 1}
    assert await loads(database, cast) == (6, 1)
    with pytest.raises(AlreadyUndone):
        await _undo(database, cast, applied)


async def test_what_was_undone_can_be_done_again(manager: httpx2.AsyncClient, cast: Cast, database: Database) -> None:
    await leads_of_rita(manager, database, cast, 4)
    await _undo(database, cast, await _apply(database, cast, (await proposed(database, cast)).plan_hash))
    await _apply(database, cast, (await proposed(database, cast)).plan_hash)
    assert await loads(database, cast) == (2, 2)


@pytest.mark.parametrize(
    ("statement", "back", "why"),
    [
        ("UPDATE rep_profiles SET available = false WHERE user_id = :id", 0, "whoever had them takes no leads now"),
        ("UPDATE rep_profiles SET max_open = 3 WHERE user_id = :id", 1, "whoever had them has no room"),
        (_GOES_AWAY, 0, "whoever had them is away"),
    ],
)
async def test_who_takes_no_leads_now_gets_theirs_back_when_it_is_undone_again(
    manager: httpx2.AsyncClient, cast: Cast, database: Database, statement: str, back: int, why: str
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    applied = await _apply(database, cast, plan.plan_hash)
    await run(database, cast, statement, id=cast.rep.id)
    undone = await _undo(database, cast, applied)
    assert (undone.returned, undone.kept) == (back, {why: 2 - back})
    assert undone.left.keys() <= {move.lead_id for move in plan.plan.moves}
    assert await loads(database, cast) == (2 + back, 2 - back)
    for page in (f"/routing/redistribute/{applied.id}", "/routing/redistribute"):
        shown = (await manager.get(page)).text
        assert f"/routing/redistribute/{applied.id}/undo" not in shown
        assert f"Cannot be undone now: {why}." in shown
    await run(database, cast, "DELETE FROM absences")
    await run(database, cast, "UPDATE rep_profiles SET available = true, max_open = NULL")
    for page in (f"/routing/redistribute/{applied.id}", "/routing/redistribute"):
        shown = (await manager.get(page)).text
        assert f"/routing/redistribute/{applied.id}/undo" in shown
        assert "Cannot be undone" not in shown
    again = await _undo(database, cast, applied)
    assert (again.returned, again.kept) == (2 - back, {})
    assert await loads(database, cast) == (4, 0)
    total = "SELECT status, undoing -> 'returned' FROM redistributions"
    assert await rows_of(database, cast, total) == [("undone", 2)]
    with pytest.raises(AlreadyUndone):
        await _undo(database, cast, applied)


async def test_what_is_carried_out_is_offered_to_be_undone_only_if_the_giver_takes_leads(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast, Scope(ScopeKind.LEAVES, rep_ids=(cast.rep.id,)))
    await run(database, cast, "UPDATE rep_profiles SET available = false WHERE user_id = :id", id=cast.rep.id)
    page = f"/routing/redistribute/{plan.id}"
    await manager.post(f"{page}/apply")
    shown = (await manager.get(page)).text
    assert "4 leads have been moved." in shown
    assert f"{page}/undo" not in shown
    # Some, but not all, can come back: it is offered.
    await run(
        database, cast, "UPDATE rep_profiles SET available = true, max_open = 1 WHERE user_id = :id", id=cast.rep.id
    )
    assert f"{page}/undo" in (await manager.get(page)).text
    await run(database, cast, "UPDATE assignments SET status = 'accepted' WHERE status = 'assigned'")
    shown = (await manager.get(page)).text
    assert f"{page}/undo" not in shown
    assert "Cannot be undone: they were taken up." in shown


async def test_undoing_gives_nothing_to_somebody_who_has_left(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 3)
    leaves = Scope(ScopeKind.LEAVES, rep_ids=(cast.rep.id,))
    applied = await _apply(database, cast, (await proposed(database, cast, leaves)).plan_hash)
    assert applied.title == "Rita Rep, who leaves"
    assert await loads(database, cast) == (0, 3)
    await run(database, cast, "UPDATE users SET active = false WHERE id = :id", id=cast.rep.id)
    page = f"/routing/redistribute/{applied.id}"
    assert "Cannot be undone: whoever had them has left." in (await manager.get(page)).text
    assert f"{page}/undo" not in (await manager.get("/routing/redistribute")).text
    assert (await _undo(database, cast, applied)).kept == {"whoever had them has left": 3}
    assert await loads(database, cast) == (0, 3)


async def test_a_lead_by_a_rule_that_is_gone_is_asked_of_the_rules_there_are(
    manager: httpx2.AsyncClient, cast: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    [rule] = (await manager.get("/api/qualification/routing/rules")).json()["items"]
    skills = """UPDATE rep_profiles SET skills = '{"german": 3}' WHERE user_id = :id"""
    await run(database, cast, skills, id=cast.rep.id)
    german = {"skill_matching": {"required": [{"skill": "german", "level": 2}]}}
    await rule_to_team(manager, cast, name="German", routing_algorithm="skill_based", settings=german)
    assert (await manager.delete(f"/api/qualification/routing/rules/{rule['id']}")).status_code == 204
    plan = await proposed(database, cast)
    assert plan.plan.moves == ()
    assert "Rule “German”" in plan.plan.stays[0].because


async def test_nobody_plans_for_who_is_not_here(cast: Cast, outsiders: Cast, database: Database) -> None:
    for scope in (
        team(outsiders),
        Scope(ScopeKind.LEAVES, rep_ids=(outsiders.rep.id,)),
        Scope(ScopeKind.AWAY, rep_ids=(cast.rep.id,), cover_id=outsiders.rep.id),
        Scope(ScopeKind.REPS, rep_ids=(cast.viewer.id,)),
    ):
        with pytest.raises(Invalid):
            await proposed(database, cast, scope)


async def test_nobody_applies_or_undoes_what_is_another_organisations(
    manager: httpx2.AsyncClient, cast: Cast, outsiders: Cast, database: Database
) -> None:
    await leads_of_rita(manager, database, cast, 4)
    plan = await proposed(database, cast)
    with pytest.raises(NotFound):
        await _apply(database, outsiders, plan.plan_hash)
    applied = await _apply(database, cast, plan.plan_hash)
    with pytest.raises(NotFound):
        await _undo(database, outsiders, applied)
    with pytest.raises(NotFound):
        await _apply(database, cast, new_id().hex)
