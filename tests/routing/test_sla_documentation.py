"""docs/sla.md says what the code does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.casting import Cast
from tests.routing.timed import arrive, publish, rows, to_team

from oppspot.calendars.types import Calendar
from oppspot.core.db import Database
from oppspot.routing.clocks import Clock, ClockKind, resume
from oppspot.routing.delays import Wait, percentile
from oppspot.routing.ladders import ladder_of
from oppspot.routing.policies import LadderRung, SlaPolicy
from oppspot.routing.services.assignments import accept_assignment
from oppspot.routing.services.sweeping import sweep_clocks
from oppspot.routing.services.touches import record_touch
from oppspot.routing.sla import DEFAULT_SLA_HOURS, first_touch_due

PAGE = Path(__file__).parents[2].joinpath("docs", "sla.md").read_text(encoding="utf-8")
WORKING = (Calendar(week=(((540, 1020),),) * 5 + ((),) * 2),)
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = {"Friday": 0, "Saturday": 1, "Monday": 3}
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def table(first_column: str) -> Iterator[list[str]]:
    """Yield the rows of the table that starts with this column."""
    _, found, after = PAGE.partition(f"| {first_column} |")
    assert found, first_column
    for line in after.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def moment(words: str) -> datetime:
    day, clock = words.split()
    return FRIDAY + timedelta(days=DAYS[day]) + HOUR * int(clock[:2]) + MINUTE * int(clock[3:])


def hours(words: str) -> float:
    return float(words.removesuffix(" h"))


def minutes(words: str) -> timedelta:
    return MINUTE * int(words.removesuffix(" min"))


def test_the_clocks_are_described_with_what_they_allow() -> None:
    policy = SlaPolicy()
    assert {clock: allowed.replace("`", "") for clock, _, _, allowed, _ in table("clock")} == {
        ClockKind.ASSIGN: f"sla.assign_minutes, {policy.assign_minutes:g}",
        ClockKind.FIRST_TOUCH: f"the rule's sla_hours, {DEFAULT_SLA_HOURS:g}",
        ClockKind.QUALIFY: "sla.qualify_hours, not kept",
    }
    assert policy.qualify_hours is None


@pytest.mark.parametrize("row", list(table("the lead comes")), ids=" ".join)
def test_business_time_is_counted_as_described(row: list[str]) -> None:
    comes, allowed, due = row
    policy = SlaPolicy(business_hours=True)
    assert first_touch_due(moment(comes), hours(allowed), WORKING, policy) == moment(due)


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize("row", list(table("what somebody does")), ids=lambda row: row[0])
async def test_what_counts_as_a_touch_is_as_described(cast: Cast, database: Database, row: list[str]) -> None:
    kind, shipped, stricter = row
    found = []
    for policy in ({}, {"touches": ["call", "meeting"]}):
        await publish(database, cast, FRIDAY, to_team(cast), **policy)
        [lead] = await arrive(database, cast, FRIDAY)
        async with database.transaction(cast.org_id) as tx:
            if kind == "accepted":
                await accept_assignment(tx, cast.manager.actor, lead, FRIDAY)
            else:
                await record_touch(tx, cast.manager.actor, lead, kind, "", FRIDAY)  # type: ignore[arg-type]
        clock = "SELECT met_by FROM sla_clocks WHERE lead_id = :lead AND kind = 'first_touch'"
        [(met_by,)] = await rows(database, cast, clock, lead=lead)
        found.append("met" if met_by == kind else "runs on")
    assert found == [shipped, stricter]


def rungs() -> list[list[str]]:
    return list(table("of the time"))


def test_the_ladder_that_ships_is_as_described() -> None:
    described = [(int(percent.removesuffix(" %")), minutes(after), action) for percent, after, action, _ in rungs()]
    ladder = ladder_of(SlaPolicy(), HOUR)
    assert described == [(round(rung.after / HOUR * 100), rung.after, rung.action) for rung in ladder]


def test_a_ladder_without_an_end_ends_as_described() -> None:
    assert "gets it at 400 %, or at twice its last rung" in PAGE
    assert ladder_of(SlaPolicy(ladder=()), HOUR)[-1].after == 4 * HOUR
    late = SlaPolicy(ladder=(LadderRung(at_percent=300, action="remind"),))
    assert ladder_of(late, HOUR)[-1].after == 6 * HOUR


@pytest.mark.anyio
@pytest.mark.db
async def test_the_worked_example_is_what_the_sweep_does(cast: Cast, database: Database) -> None:
    await publish(database, cast, FRIDAY, to_team(cast), seat_id=str(cast.manager.id))
    [lead] = await arrive(database, cast, FRIDAY)
    told = []
    for minute in range(600):
        await sweep_clocks(database, FRIDAY + minute * MINUTE)
        told.append(await _told(database, cast, minute))
    assert len(await rows(database, cast, "SELECT id FROM leads WHERE id = :lead", lead=lead)) == 1
    assert [line for line in told if line] == list(table("time gone"))


_TOLD = """
    SELECT name FROM timeline_events WHERE at = :at AND (name LIKE 'sla.%' OR name LIKE 'assignment.%') ORDER BY id
"""


async def _told(database: Database, cast: Cast, minute: int) -> list[str] | None:
    names = [name for (name,) in await rows(database, cast, _TOLD, at=FRIDAY + minute * MINUTE)]
    if not names:
        return None
    [(owner,)] = await rows(database, cast, "SELECT u.name FROM leads AS l JOIN users AS u ON u.id = l.owner_id")
    return [f"{minute} min", ", ".join(names), owner.split()[0]]


@pytest.mark.parametrize("row", list(table("paused")), ids=" ".join)
def test_pauses_move_what_is_due_as_described(row: list[str]) -> None:
    paused, resumed, span, due = row
    clock = Clock(ClockKind.FIRST_TOUCH, FRIDAY + 11 * HOUR, FRIDAY + 15 * HOUR, 4 * HOUR)
    if paused != "never":
        clock = resume(replace(clock, paused_at=moment(paused)), moment(resumed), WORKING)
    assert clock.due_at == moment(due)
    assert clock.paused == HOUR * hours(span)


def test_percentiles_are_as_described() -> None:
    touched = [Wait(MINUTE * each, answered=True) for each in (10, 20, 30)]
    waiting = [Wait(MINUTE * each, answered=False) for each in (15, 40)]
    counted = {"with those that wait": touched + waiting, "without them": touched}
    for name, *cells in table("counted"):
        found = [percentile(counted[name], share) for share in (0.5, 0.9)]
        assert [f"{span // MINUTE} min" if span else "unknown" for span in found] == cells
