"""Chooses by hand which frameworks a lead is qualified by, or leaves it to the rules again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid, NotFound
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.pipeline import amend
from oppspot.corridor.types import Cause, LeadResult, LeadState
from oppspot.qualification.queries.scorecards import get_standings


async def choose_frameworks(
    tx: Transaction, actor: Actor, lead_id: UUID, frameworks: Sequence[str], now: datetime
) -> LeadResult:
    """Qualify a lead by these frameworks from now on, the first being its own; none leaves it to the rules.

    Raises Invalid naming what is not a framework in use, NotFound.
    """
    await _check(tx, actor.org_id, frameworks)
    chosen = list(dict.fromkeys(frameworks))
    choice = {"frameworks": chosen, "also": [], "author": actor.name} if chosen else None
    return await _set_choice(tx, actor, lead_id, choice, now)


async def hold_framework(tx: Transaction, actor: Actor, lead_id: UUID, framework: str, now: datetime) -> None:
    """Have a lead assessed by one more framework beside its own, if it is not yet. Raises NotFound."""
    held = await get_standings(tx, actor.org_id, lead_id)
    if any(standing.framework == framework for standing in held.standings):
        return
    await _check(tx, actor.org_id, [framework])
    before = held.choice or {"frameworks": [], "also": [], "author": actor.name}
    await _set_choice(tx, actor, lead_id, {**before, "also": [*before["also"], framework]}, now)


async def _set_choice(
    tx: Transaction, actor: Actor, lead_id: UUID, choice: Mapping[str, Any] | None, now: datetime
) -> LeadResult:
    def apply(state: LeadState) -> None:
        before = state.lead["framework_choice"]
        if before != choice:
            state.changes["qualification.frameworks"] = [_names(before), _names(choice)]
            state.lead["framework_choice"], state.lead["updated_at"] = choice, now

    results = await amend(tx, actor, [lead_id], apply, now, Cause("choice"))
    if not results:
        raise NotFound("There is no such lead.")
    return results[0]


def _names(choice: Mapping[str, Any] | None) -> list[str] | None:
    return [*choice["frameworks"], *choice["also"]] if choice else None


async def _check(tx: Transaction, org_id: UUID, names: Sequence[str]) -> None:
    in_use = (await load_configuration(tx, org_id)).frameworks_in_use
    problems = [
        FieldProblem(f"frameworks[{place}]", f"{name[:60]!r} is not a framework in use", ", ".join(in_use))
        for place, name in enumerate(names)
        if name not in in_use
    ]
    if problems:
        raise Invalid("There are no such frameworks.", errors=problems)
