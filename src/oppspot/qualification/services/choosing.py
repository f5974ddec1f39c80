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


async def choose_frameworks(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    frameworks: Sequence[str],
    now: datetime,
    *,
    also: Sequence[str] = (),
) -> LeadResult:
    """Qualify a lead by these frameworks from now on, the first being its own; none leaves it to the rules.

    Those in `also` are held beside it. Raises Invalid naming what is not a framework in use, NotFound.
    """
    await _check(tx, actor.org_id, [*frameworks, *also])
    chosen, beside = list(dict.fromkeys(frameworks)), list(dict.fromkeys(also))
    choice = {"frameworks": chosen, "also": beside, "author": actor.name} if chosen or beside else None

    def apply(state: LeadState) -> None:
        if state.lead["framework_choice"] != choice:
            _choose(state, choice)
            state.lead["updated_at"] = now

    results = await amend(tx, actor, [lead_id], apply, now, Cause("choice"))
    if not results:
        raise NotFound("There is no such lead.")
    return results[0]


def hold(state: LeadState, framework: str, author: str) -> None:
    """Have a lead assessed by one more framework beside its own, if it is not yet."""
    if all(standing["framework"] != framework for standing in state.lead["standings"]):
        before = state.lead["framework_choice"] or {"frameworks": [], "also": [], "author": author}
        _choose(state, {**before, "also": [*before["also"], framework]})


def _choose(state: LeadState, choice: Mapping[str, Any] | None) -> None:
    state.changes["qualification.frameworks"] = [_names(state.lead["framework_choice"]), _names(choice)]
    state.lead["framework_choice"] = choice


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
