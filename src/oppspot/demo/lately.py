"""What people of an example organisation did by hand just now, so that every page of routing has something to show."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from oppspot.accounts.rules import permissions_of
from oppspot.accounts.services.reps import update_rep_profile
from oppspot.core.actor import Actor, ActorKind
from oppspot.core.db import Database, Transaction
from oppspot.demo.founding import Founded
from oppspot.routing.calibration import Kind, Wish
from oppspot.routing.documents import RoutingDocument
from oppspot.routing.queries.ledgers import get_pool
from oppspot.routing.redistribution.types import Scope, ScopeKind
from oppspot.routing.services.calibrating import calibrate
from oppspot.routing.services.planning import propose
from oppspot.routing.services.publishing import change_rules, get_rules
from oppspot.routing.services.redistributing import apply_plan
from oppspot.routing.services.running import pause_clocks
from oppspot.routing.services.simulating import begin_simulation
from oppspot.routing.simulating.drafting import OFF, with_rule

Deed = Callable[[Transaction, Founded, Mapping[str, Any], datetime], Awaitable[None]]


async def act(database: Database, founded: Founded, now: datetime) -> None:
    """Have people do what the organisation's `deeds` say, with the product's own commands."""
    for deed in founded.made.deeds:
        async with database.transaction(founded.id) as tx:
            await _DEEDS[deed["do"]](tx, founded, deed, now)


def _by(founded: Founded, name: str) -> Actor:
    role = next(person.role for person in founded.made.people if person.name == name)
    return Actor(founded.id, ActorKind.USER, founded.people[name], name, permissions_of(role), role=role)


async def _pause_rep(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    until = now + timedelta(days=deed["days"])
    changes = {"available": False, "paused_until": until, "pause_reason": deed["reason"]}
    await update_rep_profile(tx, _by(founded, deed["by"]), founded.people[deed["by"]], changes, now)


async def _move_turns(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    address = str(founded.teams[deed["team"]])
    _, pool = await get_pool(tx, founded.id, address, now)
    wish = Wish(founded.people[deed["of"]], Kind.CATCH_UP, deed["leads"])
    await calibrate(tx, _by(founded, deed["by"]), address, wish, deed["reason"], pool.fingerprint, now)


_RUNNING: Final = text(
    """
    SELECT c.lead_id, a.rep_id FROM sla_clocks AS c
    JOIN assignments AS a ON a.org_id = c.org_id AND a.id = c.assignment_id
    WHERE c.org_id = :org_id AND c.met_at IS NULL AND c.stopped_at IS NULL AND c.due_at > :now
    ORDER BY a.rep_id = :rep_id DESC, c.due_at DESC, c.lead_id LIMIT 1
    """,
)


async def _stand_still(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    # A lead of theirs if they have one that is due later; where few leads were made, somebody else's.
    asked = {"org_id": founded.id, "rep_id": founded.people[deed["by"]], "now": now}
    lead = (await tx.execute(_RUNNING, asked)).one_or_none()
    if lead is not None:
        holder = next(name for name, user_id in founded.people.items() if user_id == lead.rep_id)
        until = now + timedelta(days=deed["days"])
        await pause_clocks(tx, _by(founded, holder), lead.lead_id, deed["reason"], now, until)


async def _publish(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    def change(document: RoutingDocument) -> RoutingDocument:
        rules = (rule.model_copy(update=deed["to"]) if rule.name == deed["rule"] else rule for rule in document.rules)
        return document.model_copy(update={"rules": tuple(rules)})

    await change_rules(tx, _by(founded, deed["by"]), change, deed["reason"], now)


async def _try_out(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    # A worker runs it as soon as there is one.
    document, _ = await get_rules(tx, founded.id)
    rule = next(rule for rule in document.rules if rule.name == deed["without"])
    tried = with_rule(document, rule.id, OFF)
    await begin_simulation(tx, _by(founded, deed["by"]), tried, deed["weeks"], f"“{rule.name}” off", now)


async def _even_out(tx: Transaction, founded: Founded, deed: Mapping[str, Any], now: datetime) -> None:
    actor = _by(founded, deed["by"])
    scope = Scope(ScopeKind.TEAM, team_id=founded.teams[deed["team"]], with_accepted=True)
    made = await propose(tx, actor, scope, now)
    # Where few leads were made, all may be even.
    if made.id is not None:
        await apply_plan(tx, actor, made.plan_hash, now)


_DEEDS: Final[Mapping[str, Deed]] = {
    "pause": _pause_rep,
    "calibrate": _move_turns,
    "stand_still": _stand_still,
    "publish": _publish,
    "try_out": _try_out,
    "even_out": _even_out,
}
