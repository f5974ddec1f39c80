"""Touches, pauses, acknowledgements: what stops a clock, what lets it stand still, and who may."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.casting import Cast, Clients, Member
from tests.routing.timed import arrive, events, owners, publish, rows, to_queue, to_team

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.errors import Forbidden
from oppspot.routing.errors import NothingPaused, NothingRuns, NothingToAcknowledge, NotYourLead
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.giving import give_leads
from oppspot.routing.services.running import acknowledge_clocks, pause_clocks, resume_clocks
from oppspot.routing.services.sweeping import sweep_clocks
from oppspot.routing.services.touches import record_touch

pytestmark = [pytest.mark.anyio, pytest.mark.db]
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
NOW = FRIDAY + timedelta(hours=9)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TOUCH = "SELECT met_at, met_by, due_at, breached_at FROM sla_clocks WHERE kind = 'first_touch'"
STATUSES = "SELECT a.status, l.status, l.sla_due_at FROM assignments AS a JOIN leads AS l ON l.id = a.lead_id"


async def holder(database: Database, cast: Cast, lead: UUID) -> Member:
    held = (await owners(database, cast, lead))[-1][0]
    return next(rep for rep in cast.reps if rep.id == held)


async def test_a_call_stops_the_clock_and_makes_the_lead_work(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        assert await record_touch(tx, rep.actor, lead, "call", "Wants a quote", NOW + HOUR / 2)
    assert await rows(database, cast, TOUCH) == [(NOW + HOUR / 2, "call", NOW + HOUR, None)]
    assert await rows(database, cast, STATUSES) == [("working", "working", None)]
    told = "SELECT payload ->> 'kind', payload ->> 'note' FROM timeline_events WHERE name = 'lead.touched'"
    assert await rows(database, cast, told) == [("call", "Wants a quote")]
    await sweep_clocks(database, NOW + 99 * HOUR)
    assert await events(database, cast, lead) == []


@pytest.mark.parametrize("kind", ["call", "email", "meeting", "message"])
async def test_only_what_the_policy_names_is_a_touch(cast: Cast, database: Database, kind: str) -> None:
    await publish(database, cast, NOW, to_team(cast), touches=["call"])
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await accept_assignment(tx, rep.actor, lead, NOW)
        assert await record_touch(tx, rep.actor, lead, kind, "", NOW) is (kind == "call")  # type: ignore[arg-type]
    [(met_at, met_by, _, _)] = await rows(database, cast, TOUCH)
    assert (met_at, met_by) == ((NOW, "call") if kind == "call" else (None, None))
    due = None if kind == "call" else NOW + HOUR
    assert await rows(database, cast, STATUSES) == [("working", "working", due)]
    assert await events(database, cast, lead, "lead.touched") == ["lead.touched"]


@pytest.mark.parametrize("kind", ["call", "email"])
async def test_only_a_touch_that_counts_is_what_a_rule_asked_of_the_new_owner(
    cast: Cast, database: Database, kind: str
) -> None:
    await publish(database, cast, NOW, to_team(cast, settings={"auto_followup": True}), touches=["call"])
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, rep.actor, lead, kind, "", NOW)  # type: ignore[arg-type]
    done = await rows(database, cast, "SELECT done_at IS NOT NULL FROM tasks")
    assert done == [(kind == "call",)]


async def test_a_touch_that_comes_late_is_late_also_before_the_sweep(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, rep.actor, lead, "email", "", NOW + 2 * HOUR)
    assert await rows(database, cast, TOUCH) == [(NOW + 2 * HOUR, "email", NOW + HOUR, NOW + 2 * HOUR)]
    assert await rows(database, cast, "SELECT sla_breached_at FROM assignments") == [(NOW + 2 * HOUR,)]


async def test_nobody_touches_for_somebody_else_but_who_assigns(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    (other,) = set(cast.reps) - {rep}
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(NotYourLead):
            await record_touch(tx, other.actor, lead, "call", "", NOW)
        assert await record_touch(tx, cast.manager.actor, lead, "call", "", NOW)


async def test_a_pause_moves_the_due_moment_and_nothing_happens_meanwhile(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "Back on Monday", NOW + HOUR / 4)
        with pytest.raises(NothingRuns):
            await pause_clocks(tx, rep.actor, lead, "Again", NOW + HOUR / 4)
    dues = "SELECT l.sla_due_at, a.sla_due_at FROM leads AS l JOIN assignments AS a ON a.lead_id = l.id"
    assert await rows(database, cast, dues) == [(None, None)]
    await sweep_clocks(database, NOW + 50 * HOUR)
    assert await events(database, cast, lead) == ["sla.paused"]
    async with database.transaction(cast.org_id) as tx:
        await resume_clocks(tx, rep.actor, lead, NOW + 50.25 * HOUR)
        with pytest.raises(NothingPaused):
            await resume_clocks(tx, rep.actor, lead, NOW + 50.25 * HOUR)
    due = NOW + 51 * HOUR
    assert await rows(database, cast, dues) == [(due, due)]
    await sweep_clocks(database, NOW + 50.51 * HOUR)
    assert await events(database, cast, lead) == ["sla.paused", "sla.resumed", "sla.reminded"]


async def test_a_pause_ends_when_it_was_said_to_however_late_that_is_noticed(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep, until = await holder(database, cast, lead), NOW + 10 * HOUR
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "On leave", NOW + HOUR / 4, until)
    for early in (until - MINUTE, until):  # also by a machine whose clock is behind the others'
        await sweep_clocks(database, early)
    assert await events(database, cast, lead) == ["sla.paused"]
    await sweep_clocks(database, until + HOUR / 2)
    clock = "SELECT due_at, paused_at, paused_until, pause_reason, paused_seconds FROM sla_clocks WHERE kind = :kind"
    due = until + 0.75 * HOUR
    assert await rows(database, cast, clock, kind="first_touch") == [(due, None, None, None, 9.75 * 3600)]
    dues = "SELECT l.sla_due_at, a.sla_due_at FROM leads AS l JOIN assignments AS a ON a.lead_id = l.id"
    assert await rows(database, cast, dues) == [(due, due)]
    assert await events(database, cast, lead) == ["sla.paused", "sla.resumed"]
    told = "SELECT payload ->> 'reason_was' FROM timeline_events WHERE name = 'sla.resumed'"
    assert await rows(database, cast, told) == [("On leave",)]
    await sweep_clocks(database, until + HOUR / 2 + MINUTE)
    assert await events(database, cast, lead) == ["sla.paused", "sla.resumed", "sla.reminded"]
    await sweep_clocks(database, due + MINUTE)
    assert "sla.breached" in await events(database, cast, lead)


async def test_clocks_that_stand_still_together_run_on_together_by_the_hours_of_whoever_has_the_lead(
    cast: Cast, database: Database
) -> None:
    """Paused from Friday 13:00 until Monday 10:00: five hours of theirs, for the touch as for the verdict."""
    week = '{"mon":[["09:00","17:00"]],"fri":[["09:00","17:00"]]}'
    await rows(database, cast, "UPDATE rep_profiles SET working_hours = CAST(:week AS jsonb)", week=week)
    await publish(database, cast, NOW, to_team(cast, hours=4), business_hours=True, qualify_hours=4)
    [lead] = await arrive(database, cast, FRIDAY + 11 * HOUR)
    rep, until = await holder(database, cast, lead), FRIDAY + timedelta(days=3, hours=10)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "Weekend", FRIDAY + 13 * HOUR, until)
    await sweep_clocks(database, until + MINUTE)
    due = FRIDAY + timedelta(days=3, hours=12)
    clocks = "SELECT kind, due_at FROM sla_clocks WHERE kind <> 'assign' ORDER BY kind"
    assert await rows(database, cast, clocks) == [("first_touch", due), ("qualify", due)]
    assert await events(database, cast, lead) == ["sla.paused", "sla.resumed"]


async def test_a_pause_ends_by_itself_also_for_whoever_is_given_the_lead(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    (other,) = set(cast.reps) - {rep}
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "Waits", NOW + HOUR / 2, NOW + 2 * HOUR)
        await give_leads(tx, cast.manager.actor, [lead], other.id, "", NOW + HOUR)
    await sweep_clocks(database, NOW + 2 * HOUR + MINUTE)
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(NOW + 2.5 * HOUR,)]
    assert await owners(database, cast, lead) == [(rep.id, "reassigned"), (other.id, "assigned")]


async def test_a_pause_that_was_ended_and_made_anew_is_not_ended_by_the_first_one(
    cast: Cast, database: Database
) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "On leave", NOW, NOW + HOUR)
        await resume_clocks(tx, rep.actor, lead, NOW + HOUR / 4)
        await pause_clocks(tx, rep.actor, lead, "Ill", NOW + HOUR / 2)
    await sweep_clocks(database, NOW + 9 * HOUR)
    assert await events(database, cast, lead) == ["sla.paused", "sla.resumed", "sla.paused"]
    assert await rows(database, cast, "SELECT pause_reason FROM sla_clocks WHERE kind = 'first_touch'") == [("Ill",)]


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2027-01-01T09:00:00", "soon"])
async def test_an_end_that_is_none_is_refused_by_name(
    cast: Cast, clients: Clients, database: Database, until: str
) -> None:
    await publish(database, cast, utc_now(), to_team(cast))
    [lead] = await arrive(database, cast, utc_now())
    manager = await clients.of(cast.manager)
    answer = await manager.post(f"/api/leads/{lead}/pause", json={"reason": "On leave", "until": until})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "until")
    page = await manager.post(f"/leads/{lead}/pause", data={"reason": "On leave", "until": until[:10]})
    assert page.status_code == (303 if until.startswith("2027") else 422)


async def test_a_pause_over_a_weekend_costs_its_working_hours_only(cast: Cast, database: Database) -> None:
    """Four working hours from Friday 11:00, paused from 13:00 until Monday 10:00: due on Monday at noon."""
    week = '{"mon":[["09:00","17:00"]],"fri":[["09:00","17:00"]]}'
    await rows(database, cast, "UPDATE rep_profiles SET working_hours = CAST(:week AS jsonb)", week=week)
    await publish(database, cast, NOW, to_team(cast, hours=4), business_hours=True)
    [lead] = await arrive(database, cast, FRIDAY + 11 * HOUR)
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(FRIDAY + 15 * HOUR,)]
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "Weekend", FRIDAY + 13 * HOUR)
        await resume_clocks(tx, rep.actor, lead, FRIDAY + timedelta(days=3, hours=10))
    due = FRIDAY + timedelta(days=3, hours=12)
    clock = "SELECT due_at, paused_seconds, next_step_at, next_action FROM sla_clocks WHERE kind = 'first_touch'"
    assert await rows(database, cast, clock) == [(due, 5 * 3600, FRIDAY + timedelta(days=3, hours=10), "remind")]
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(due,)]


async def test_a_lead_due_over_the_weekend_is_not_late_before_monday(cast: Cast, database: Database) -> None:
    week = '{"mon":[["09:00","17:00"]],"fri":[["09:00","17:00"]]}'
    await rows(database, cast, "UPDATE rep_profiles SET working_hours = CAST(:week AS jsonb)", week=week)
    await publish(database, cast, NOW, to_team(cast, hours=2), business_hours=True)
    [lead] = await arrive(database, cast, FRIDAY + 16 * HOUR)
    await sweep_clocks(database, FRIDAY + timedelta(days=2, hours=20))
    assert await events(database, cast, lead) == ["sla.reminded"]  # half of it was gone on Friday evening
    await sweep_clocks(database, FRIDAY + timedelta(days=3, hours=10, minutes=1))
    assert await events(database, cast, lead) == ["sla.reminded", "sla.breached"]


async def test_a_paused_clock_stays_paused_for_whoever_is_given_the_lead(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    (other,) = set(cast.reps) - {rep}
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, rep.actor, lead, "Waits", NOW + HOUR / 2)
        await give_leads(tx, cast.manager.actor, [lead], other.id, "", NOW + HOUR)
        await resume_clocks(tx, other.actor, lead, NOW + 2 * HOUR)
    assert await rows(database, cast, "SELECT sla_due_at FROM leads") == [(NOW + 2.5 * HOUR,)]


async def test_only_managers_pause_what_lies_in_a_queue(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_queue())
    [lead] = await arrive(database, cast, NOW)
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(Forbidden):
            await pause_clocks(tx, cast.rep.actor, lead, "Waits", NOW)
        await pause_clocks(tx, cast.manager.actor, lead, "Waits", NOW)
    await sweep_clocks(database, NOW + 9 * HOUR)
    assert await events(database, cast, lead) == ["sla.paused"]


async def test_an_acknowledged_rung_does_not_come_again_and_a_higher_one_does(cast: Cast, database: Database) -> None:
    ladder = [
        {"at_percent": 100, "action": "remind", "repeat_minutes": 10},
        {"at_percent": 200, "action": "escalate_to_manager"},
    ]
    await publish(database, cast, NOW, to_team(cast), ladder=ladder)
    [lead] = await arrive(database, cast, NOW)
    rep = await holder(database, cast, lead)
    async with database.transaction(cast.org_id) as tx:
        with pytest.raises(NothingToAcknowledge):
            await acknowledge_clocks(tx, rep.actor, lead, NOW)
    for minutes in (61, 72):
        await sweep_clocks(database, NOW + timedelta(minutes=minutes))
    async with database.transaction(cast.org_id) as tx:
        await acknowledge_clocks(tx, rep.actor, lead, NOW + timedelta(minutes=73))
        await acknowledge_clocks(tx, rep.actor, lead, NOW + timedelta(minutes=74))
    for minutes in range(75, 125):
        await sweep_clocks(database, NOW + timedelta(minutes=minutes))
    told = ["sla.breached", "sla.reminded", "sla.reminded", "sla.acknowledged", "sla.escalated"]
    assert await events(database, cast, lead) == told
    acknowledged = "SELECT acknowledged_at FROM sla_clocks WHERE kind = 'first_touch'"
    assert await rows(database, cast, acknowledged) == [(None,)]  # the rung to the managers is yet to be answered for


async def test_the_api_touches_pauses_resumes_and_acknowledges(
    clients: Clients, cast: Cast, database: Database
) -> None:
    start = utc_now() - HOUR * 0.6
    await publish(database, cast, start, to_team(cast))
    [lead] = await arrive(database, cast, start)
    await sweep_clocks(database, utc_now())
    rep = await holder(database, cast, lead)
    browser = await clients.of(rep)
    where = f"/api/leads/{lead}"
    clocks = (await browser.get(f"{where}/clocks")).json()
    assert [(item["kind"], item["verdict"]) for item in clocks["items"]] == [
        ("first_touch", "undecided"),
        ("assign", "in_time"),
    ]
    assert clocks["items"][0]["next_action"] == "reassign"
    assert clocks["system_delay"] == {"seconds": 0, "over": True}
    assert clocks["human_delay"]["over"] is False
    assert clocks["human_delay"]["seconds"] == pytest.approx(2160, abs=30)
    assert (await browser.post(f"{where}/acknowledge")).json()["items"][0]["acknowledged_by"] == rep.name
    assert (await browser.post(f"{where}/pause", json={"reason": " "})).status_code == 422
    paused = await browser.post(f"{where}/pause", json={"reason": "Waits for their board"})
    assert paused.json()["items"][0]["pause_reason"] == "Waits for their board"
    refused = await browser.post(f"{where}/pause", json={"reason": "Again"})
    assert (refused.status_code, refused.json()["title"]) == (409, "Nothing runs")
    assert (await browser.post(f"{where}/resume")).json()["items"][0]["paused_at"] is None
    assert (await browser.post(f"{where}/resume")).status_code == 409
    touched = await browser.post(f"{where}/touches", json={"kind": "call", "note": "Spoke to Ada"})
    assert (touched.status_code, touched.json()["counts"]) == (201, True)
    assert touched.json()["clocks"]["human_delay"]["over"] is True
    assert (await browser.post(f"{where}/touches", json={"kind": "smoke"})).status_code == 422
    viewer = await clients.of(cast.viewer)
    assert (await viewer.post(f"{where}/touches", json={"kind": "call"})).status_code == 403
    delays = (await browser.get("/api/qualification/routing/delays")).json()
    assert (delays["human"]["in_time"], delays["human"]["in_sla"], delays["system"]["p90_seconds"]) == (1, 1.0, 0)
