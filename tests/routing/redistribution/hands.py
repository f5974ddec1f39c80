"""Short ways to have leads in people's hands in a real organisation: Rita has them all, Ravi could."""

from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import text
from tests.casting import Cast

from oppspot.core.clock import utc_now
from oppspot.core.db import Database
from oppspot.core.ids import new_id
from oppspot.routing.redistribution.types import Scope, ScopeKind
from oppspot.routing.services.planning import Proposal, propose


async def rows_of(database: Database, cast: Cast, query: str) -> list[Any]:
    """Return the rows of a query as tuples."""
    async with database.transaction(cast.org_id) as tx:
        return [tuple(row) for row in await tx.execute(text(query))]


async def run(database: Database, cast: Cast, statement: str, **given: Any) -> None:
    """Run one statement."""
    async with database.transaction(cast.org_id) as tx:
        await tx.execute(text(statement), given)


async def rule_to_team(browser: httpx2.AsyncClient, cast: Cast, **more: Any) -> None:
    """Send every lead to the team."""
    target = {"type": "team", "id": str(cast.team_id)}
    body = {"name": "To North", "assignment_target": target, "sla_hours": 8, **more}
    answer = await browser.post("/api/qualification/routing/rules", json=body)
    assert answer.status_code == 201, answer.text


async def leads_of_rita(browser: httpx2.AsyncClient, database: Database, cast: Cast, number: int) -> list[UUID]:
    """Have leads come in while Ravi is paused."""
    pause = "UPDATE rep_profiles SET available = :here WHERE user_id = :id"
    await run(database, cast, pause, here=False, id=cast.other_rep.id)
    leads = [{"email": f"{new_id().hex}@x.example"} for _ in range(number)]
    rows = (await browser.post("/api/leads/batch", json={"leads": leads})).json()["results"]
    await run(database, cast, pause, here=True, id=cast.other_rep.id)
    return [UUID(row["lead"]["id"]) for row in rows]


def team(cast: Cast, **more: Any) -> Scope:
    return Scope(ScopeKind.TEAM, team_id=cast.team_id, **more)


async def proposed(database: Database, cast: Cast, scope: Scope | None = None) -> Proposal:
    """Plan, as the manager."""
    async with database.transaction(cast.org_id) as tx:
        return await propose(tx, cast.manager.actor, scope or team(cast), utc_now())


async def loads(database: Database, cast: Cast) -> tuple[int, int]:
    """Return how many leads Rita and Ravi have open."""
    found = dict(await rows_of(database, cast, "SELECT rep_id, open_count FROM rep_loads"))
    return found.get(cast.rep.id, 0), found.get(cast.other_rep.id, 0)
