"""The sweep: every rung once, whoever comes first; leads go to people who have not had them, and end at somebody."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.casting import Cast, Clients
from tests.routing.timed import arrive, events, owners, publish, rows, to_queue, to_team
from tests.statements import statements_of

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.outcomes import Outcome
from oppspot.routing.services.assignments import accept_assignment, complete_assignment, reject_assignment
from oppspot.routing.services.running import pause_clocks
from oppspot.routing.services.sweeping import sweep_chunk, sweep_clocks

pytestmark = [pytest.mark.anyio, pytest.mark.db]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
REMIND = {"at_percent": 50, "action": "remind"}


async def sweep(database: Database, *hours: float) -> None:
    for each in hours:
        await sweep_clocks(database, NOW + each * HOUR)


async def told(database: Database, cast: Cast, kind: str) -> Sequence[tuple[object, str]]:
    query = "SELECT user_id, title FROM notifications WHERE kind = :kind ORDER BY created_at, id"
    return [(row[0], row[1]) for row in await rows(database, cast, query, kind=kind)]


async def test_a_lead_is_reminded_of_then_passed_on_with_a_whole_new_time(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    [(first, _)] = await owners(database, cast, lead)
    await sweep(database, 0.5)
    assert await events(database, cast, lead) == []
    await sweep(database, 0.51)
    assert await told(database, cast, "sla.reminded") == [(first, "A lead of yours waits for a first touch")]
    await sweep(database, 1)
    assert len(await owners(database, cast, lead)) == 1  # at the due moment itself nobody is late
    await sweep(database, 1.01)
    assert await events(database, cast, lead) == ["sla.reminded", "sla.breached"]
    (other,) = {cast.rep.id, cast.other_rep.id} - {first}
    assert await owners(database, cast, lead) == [(first, "reassigned"), (other, "assigned")]
    clock = "SELECT due_at FROM sla_clocks WHERE kind = 'first_touch' AND met_at IS NULL AND stopped_at IS NULL"
    due = NOW + 2.01 * HOUR
    assert await rows(database, cast, clock) == [(due,)]
    assert await rows(database, cast, "SELECT owner_id, sla_due_at, outcome FROM leads") == [(other, due, "assigned")]
    marks = "SELECT rep_id, sla_breached_at FROM assignments ORDER BY assigned_at"
    assert await rows(database, cast, marks) == [(first, NOW + 1.01 * HOUR), (other, None)]
    assert (first, "A lead of yours was passed on") in await told(database, cast, "sla.breached")
    bodies = "SELECT DISTINCT body FROM notifications WHERE kind = 'sla.breached' ORDER BY body"
    [holder] = await rows(database, cast, "SELECT name FROM users WHERE id = :id", id=first)
    said = {body for (body,) in await rows(database, cast, bodies)}
    assert said == {"Ada. They were not touched in time.", f"Ada, with {holder[0]}."}


async def test_who_loses_a_lead_hears_of_it_also_when_it_has_been_late_for_long(cast: Cast, database: Database) -> None:
    ladder = [{"at_percent": 200, "action": "reassign"}]
    await publish(database, cast, NOW, to_team(cast), ladder=ladder)
    [lead] = await arrive(database, cast, NOW)
    [(first, _)] = await owners(database, cast, lead)
    await sweep(database, 1.01)
    before = await told(database, cast, "sla.breached")
    assert (first, "A lead of yours is overdue") in before
    await sweep(database, 2.01)
    assert [status for _, status in await owners(database, cast, lead)] == ["reassigned", "assigned"]
    assert (await told(database, cast, "sla.breached"))[len(before) :] == [(first, "A lead of yours was passed on")]


async def test_what_runs_out_is_written_also_where_nobody_has_joined_yet(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_queue())
    [lead] = await arrive(database, cast, NOW)
    await rows(database, cast, "UPDATE users SET password_hash = NULL RETURNING id")
    await sweep(database, 1.01)
    assert await events(database, cast, lead) == ["sla.breached"]
    assert await rows(database, cast, "SELECT queue_breached_at IS NOT NULL FROM leads") == [(True,)]
    await sweep(database, 1.02)
    assert await events(database, cast, lead) == ["sla.breached"]


async def test_the_trouble_of_one_lead_holds_up_no_other_and_is_named(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [broken, whole] = await arrive(database, cast, NOW, 2)
    spoilt = (
        "UPDATE sla_clocks SET started_at = '9999-12-31 23:59:59+00' WHERE lead_id = :lead AND kind = 'first_touch'"
    )
    await rows(database, cast, spoilt, lead=broken)
    with pytest.raises(ExceptionGroup) as raised:
        await sweep(database, 0.51)
    # Other tests sweep the same database.
    await rows(database, cast, "DELETE FROM sla_clocks WHERE lead_id = :lead", lead=broken)
    notes = [note for group in raised.value.exceptions for note in _notes(group)]
    assert f"With the clocks of the lead {broken}." in notes
    assert f"In the organisation {cast.org_id}." in notes
    assert await events(database, cast, whole) == ["sla.reminded"]
    assert await events(database, cast, broken) == []


def _notes(error: BaseException) -> list[str]:
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return [*getattr(error, "__notes__", ()), *(note for each in inner for note in _notes(each))]


async def test_no_lead_goes_round_and_every_ladder_ends_at_the_named_seat(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast), seat_id=str(cast.manager.id))
    [lead] = await arrive(database, cast, NOW)
    seen = []
    for minute in range(0, 60 * 24, 7):
        # Its own organisation only: as often as this, the leads that other tests have left behind would take minutes.
        async with database.transaction(cast.org_id) as tx:
            await sweep_chunk(tx, cast.org_id, NOW + timedelta(minutes=minute))
        [(owner, outcome)] = await rows(database, cast, "SELECT owner_id, outcome FROM leads")
        assert owner is not None
        assert outcome == "assigned"
        if not seen or seen[-1] != owner:
            seen.append(owner)
    assert set(seen[:2]) == {cast.rep.id, cast.other_rep.id}
    assert seen[2:] == [cast.manager.id]
    ended = await owners(database, cast, lead)
    assert [status for _, status in ended] == ["reassigned", "reassigned", "assigned"]
    assert len({owner for owner, _ in ended}) == 3
    pending = "SELECT count(*) FROM sla_clocks WHERE next_step_at IS NOT NULL"
    assert await rows(database, cast, pending) == [(0,)]  # nothing is left that could move it again


async def test_a_lead_nobody_else_can_take_stays_where_it_is_and_is_told_upwards(
    cast: Cast, database: Database
) -> None:
    alone = {"assignment_target": {"type": "individual", "id": str(cast.rep.id)}}
    await publish(database, cast, NOW, to_team(cast, **alone))
    [lead] = await arrive(database, cast, NOW)
    await sweep(database, 1.01)
    assert await owners(database, cast, lead) == [(cast.rep.id, "assigned")]
    running = "SELECT kind, due_at, next_action FROM sla_clocks WHERE met_at IS NULL AND stopped_at IS NULL"
    assert await rows(database, cast, running) == [("first_touch", NOW + HOUR, "escalate_to_manager")]
    assert await rows(database, cast, "SELECT owner_id, outcome, next_check_at, sla_due_at FROM leads") == [
        (cast.rep.id, "assigned", None, NOW + HOUR)
    ]
    above = {person for person, _ in await told(database, cast, "sla.escalated")}
    assert above == {cast.owner.id, cast.manager.id}
    kept = "SELECT payload ->> 'reason' FROM timeline_events WHERE name = 'assignment.kept'"
    assert await rows(database, cast, kept) == [("Nobody else may have it now, so it stays with Rita Rep.",)]
    await sweep(database, 2.01)
    assert await events(database, cast, lead) == ["sla.breached", "sla.escalated", "sla.escalated"]
    await sweep(database, 4.01)
    assert await owners(database, cast, lead) == [(cast.rep.id, "reassigned"), (cast.owner.id, "assigned")]
    assert await rows(database, cast, "SELECT rep_id, open_count FROM rep_loads WHERE open_count > 0") == [
        (cast.owner.id, 1)
    ]


async def test_a_lead_that_routing_would_give_nobody_by_now_stays_with_whoever_has_it(
    cast: Cast, database: Database
) -> None:
    """Blocked since it came; and a clock that ended before, under the same assignment, stays as it ended."""
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    [(holder, _)] = await owners(database, cast, lead)
    rivals = {"field": "lead.email_domain", "op": "in", "value": ["x.example"]}
    exclusion = {"id": "x1", "name": "Rivals", "conditions": rivals, "action": "block"}
    await publish(database, cast, NOW, to_team(cast), exclusions=[exclusion])
    ended = (
        "INSERT INTO sla_clocks (org_id, id, lead_id, kind, assignment_id, rule_id, started_at, due_at, "
        "allowed_seconds, stopped_at) SELECT org_id, :id, lead_id, kind, assignment_id, rule_id, started_at, due_at, "
        "allowed_seconds, started_at FROM sla_clocks WHERE kind = 'first_touch'"
    )
    await rows(database, cast, ended, id=new_id())
    await sweep(database, 1.01)
    assert await owners(database, cast, lead) == [(holder, "assigned")]
    now = "SELECT owner_id, status, outcome, next_check_at, sla_due_at FROM leads"
    assert await rows(database, cast, now) == [(holder, "new", "assigned", None, NOW + HOUR)]
    running = "SELECT kind, next_action FROM sla_clocks WHERE met_at IS NULL AND stopped_at IS NULL"
    assert await rows(database, cast, running) == [("first_touch", "escalate_to_manager")]
    assert await events(database, cast, lead) == ["sla.breached", "sla.escalated"]


async def test_a_lead_in_a_queue_ends_at_the_seat_too(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_queue())
    [lead] = await arrive(database, cast, NOW)
    await sweep(database, 0.51, 1.01, 2.01)
    assert await events(database, cast, lead) == ["sla.reminded", "sla.breached", "sla.escalated"]
    assert {person for person, _ in await told(database, cast, "sla.reminded")} == {cast.owner.id, cast.manager.id}
    assert await rows(database, cast, "SELECT outcome, queue_breached_at IS NOT NULL FROM leads") == [("queued", True)]
    await sweep(database, 4.01)
    assert await owners(database, cast, lead) == [(cast.owner.id, "assigned")]
    assert await rows(database, cast, "SELECT outcome, queue, queue_breached_at FROM leads") == [
        ("assigned", None, None)
    ]


async def test_the_seat_is_only_told_while_somebody_can_still_be_waited_for(cast: Cast, database: Database) -> None:
    ladder = [{"at_percent": 200, "action": "escalate_to_seat"}]
    await publish(database, cast, NOW, to_team(cast), ladder=ladder)
    [lead] = await arrive(database, cast, NOW)
    before = await owners(database, cast, lead)
    await sweep(database, 2.01)
    assert await owners(database, cast, lead) == before
    assert [person for person, _ in await told(database, cast, "sla.escalated")] == [cast.owner.id]


async def test_the_seat_takes_over_from_somebody_who_has_left(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast), ladder=[{"at_percent": 200, "action": "escalate_to_seat"}])
    [lead] = await arrive(database, cast, NOW)
    [(first, _)] = await owners(database, cast, lead)
    await rows(database, cast, "UPDATE users SET active = false WHERE id = :id", id=first)
    await sweep(database, 2.01)
    assert [owner for owner, _ in await owners(database, cast, lead)] == [first, cast.owner.id]


async def test_a_lead_nobody_could_be_found_for_is_told_once(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW)
    [lead] = await arrive(database, cast, NOW)
    await sweep(database, 0.05, 0.2, 1, 5)
    assert await events(database, cast, lead) == ["sla.breached"]
    assert {person for person, _ in await told(database, cast, "sla.breached")} == {cast.owner.id, cast.manager.id}
    assert await rows(database, cast, "SELECT sla_due_at, owner_id FROM leads") == [(None, None)]


async def test_a_clock_for_qualifying_is_told_and_passes_nothing_on(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast, hours=9), qualify_hours=2)
    [lead] = await arrive(database, cast, NOW)
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(NOW + 2 * HOUR,)]
    before = await owners(database, cast, lead)
    await sweep(database, 2.01)
    assert await events(database, cast, lead) == ["sla.breached"]
    assert await owners(database, cast, lead) == before
    async with database.transaction(cast.org_id) as tx:
        await complete_assignment(tx, cast.manager.actor, lead, "qualified", NOW + 3 * HOUR)
    kinds = "SELECT kind, met_by, stopped_at IS NOT NULL FROM sla_clocks ORDER BY kind"
    assert await rows(database, cast, kinds) == [
        ("assign", "assigned", False),
        ("first_touch", None, True),
        ("qualify", "completed", False),
    ]
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(None,)]


async def test_a_lead_that_was_accepted_is_left_alone(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.manager.actor, lead, NOW + HOUR)
    await sweep(database, 1.01, 2.01, 4.01, 99)
    assert await events(database, cast, lead) == []
    assert len(await owners(database, cast, lead)) == 1


async def test_where_accepting_is_no_touch_the_clock_runs_on(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast), touches=["call"])
    [lead] = await arrive(database, cast, NOW)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, cast.manager.actor, lead, NOW)
    assert await rows(database, cast, "SELECT status, sla_due_at FROM leads") == [("working", NOW + HOUR)]
    await sweep(database, 1.01)
    assert [status for _, status in await owners(database, cast, lead)] == ["reassigned", "assigned"]


async def test_who_handed_a_lead_back_is_not_given_it_by_the_clock(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    async with database.transaction(cast.org_id) as tx:
        await reject_assignment(tx, cast.manager.actor, lead, "No", NOW)
    [(first, _), (second, _)] = await owners(database, cast, lead)
    await sweep(database, 1.01, 2.01, 4.01)
    assert [owner for owner, _ in await owners(database, cast, lead)] == [first, second, cast.owner.id]


async def test_a_rung_comes_again_until_the_ladder_says_otherwise(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast), ladder=[REMIND | {"repeat_minutes": 10}])
    [lead] = await arrive(database, cast, NOW)
    for minute in range(61):
        await sweep_clocks(database, NOW + timedelta(minutes=minute))
    assert await events(database, cast, lead) == ["sla.reminded"] * 3  # at 31, 42 and 53 minutes


async def test_of_two_workers_on_the_same_clocks_one_moves_them(cast: Cast, database: Database) -> None:
    """Both read the clocks before either has written; neither waits for the organisation's turn."""
    await publish(database, cast, NOW, to_team(cast), ladder=[REMIND])
    leads = await arrive(database, cast, NOW, 20)
    both_read = asyncio.Barrier(2)

    async def work() -> int:
        async with database.transaction(cast.org_id) as tx:
            execute = tx.execute

            async def meet_before_writing(statement: object, *args: object, **more: object) -> object:
                if "UPDATE sla_clocks AS c\n    SET breached_at" in str(statement):
                    await both_read.wait()
                return await execute(statement, *args, **more)  # type: ignore[call-overload]

            tx.execute = meet_before_writing  # type: ignore[method-assign]
            return (await sweep_chunk(tx, cast.org_id, NOW + 0.6 * HOUR))[1]

    assert sorted(await asyncio.gather(work(), work())) == [0, 20]
    for lead in leads:
        assert await events(database, cast, lead) == ["sla.reminded"]


async def test_many_workers_do_each_thing_once(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    leads = await arrive(database, cast, NOW, 30)
    await asyncio.gather(*(sweep_clocks(database, NOW + 1.01 * HOUR) for _ in range(4)))
    for lead in leads:
        assert await events(database, cast, lead) == ["sla.breached"]
        assert [status for _, status in await owners(database, cast, lead)] == ["reassigned", "assigned"]
    loads = dict(await rows(database, cast, "SELECT rep_id, open_count FROM rep_loads WHERE open_count > 0"))
    assert sum(loads.values()) == 30


async def test_whoever_touches_a_lead_as_the_sweep_comes_by_keeps_it_or_has_lost_it_never_both(
    cast: Cast, database: Database
) -> None:
    await publish(database, cast, NOW, to_team(cast))
    leads = await arrive(database, cast, NOW, 10)

    async def accept(lead: object) -> None:
        async with database.transaction(cast.org_id) as tx:
            await accept_assignment(tx, cast.manager.actor, lead, NOW + HOUR)  # type: ignore[arg-type]

    await asyncio.gather(sweep_clocks(database, NOW + 1.01 * HOUR), *(accept(lead) for lead in leads))
    state = (
        "SELECT l.owner_id = a.rep_id, a.status, count(c.id) FILTER (WHERE c.met_at IS NULL AND c.stopped_at IS NULL) "
        "FROM leads AS l JOIN assignments AS a ON a.lead_id = l.id AND a.status IN ('assigned','accepted','working') "
        "JOIN sla_clocks AS c ON c.lead_id = l.id GROUP BY l.id, l.owner_id, a.rep_id, a.status"
    )
    found = await rows(database, cast, state)
    assert len(found) == 10
    assert set(found) <= {(True, "accepted", 0), (True, "assigned", 1)}


async def test_sweeping_forty_takes_the_statements_of_sweeping_two(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    taken = []
    for number, start in ((2, 0), (40, 10)):
        await arrive(database, cast, NOW + start * HOUR, number)
        with statements_of(database) as sent:
            async with database.transaction(cast.org_id) as tx:
                assert await sweep_chunk(tx, cast.org_id, NOW + (start + 1.01) * HOUR) == (number, number)
        await rows(database, cast, "DELETE FROM leads")
        taken.append(len(sent))
    assert taken[0] == taken[1], taken


async def test_the_timeline_tells_it_in_the_order_it_happened(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    await sweep(database, 1.01)
    told = await events(database, cast, lead, "")
    assert told == ["lead.created", "assignment.created", "sla.breached", "assignment.withdrawn", "assignment.created"]


async def test_every_lead_received_has_exactly_one_outcome_at_every_hour(cast: Cast, database: Database) -> None:
    """Rules to a team, a queue and nobody; handed back, taken, passed on and escalated as the hours go by."""
    text_is = {"field": "lead.title", "op": "eq"}
    team = to_team(cast, hours=2) | {"conditions": {"all": [text_is | {"value": "Buyer"}]}}
    queue = to_queue(hours=3) | {"id": "r2", "conditions": {"all": [text_is | {"value": "Clerk"}]}}
    await publish(database, cast, NOW, team, queue)
    received = []
    for hour in range(14):
        for title in ("Buyer", "Clerk", None):
            received += await arrive(database, cast, NOW + hour * HOUR, 2, title=title)
        if hour % 3 == 1:
            async with database.transaction(cast.org_id) as tx:
                await reject_assignment(tx, cast.manager.actor, received[6 * hour], "No", NOW + hour * HOUR)
        await sweep_clocks(database, NOW + (hour + 0.5) * HOUR)
        counted = await rows(database, cast, "SELECT outcome, count(*) FROM leads GROUP BY outcome")
        assert {outcome for outcome, _ in counted} <= set(Outcome)
        assert sum(number for _, number in counted) == len(received)
        owned = (
            "SELECT count(*) FROM leads AS l WHERE (l.outcome = 'assigned') <> (l.owner_id IS NOT NULL) "
            "OR (l.owner_id IS NOT NULL) <> EXISTS (SELECT FROM assignments AS a WHERE a.lead_id = l.id "
            "AND a.rep_id = l.owner_id AND a.status IN ('assigned', 'accepted', 'working'))"
        )
        assert await rows(database, cast, owned) == [(0,)]
        untimed = (
            "SELECT count(*) FROM leads AS l WHERE NOT EXISTS (SELECT FROM sla_clocks AS c WHERE c.lead_id = l.id "
            "AND c.kind = CASE WHEN l.outcome IN ('assigned', 'queued') THEN 'first_touch' ELSE 'assign' END "
            "AND c.met_at IS NULL AND c.stopped_at IS NULL)"
        )
        assert await rows(database, cast, untimed) == [(0,)]
    assert await rows(database, cast, "SELECT count(*) FROM leads WHERE owner_id = :seat", seat=cast.owner.id) > [(0,)]


async def test_a_paused_lead_in_a_queue_stays_paused_when_it_is_edited(
    cast: Cast, database: Database, clients: Clients
) -> None:
    now = utc_now()
    await publish(database, cast, now, to_queue())
    [lead] = await arrive(database, cast, now)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, cast.manager.actor, lead, "Waits", now)
    edited = await (await clients.of(cast.manager)).patch(f"/api/leads/{lead}", json={"title": "COO"})
    assert edited.status_code == 200
    clocks = "SELECT paused_at IS NOT NULL, stopped_at FROM sla_clocks WHERE kind = 'first_touch'"
    assert await rows(database, cast, clocks) == [(True, None)]


async def test_leads_whose_business_is_over_have_no_clock_that_runs(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    await rows(database, cast, "UPDATE leads SET status = 'archived'")
    await sweep(database, 9)
    assert await events(database, cast, lead) == []
    assert await rows(database, cast, "SELECT count(*) FROM sla_clocks WHERE next_step_at IS NOT NULL") == [(0,)]
