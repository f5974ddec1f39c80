"""Chooses by hand which frameworks a lead is qualified by, or leaves it to the rules again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import FieldProblem, Invalid, NotFound
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.pipeline import amend
from oppspot.corridor.types import Cause, LeadResult, LeadState


async def choose_frameworks(
    tx: Transaction, actor: Actor, lead_id: UUID, frameworks: Sequence[str], now: datetime
) -> LeadResult:
    """Qualify a lead by these frameworks from now on, the first being its own; none leaves it to the rules.

    Raises Invalid naming what is not a framework in use, NotFound.
    """
    await _check(tx, actor.org_id, frameworks)
    choice = {"frameworks": list(dict.fromkeys(frameworks)), "author": actor.name} if frameworks else None

    def apply(state: LeadState) -> None:
        before = state.lead["framework_choice"]
        if before != choice:
            state.changes["qualification.frameworks"] = [
                before and before["frameworks"],
                choice and choice["frameworks"],
            ]
            state.lead["framework_choice"], state.lead["updated_at"] = choice, now

    results = await amend(tx, actor, [lead_id], apply, now, Cause("choice"))
    if not results:
        raise NotFound("There is no such lead.")
    return results[0]


async def _check(tx: Transaction, org_id: UUID, names: Sequence[str]) -> None:
    configuration = await load_configuration(tx, org_id)
    in_use = configuration.frameworks_in_use
    problems = [
        FieldProblem(f"frameworks[{place}]", f"{name[:60]!r} is not a framework in use", ", ".join(in_use))
        for place, name in enumerate(names)
        if name not in in_use
    ]
    if problems:
        raise Invalid("There are no such frameworks.", errors=problems)
