"""Optimised routing in the product: what it logs, what it is compared with, and its page."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from tests.casting import Cast, Clients

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.optimising import FEWEST_OUTCOMES, Ended, compare
from oppspot.routing.queries.optimising import list_ended

ANN, BEN = UUID(int=1), UUID(int=2)


def ended(count: int, seed: int = 7) -> list[Ended]:
    """Leads given to Ann, who wins 60 %, three times in four, and to Ben, who wins 20 %."""
    chance, found = Random(seed), []  # noqa: S311 — made-up outcomes
    for _ in range(count):
        rep = ANN if chance.random() < 0.75 else BEN
        won = chance.random() < (0.6 if rep == ANN else 0.2)
        found.append(Ended(rep, {ANN: 0.75, BEN: 0.25}, {ANN: 0.55, BEN: 0.25}, won))
    return found


def test_what_other_ways_would_have_won_is_estimated_with_an_interval_that_holds_the_truth() -> None:
    compared = compare(ended(2_000))
    assert compared.won == pytest.approx(0.5, abs=0.04)
    assert compared.evenly.dr.low <= 0.4 <= compared.evenly.dr.high
    assert compared.to_the_best.dr.low <= 0.6 <= compared.to_the_best.dr.high
    assert compared.evenly.dr.high < compared.to_the_best.dr.low


def test_too_little_is_shown_as_too_little() -> None:
    assert compare([]) == compare(ended(0))
    few = compare(ended(FEWEST_OUTCOMES - 1))
    assert (few.evenly, few.to_the_best) == (None, None)
    assert few.outcomes == FEWEST_OUTCOMES - 1


_RULE = {"name": "By outcome", "routing_algorithm": "ai_optimized", "settings": {"band": 1000}}


async def _prepared(clients: Clients, cast: Cast, database: Database, outcomes: int) -> httpx2.AsyncClient:
    browser = await clients.of(cast.manager)
    target = {"assignment_target": {"type": "team", "id": str(cast.team_id)}}
    answer = await browser.post("/api/qualification/routing/rules", json={**_RULE, **target})
    assert answer.status_code == 201, answer.text
    rows = [(cast.rep.id, outcomes // 2), (cast.other_rep.id, outcomes // 10)]
    async with database.transaction(cast.org_id) as tx:
        for rep, wins in rows:
            values = {"org": cast.org_id, "rep": rep, "trials": outcomes // 2 + 1, "wins": wins, "now": utc_now()}
            await tx.execute(
                text("INSERT INTO rep_outcomes VALUES (:org, :rep, 'medium', :trials, :wins, 0, :now)"), values
            )
    return browser


async def _lead(browser: httpx2.AsyncClient) -> Any:
    return (await browser.post("/api/leads", json={"email": f"{new_id().hex}@x.example"})).json()


@pytest.mark.anyio
@pytest.mark.db
async def test_probabilities_are_logged_and_read_back_with_what_came_of_the_lead(
    clients: Clients, cast: Cast, database: Database
) -> None:
    browser = await _prepared(clients, cast, database, 300)
    for _ in range(4):
        await _lead(browser)
    async with database.transaction(cast.org_id) as tx:
        assert await list_ended(tx, cast.org_id, utc_now() - timedelta(days=1)) == []
        await tx.execute(text("UPDATE assignments SET status = 'completed'"))
        await tx.execute(
            text("UPDATE leads SET status = 'qualified' WHERE id = (SELECT min(id::text)::uuid FROM leads)")
        )
        found = await list_ended(tx, cast.org_id, utc_now() - timedelta(days=1))
        ids = [row[0] for row in await tx.execute(text("SELECT id FROM routing_decisions"))]
    assert sorted(each.won for each in found) == [False, False, False, True]
    for each in found:
        assert each.propensities.keys() == each.expected.keys() == {cast.rep.id, cast.other_rep.id}
        assert sum(each.propensities.values()) == pytest.approx(1)
        assert each.expected[cast.rep.id] > each.expected[cast.other_rep.id]
    for decision_id in ids:
        assert (await browser.get(f"/api/routing/decisions/{decision_id}/replay")).json()["same"]
        told = (await browser.get(f"/api/routing/decisions/{decision_id}")).json()
        assert (told["algorithm"], told["band"]) == ("ai_optimized", 1000)
        chances = {each["rep_id"]: each["probability"] for each in told["candidates"]}
        assert sum(chances.values()) == pytest.approx(1)
        assert told["probability"] == chances[told["rep_id"]]
        assert all(0 < each["expected"] < 1 for each in told["candidates"])


@pytest.mark.anyio
@pytest.mark.db
@pytest.mark.parametrize(
    ("outcomes", "told"),
    [(100, "102 outcomes are known of the 200 it takes"), (300, "302 outcomes of the last 180 days are known")],
)
async def test_the_page_says_whether_it_decides(
    clients: Clients, cast: Cast, database: Database, outcomes: int, told: str
) -> None:
    browser = await _prepared(clients, cast, database, outcomes)
    page = await browser.get("/routing/optimising")
    assert page.status_code == 200
    assert told in page.text
    assert "Nothing to compare yet" in page.text
    assert f"{outcomes // 10} of {outcomes // 2 + 1} won" in page.text
