"""Redistributes by itself: when somebody has left, when a team's loads are uneven, when an absence ends.

Each change is planned, carried out and recorded like one by hand, and can be undone like one. The organisation's turn
and a look at what was done lately under it keep two workers from doing it twice.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.accounts.queries.roles import find_managers
from oppspot.core.actor import Actor, system_actor
from oppspot.core.db import Database, Transaction
from oppspot.core.organisations import list_organisations, visit_each
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.loading import take_turn
from oppspot.routing.errors import AlreadyUndone, PlanOutdated
from oppspot.routing.queries.situations import load_teams
from oppspot.routing.redistribution.types import Plan, Scope, ScopeKind
from oppspot.routing.services.planning import keep, plan_team, propose
from oppspot.routing.services.redistributing import apply_plan, undo_redistribution

# What is evened out by itself is left alone for so long.
SELDOM: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=1)

_HAS_LEFT: Final = text("SELECT name FROM users WHERE org_id = :org_id AND id = :rep_id AND NOT can_work")
_HAVE_LEFT: Final = text(
    "SELECT DISTINCT u.id FROM users AS u JOIN assignments AS a ON a.org_id = u.org_id AND a.rep_id = u.id "
    "WHERE u.org_id = :org_id AND NOT u.can_work AND a.status IN ('assigned', 'accepted', 'working') ORDER BY u.id",
)


async def give_away(tx: Transaction, org_id: UUID, rep_id: UUID, now: datetime, *, tells: bool = True) -> int:
    """Give all open leads of somebody who has left to colleagues; returns how many.

    What nobody may have stays, and managers are told, unless this only tries again.
    """
    await take_turn(tx, org_id)
    name = (await tx.execute(_HAS_LEFT, {"org_id": org_id, "rep_id": rep_id})).scalar_one_or_none()
    if name is None:
        return 0
    actor = system_actor(org_id)
    scope = Scope(ScopeKind.LEAVES, rep_ids=(rep_id,), with_accepted=True)
    made = await propose(tx, actor, scope, now, "left")
    moved = (await apply_plan(tx, actor, made.plan_hash, now)).moved if made.id else 0
    if tells:
        await _tell_managers(tx, actor, str(name), made.plan, now)
    return moved


async def _tell_managers(tx: Transaction, actor: Actor, name: str, plan: Plan, now: datetime) -> None:
    moved, stuck = len(plan.moves), sum(len(stay.lead_ids) for stay in plan.stays)
    if not moved and not stuck:
        return
    title = f"{moved} of {name}'s leads went to colleagues"
    if stuck:
        title = f"{stuck} of {name}'s leads stay with nobody at work"
    body = f"{moved} moved, {stuck} could not: see why." if stuck else "They no longer work leads; it can be undone."
    managers = await find_managers(tx, actor.org_id)
    notices = [Notice(manager, "assignment.moved", title, body, "/routing/redistribute") for manager in managers]
    await notify_users(tx, actor.org_id, notices, now)


_TEAMS_DUE: Final = text(
    """
    SELECT t.id, t.name FROM teams AS t
    WHERE t.org_id = :org_id AND NOT EXISTS (
        SELECT FROM redistributions AS r
        WHERE r.org_id = t.org_id AND r.team_id = t.id AND r.cause = 'imbalance' AND r.applied_at > :since)
    ORDER BY t.id
    """,
)


async def even_out_teams(tx: Transaction, org_id: UUID, now: datetime) -> int:
    """Even out each team whose imbalance passes the threshold, if that is on; returns how many leads moved."""
    if not (await load_configuration(tx, org_id)).routing.policies.balancing.auto_redistribute:
        return 0
    await take_turn(tx, org_id)
    config = (await load_configuration(tx, org_id)).routing
    moved, actor, situation = 0, system_actor(org_id), None
    due = (await tx.execute(_TEAMS_DUE, {"org_id": org_id, "since": now - SELDOM})).all()
    for number, (team_id, name) in enumerate(due):
        if situation is None:
            # Once for all; again only after leads have moved, for one person may be in several teams.
            situation = await load_teams(tx, org_id, [team.id for team in due[number:]], config, now)
        made = plan_team(team_id, name, situation, config, now)
        if made.plan.moves and made.plan.before.imbalance > config.policies.balancing.rebalance_threshold:
            await keep(tx, actor, made, now, "imbalance")
            moved += (await apply_plan(tx, actor, made.plan_hash, now)).moved
            situation = None
    return moved


# Whoever is away for longer than they thought, or takes no leads just now, gets theirs back when that is over.
_COMING_BACK: Final = text(
    """
    SELECT r.id FROM redistributions AS r WHERE r.org_id = :org_id AND r.status = 'applied' AND r.returns_at <= :now
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(r.plan -> 'scope' -> 'rep_ids') AS giver(id)
        JOIN rep_profiles AS p ON p.org_id = r.org_id AND p.user_id = CAST(giver.id AS uuid)
        WHERE NOT p.available OR EXISTS (
            SELECT FROM absences AS a
            WHERE a.org_id = p.org_id AND a.rep_id = p.user_id AND a.starts_at <= :now AND a.ends_at > :now))
    ORDER BY r.id
    """,
)


async def bring_back(database: Database, org_id: UUID, now: datetime) -> int:
    """Give back what was handed over for an absence that is over and nobody has touched; returns how many leads."""
    async with database.transaction(org_id) as tx:
        ended = (await tx.execute(_COMING_BACK, {"org_id": org_id, "now": now})).scalars().all()

    async def back(tx: Transaction, redistribution_id: UUID) -> int:
        return (await undo_redistribution(tx, system_actor(org_id), redistribution_id, now)).returned

    return await _one_by_one(database, org_id, ended, back)


_FORGET: Final = text(
    "DELETE FROM redistributions WHERE org_id = :org_id AND status = 'proposed' AND planned_at < :before",
)


async def look_after(database: Database, org_id: UUID, now: datetime) -> int:
    """Forget plans that nobody carried out, try again what those who left still have; returns how many leads moved."""
    async with database.transaction(org_id) as tx:
        # First of all, as whoever carries out a plan: they lock plans after it.
        await take_turn(tx, org_id)
        await tx.execute(_FORGET, {"org_id": org_id, "before": now - KEPT})
        left = (await tx.execute(_HAVE_LEFT, {"org_id": org_id})).scalars().all()

    async def again(tx: Transaction, rep_id: UUID) -> int:
        return await give_away(tx, org_id, rep_id, now, tells=False)

    return await _one_by_one(database, org_id, left, again)


async def _one_by_one(
    database: Database, org_id: UUID, each_of: Iterable[UUID], step: Callable[[Transaction, UUID], Awaitable[int]]
) -> int:
    """Take a step for each, in a transaction of its own; returns the sum of what they return.

    One that fails holds up no other, and is raised at the end.
    """
    done, failures = 0, list[Exception]()
    for each in each_of:
        try:
            async with database.transaction(org_id) as tx:
                done += await step(tx, each)
        except (AlreadyUndone, PlanOutdated):
            continue  # Somebody was quicker.
        except Exception as error:  # noqa: BLE001 — one's trouble must not hold up the others
            error.add_note(f"It was about {each}.")
            failures.append(error)
    if failures:
        raise ExceptionGroup("some leads could not be moved", failures)
    return done


async def rebalance_all(database: Database, now: datetime) -> int:
    """Do all that is due, for every organisation; returns how many leads moved."""

    def at_once(step: Callable[[Transaction, UUID, datetime], Awaitable[int]]) -> Callable[[UUID], Awaitable[int]]:
        async def visit(org_id: UUID) -> int:
            try:
                async with database.transaction(org_id) as tx:
                    return await step(tx, org_id, now)
            except PlanOutdated:
                return 0  # Somebody was quicker: the next round plans anew.

        return visit

    org_ids = [each.id for each in await list_organisations(database)]
    steps = [partial(step, database, now=now) for step in (bring_back, look_after)]
    return await visit_each(org_ids, *steps, at_once(even_out_teams))
