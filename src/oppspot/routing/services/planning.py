"""Plans a redistribution and keeps the plan, so that what is carried out later is what was shown."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows, uuid_array
from oppspot.core.db import Transaction
from oppspot.core.errors import invalid
from oppspot.core.ids import new_id
from oppspot.corridor.configuration import load_configuration
from oppspot.routing.queries.situations import load_situation, of_team
from oppspot.routing.redistribution.documents import hash_of, plan_document
from oppspot.routing.redistribution.models import Redistribution
from oppspot.routing.redistribution.rules import Situation, plan_redistribution
from oppspot.routing.redistribution.types import Plan, Scope, ScopeKind
from oppspot.routing.types import RoutingConfig


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that is kept for a day; `id` is None where there is nothing to move, which is not kept."""

    id: UUID | None
    plan_hash: str
    title: str
    plan: Plan


def plan_team(team_id: UUID, name: str, situation: Situation, config: RoutingConfig, now: datetime) -> Proposal:
    """Plan for one team, out of the situation of several; keeps nothing."""
    plan = plan_redistribution(Scope(ScopeKind.TEAM, team_id=team_id), of_team(situation, team_id), config, now)
    return Proposal(None, hash_of(plan), title_of_team(name), plan)


def title_of_team(name: str) -> str:
    return f"Team {name}"


async def propose(tx: Transaction, actor: Actor, scope: Scope, now: datetime, cause: str = "hand") -> Proposal:
    """Plan, and keep the plan; raises Invalid for a team or people that are not here. Nothing is moved."""
    title = await _title(tx, actor.org_id, scope)
    config = (await load_configuration(tx, actor.org_id)).routing
    situation = await load_situation(tx, actor.org_id, scope, config, now)
    plan = plan_redistribution(scope, situation, config, now)
    return await keep(tx, actor, Proposal(None, hash_of(plan), title, plan), now, cause)


async def keep(tx: Transaction, actor: Actor, made: Proposal, now: datetime, cause: str) -> Proposal:
    """Keep a plan to be carried out later, unless there is nothing to move."""
    if not made.plan.moves:
        return made
    return replace(made, id=await _keep(tx, actor, made, now, cause))


async def _keep(tx: Transaction, actor: Actor, made: Proposal, now: datetime, cause: str) -> UUID:
    plan = made.plan
    row: dict[str, Any] = {
        "org_id": actor.org_id,
        "id": new_id(),
        "status": "proposed",
        "cause": cause,
        "plan_hash": made.plan_hash,
        "team_id": plan.scope.team_id,
        "title": made.title,
        "plan": plan_document(plan),
        "planned_at": now,
        "planned_by": actor.name,
        "made": {},
        "returns_at": plan.scope.returns_at,
    }
    # Who asks again looks at the same plan.
    again = (
        "ON CONFLICT (org_id, plan_hash) WHERE status = 'proposed' DO UPDATE SET plan = excluded.plan, "
        "planned_at = excluded.planned_at, planned_by = excluded.planned_by, cause = excluded.cause RETURNING id"
    )
    [kept] = await insert_rows(tx, Redistribution, [row], again)
    found: UUID = kept.id
    return found


_TEAM: Final = text("SELECT name FROM teams WHERE org_id = :org_id AND id = :id")
_REPS: Final = text(
    "SELECT u.id, u.name FROM users AS u JOIN rep_profiles AS p ON p.org_id = u.org_id AND p.user_id = u.id "
    "WHERE u.org_id = :org_id AND u.id = ANY(CAST(:ids AS uuid[])) ORDER BY u.name, u.id",
)
_MOST_NAMES: Final = 3


async def _title(tx: Transaction, org_id: UUID, scope: Scope) -> str:
    """Return what is asked in words; raises Invalid naming what is not here."""
    if scope.kind is ScopeKind.TEAM:
        name = (await tx.execute(_TEAM, {"org_id": org_id, "id": scope.team_id})).scalar_one_or_none()
        if name is None:
            raise invalid("scope.team_id", "is not a team here", "the id of a team")
        return title_of_team(name)
    asked = [*scope.rep_ids, *([scope.cover_id] if scope.cover_id else [])]
    rows = (await tx.execute(_REPS, {"org_id": org_id, "ids": uuid_array(asked)})).all()
    names = {row.id: str(row.name) for row in rows}
    if missing := [rep_id for rep_id in scope.rep_ids if rep_id not in names]:
        raise invalid("scope.rep_ids", f"names somebody who takes no leads here: {missing[0]}", "ids of reps")
    if scope.cover_id and scope.cover_id not in names:
        raise invalid("scope.cover_id", "is nobody who takes leads here", "the id of a rep")
    theirs = [names[rep_id] for rep_id in names if rep_id in scope.rep_ids]
    if scope.kind is ScopeKind.REPS:
        more = len(theirs) - _MOST_NAMES
        return ", ".join(theirs[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"{theirs[0]}, who {'leaves' if scope.kind is ScopeKind.LEAVES else 'is away'}"
