"""Delays: the system's and people's apart; whoever waits still is counted as waiting, never left out."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.casting import Cast
from tests.routing.timed import arrive, owners, publish, rows, to_team

from oppspot.core.db import Database
from oppspot.routing.delays import Verdict, Wait, percentile, summarise_delay, verdict_of
from oppspot.routing.queries.delays import Delays, LeadDelays, measure_delays, measure_lead
from oppspot.routing.services.books import load_book
from oppspot.routing.services.running import pause_clocks
from oppspot.routing.services.sweeping import sweep_clocks
from oppspot.routing.services.touches import record_touch

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
waits = st.lists(
    st.builds(Wait, st.integers(0, 30).map(lambda minutes: timedelta(minutes=minutes)), st.booleans()), max_size=40
)


def answered(*hours: float) -> list[Wait]:
    return [Wait(HOUR * each, answered=True) for each in hours]


def test_half_of_the_leads_are_answered_within_the_median() -> None:
    assert percentile(answered(1, 2, 3, 4), 0.5) == 2 * HOUR
    assert percentile(answered(1, 2, 3, 4), 0.9) == 4 * HOUR
    assert percentile([], 0.5) is None


def test_leads_that_wait_still_make_it_longer_and_never_shorter() -> None:
    fast = answered(1, 1, 1, 1)
    waiting = [Wait(5 * HOUR, answered=False)] * 6
    assert percentile(fast, 0.9) == HOUR
    assert percentile(fast + waiting, 0.4) == HOUR
    assert percentile(fast + waiting, 0.5) is None  # more than half of them have no answer yet


def test_a_lead_that_has_just_come_says_little() -> None:
    assert percentile([*answered(1, 2, 3, 4), Wait(timedelta(), answered=False)], 0.5) == 2 * HOUR


@given(waits, st.sampled_from([0.25, 0.5, 0.9]))
def test_the_estimate_is_that_of_kaplan_and_meier(given_waits: list[Wait], share: float) -> None:
    """Against the definition: the product over answers of those who go on waiting among those who wait."""
    expected, waiting = None, 1.0
    for span in sorted({wait.span for wait in given_waits if wait.answered}):
        at_risk = sum(wait.span >= span for wait in given_waits)
        waiting *= 1 - sum(wait.answered and wait.span == span for wait in given_waits) / at_risk
        if waiting <= 1 - share + 1e-9:
            expected = span
            break
    assert percentile(given_waits, share) == expected


@given(waits)
def test_with_all_answered_it_is_the_plain_percentile(given_waits: list[Wait]) -> None:
    spans = sorted(wait.span for wait in given_waits)
    everybody = [Wait(span, answered=True) for span in spans]
    expected = next((span for number, span in enumerate(spans, 1) if number / len(spans) >= 0.5), None)
    assert percentile(everybody, 0.5) == expected


def test_a_promise_is_kept_broken_open_or_taken_back() -> None:
    def verdict(**moments: datetime) -> Verdict:
        known = dict.fromkeys(("met_at", "stopped_at", "breached_at", "paused_at")) | moments
        return verdict_of(NOW, NOW + HOUR, **known)

    assert verdict(met_at=NOW) is Verdict.IN_TIME
    assert verdict(met_at=NOW + HOUR) is Verdict.LATE
    assert verdict(stopped_at=NOW - HOUR) is Verdict.WITHDRAWN
    assert verdict(stopped_at=NOW, breached_at=NOW) is Verdict.LATE
    assert verdict() is Verdict.LATE
    assert verdict(paused_at=NOW - HOUR) is Verdict.UNDECIDED


def test_what_cannot_be_told_yet_is_in_no_share() -> None:
    delay = summarise_delay(answered(1), dict.fromkeys(Verdict, 1), waiting=0)
    assert (delay.in_time, delay.late, delay.undecided, delay.in_sla) == (1, 1, 1, 0.5)
    assert summarise_delay([], {Verdict.UNDECIDED: 1}, waiting=1).in_sla is None


async def measured(database: Database, cast: Cast, now: datetime) -> Delays:
    async with database.transaction(cast.org_id) as tx:
        return await measure_delays(tx, cast.org_id, await load_book(tx, cast.org_id, now, NOW), now, NOW)


async def of_lead(database: Database, cast: Cast, lead: object, now: datetime) -> LeadDelays:
    async with database.transaction(cast.org_id) as tx:
        return await measure_lead(tx, cast.org_id, lead, await load_book(tx, cast.org_id, now, NOW), now)  # type: ignore[arg-type]


@pytest.mark.anyio
@pytest.mark.db
async def test_time_in_a_lead_is_split_between_the_system_and_people(cast: Cast, database: Database) -> None:
    """Nobody can take it for an hour; then it is Rita's, who does not, and Ravi's, who calls after 12 minutes."""
    await publish(database, cast, NOW)
    [lead] = await arrive(database, cast, NOW)
    assert await of_lead(database, cast, lead, NOW + HOUR / 2) == LeadDelays(Wait(HOUR / 2, answered=False), None)
    from oppspot.corridor.jobs import route_unrouted  # noqa: PLC0415 — the corridor's own way back in

    await publish(database, cast, NOW, to_team(cast))
    await route_unrouted(database, cast.org_id, type(lead)(int=0), NOW + HOUR)
    assert len(await owners(database, cast, lead)) == 1
    await sweep_clocks(database, NOW + 2.1 * HOUR)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, cast.manager.actor, lead, "call", "", NOW + 2.3 * HOUR)
    delays = await of_lead(database, cast, lead, NOW + 9 * HOUR)
    assert delays == LeadDelays(Wait(HOUR, answered=True), Wait(1.3 * HOUR, answered=True))
    whole = await measured(database, cast, NOW + 9 * HOUR)
    assert (whole.system.p50, whole.system.in_sla) == (HOUR, 0.0)  # five minutes were promised
    assert (whole.human.leads, whole.human.p50) == (1, 1.3 * HOUR)
    assert (whole.human.in_time, whole.human.late, whole.human.in_sla) == (1, 1, 0.5)


@pytest.mark.anyio
@pytest.mark.db
async def test_unanswered_leads_stay_in_the_measure(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast, hours=100))
    quick, *_slow = await arrive(database, cast, NOW, 4)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, cast.manager.actor, quick, "call", "", NOW + HOUR / 10)
    human = (await measured(database, cast, NOW + 9 * HOUR)).human
    assert (human.leads, human.waiting, human.p50, human.undecided, human.in_sla) == (4, 3, None, 3, 1.0)


@pytest.mark.anyio
@pytest.mark.db
async def test_pauses_are_nobodys_delay(cast: Cast, database: Database) -> None:
    await publish(database, cast, NOW, to_team(cast))
    [lead] = await arrive(database, cast, NOW)
    async with database.transaction(cast.org_id) as tx:
        await pause_clocks(tx, cast.manager.actor, lead, "Waits", NOW + HOUR / 4)
    assert (await of_lead(database, cast, lead, NOW + 30 * HOUR)).human == Wait(HOUR / 4, answered=False)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, cast.manager.actor, lead, "call", "", NOW + 31 * HOUR)
    assert (await of_lead(database, cast, lead, NOW + 40 * HOUR)).human == Wait(HOUR / 4, answered=True)
    assert await rows(database, cast, "SELECT sla_breached_at FROM assignments") == [(None,)]


@pytest.mark.anyio
@pytest.mark.db
async def test_people_are_timed_while_they_work(cast: Cast, database: Database) -> None:
    """Friday 16:00 to Monday 10:00 is two hours of somebody who works Mondays and Fridays, 9 to 17."""
    week = '{"mon":[["09:00","17:00"]],"fri":[["09:00","17:00"]]}'
    await rows(database, cast, "UPDATE rep_profiles SET working_hours = CAST(:week AS jsonb)", week=week)
    await publish(database, cast, NOW, to_team(cast), business_hours=True)
    [lead] = await arrive(database, cast, NOW + 7 * HOUR)
    monday = NOW + timedelta(days=3, hours=1)
    assert (await of_lead(database, cast, lead, monday)).human == Wait(2 * HOUR, answered=False)
    async with database.transaction(cast.org_id) as tx:
        await record_touch(tx, cast.manager.actor, lead, "call", "", monday)
    assert (await measured(database, cast, monday)).human.p50 == 2 * HOUR


_CLOCKS = """
    INSERT INTO sla_clocks (org_id, id, lead_id, kind, started_at, due_at, allowed_seconds, paused_seconds, met_at,
                            stopped_at, breached_at, paused_at)
    SELECT CAST(:org AS uuid), gen_random_uuid(), CAST(:lead AS uuid), 'first_touch', start, start + interval '1 hour',
           3600, n % 4 * 61,
           CASE WHEN n % 3 = 0 THEN finish END, CASE WHEN n % 3 > 0 THEN finish END,
           CASE WHEN n % 5 = 0 THEN finish END, CASE WHEN n % 7 = 0 THEN start + interval '7.000001 minutes' END
    FROM (SELECT n, :now - n * interval '1 day' AS start,
                 :now - n * interval '1 day' + (n * 997 % 200) * interval '61.000003 seconds' AS finish
          FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n) AS made
"""


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize("business_hours", [False, True])
async def test_what_is_measured_together_is_what_is_measured_lead_by_lead(
    cast: Cast, database: Database, business_hours: bool
) -> None:
    """However clocks ended: met, stopped, late, paused, several of one lead; and those that run still."""
    await publish(database, cast, NOW, to_team(cast, hours=100), business_hours=business_hours)
    leads = await arrive(database, cast, NOW, 12)
    made = {"org": str(cast.org_id), "now": NOW}
    for number, lead in enumerate(leads[:10]):
        await rows(database, cast, _CLOCKS, **made, lead=str(lead), first=number * 3 + 1, last=number * 4 + 1)
    now, since = NOW + 2 * HOUR, NOW - timedelta(days=60)
    async with database.transaction(cast.org_id) as tx:
        book = await load_book(tx, cast.org_id, now, since)
        whole = await measure_delays(tx, cast.org_id, book, now, since)
        waits = [(await measure_lead(tx, cast.org_id, lead, book, now)).human for lead in leads]
    clocks = await rows(
        database,
        cast,
        "SELECT due_at, met_at, stopped_at, breached_at, paused_at FROM sla_clocks WHERE kind = 'first_touch'",
    )
    names = ("met_at", "stopped_at", "breached_at", "paused_at")
    verdicts = Counter(verdict_of(due, now, **dict(zip(names, moments, strict=True))) for due, *moments in clocks)
    assert set(verdicts) == set(Verdict)
    waiting = sum(met is None and stopped is None for _, met, stopped, *_ in clocks)
    assert whole.human == summarise_delay([wait for wait in waits if wait], verdicts, waiting)
    assert whole.human.p50 is not None
