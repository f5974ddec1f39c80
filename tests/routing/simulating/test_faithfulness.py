"""Weeks of a real organisation come out of the simulator as they went in."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from tests.casting import Cast
from tests.routing.simulating.seasons import Season

from oppspot.core.db import Database
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.queries.simulations import get_simulation, list_moved
from oppspot.routing.services.simulating import begin_simulation, run_simulation

pytestmark = [pytest.mark.anyio, pytest.mark.db]


@pytest.fixture
def season(database: Database, cast: Cast) -> Season:
    return Season(database, cast)


async def simulated(season: Season, draft: RoutingDocument, weeks: int = 4, goes_on: int = 0) -> dict[str, Any]:
    """Return what comes of a draft; so many leads come while the simulation waits for a worker."""
    async with season.database.transaction(season.cast.org_id) as tx:
        simulation_id = await begin_simulation(tx, season.cast.manager.actor, draft, weeks, "A try", season.now)
    for _ in range(goes_on):
        season.later(minutes=1)
        await season.come()
    await run_simulation(season.database, season.cast.org_id, simulation_id, season.now)
    async with season.database.transaction(season.cast.org_id) as tx:
        found = await get_simulation(tx, season.cast.org_id, simulation_id)
        assert found.result is not None, found.problem
        return {**found.result, "moved": await list_moved(tx, season.cast.org_id, simulation_id)}


def faults_of(result: dict[str, Any]) -> tuple[int, int, int]:
    """Return how many decisions, ledgers and loads did not come to what was."""
    return result["unlike"], result["edits"], result["loads"]


def source_is(*names: str) -> dict[str, Any]:
    return {"all": [{"field": "lead.source", "op": "in", "value": list(names)}]}


async def limit(season: Season) -> None:
    """Rita runs full; Ravi, in New York, may be given so many an hour and a day."""
    await season.run("UPDATE rep_profiles SET max_open = 6 WHERE user_id = :id", id=season.cast.rep.id)
    await season.run(
        """UPDATE rep_profiles SET time_zone = 'America/New_York', limits =
        '[{"leads": 3, "per": "hour", "window": "rolling"}, {"leads": 12, "per": "day", "window": "fixed"}]'
        WHERE user_id = :id""",
        id=season.cast.other_rep.id,
    )


@pytest.mark.parametrize(
    "seed", [20, pytest.param(21, marks=pytest.mark.prove), pytest.param(24, marks=pytest.mark.prove)]
)
async def test_three_weeks_of_an_organisation_come_out_as_they_went_in(season: Season, seed: int) -> None:
    season.random = Random(seed)  # noqa: S311 — the same season each time
    await limit(season)
    await season.publish(
        season.rule(1, conditions=source_is("Phone"), assignment_target={"type": "queue", "id": "Calls"}),
        season.rule(2, sla_hours=5),
        policies={"fairness": {"algorithm": "value_balanced"}, "capacity": {"urgent": 2, "high": 2}},
    )
    for hour in range(60):
        await season.one_hour()
        if hour == 20:
            await season.publish(
                season.rule(1, conditions=source_is("Event"), settings={"fairness_scope": "rule"}),
                season.rule(2, routing_algorithm="weighted", sla_hours=3),
            )
        if hour == 40:
            live = await season.publish(
                season.rule(1, conditions=source_is("Phone"), assignment_target={"type": "queue", "id": "Desk"}),
                season.rule(2, routing_algorithm="weighted", settings={"capacity_planning": False}),
            )
        season.later(hours=8)
    outcomes = {row.outcome for row in await season.run("SELECT DISTINCT outcome FROM routing_decisions")}
    assert outcomes >= {"assigned", "queued", "pool_exhausted"}
    ended = {row.status for row in await season.run("SELECT DISTINCT status FROM assignments")}
    assert ended >= {"accepted", "completed", "rejected", "reassigned"}
    result = await simulated(season, live)
    assert result["decisions"] > 120
    assert faults_of(result) == (0, 0, 0)
    # Begun in the middle of things, it comes to what followed just as well.
    later = await simulated(season, live, weeks=1)
    assert 0 < later["decisions"] < result["decisions"]
    assert faults_of(later) == (0, 0, 0)


async def test_what_was_learnt_of_the_value_of_leads_meanwhile_is_taken_over(season: Season) -> None:
    """Whoever was given the least value goes first, and what a lead is worth is said of it again and again."""
    live = await season.publish(
        season.rule(1, settings={"band": 3}), policies={"fairness": {"algorithm": "value_balanced"}}
    )
    for number in range(40):
        worth = {"key": "budget.estimated_budget", "value": season.random.randrange(1, 40) * 1_000, "source": "form"}
        [lead_id] = await season.come(claims=[worth])
        season.later(minutes=20)
        if number % 2:
            await season.learn(lead_id, season.random.randrange(1, 90) * 1_000)
        season.later(minutes=20)
    reasons = [row.reason for row in await season.run("SELECT reason FROM routing_decisions")]
    assert sum("the one with the least value so far" in reason for reason in reasons) > 5
    assert faults_of(await simulated(season, live)) == (0, 0, 0)


async def test_decisions_are_taken_again_in_their_order_not_by_their_moments(season: Season) -> None:
    """Whoever waited for the organisation's turn decides later than another who asked a little after them."""
    live = await season.publish(season.rule(1))
    for _ in range(4):
        await season.come()
        season.later(milliseconds=-8)
        await season.come()
        season.later(hours=1)
    assert faults_of(await simulated(season, live)) == (0, 0, 0)


async def test_what_happens_while_it_waits_for_a_worker_is_not_part_of_it(season: Season) -> None:
    live = await season.publish(season.rule(1))
    await season.come(4)
    season.later(hours=1)
    assert (await simulated(season, live, goes_on=3))["decisions"] == 4


async def test_ledgers_start_anew_with_a_month(season: Season) -> None:
    live = await season.publish(season.rule(1), policies={"fairness": {"window": "month"}})
    season.now = datetime(2026, 8, 31, 20, tzinfo=UTC)
    for _ in range(9):
        await season.come()
        season.later(hours=1)
    assert faults_of(await simulated(season, live)) == (0, 0, 0)


async def test_leads_that_nobody_ever_touched_are_late_in_the_course_of_the_time(season: Season) -> None:
    live = await season.publish(season.rule(1, sla_hours=1), policies={"sla": {"ladder": []}})
    await season.come(12)
    held = await season.open()
    season.later(minutes=10)
    for one in held:
        if one.rep_id == season.cast.rep.id:
            await season.work("accept", one.lead_id)
    season.later(minutes=10)
    result = await simulated(season, live)
    assert (result["live"]["touches_known"], result["live"]["touches_in_time"]) == (6, 6)
    season.later(days=3)
    result = await simulated(season, live)
    assert (result["live"]["touches_known"], result["live"]["touches_in_time"]) == (12, 6)


async def test_another_queue_is_another_place(season: Season) -> None:
    await season.publish(season.rule(1, **to_queue("Calls")))
    await season.come(3)
    season.later(hours=1)
    result = await simulated(season, drafted(season.rule(1, **to_queue("Desk"))))
    assert {(lead["from"]["queue"], lead["to"]["queue"]) for lead in result["moved"]} == {("Calls", "Desk")}
    assert len(result["moved"]) == 3
    assert result["since"] is None


async def test_what_was_published_meanwhile_is_told_apart_from_what_is_tried(season: Season) -> None:
    await season.publish(season.rule(1, **to_queue("Calls")))
    await season.come(3, source="Web")
    await season.come(1, source="Event")
    season.later(hours=1)
    live = await season.publish(season.rule(1, **to_queue("Desk")))
    season.later(hours=1)
    result = await simulated(season, live)
    assert (result["trusted"], result["leads_moved"], result["since"]["leads_moved"]) == (True, 0, 4)
    assert (result["since"]["oldest_version"], result["since"]["live_version"]) == (1, 2)
    events = season.rule(1, conditions=source_is("Event"), **to_queue("Events"))
    result = await simulated(season, drafted(events, season.rule(2, **to_queue("Desk"))))
    [lead] = result["moved"]
    assert [lead[course]["queue"] for course in ("then", "from", "to")] == ["Calls", "Desk", "Events"]
    # Weeks that begin after it was published have nothing to tell apart.
    season.later(days=8)
    await season.come(1)
    season.later(hours=1)
    assert (await simulated(season, live, weeks=1))["since"] is None


def drafted(*rules: dict[str, Any]) -> RoutingDocument:
    return RoutingDocument.model_validate({"rules": rules})


def to_queue(name: str) -> dict[str, Any]:
    return {"assignment_target": {"type": "queue", "id": name}}
