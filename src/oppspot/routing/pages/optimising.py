"""Optimised routing for people: whether it decides, what is believed of everybody, and what it has brought."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.routing.bandit import usable
from oppspot.routing.optimising import FEWEST_OUTCOMES, compare
from oppspot.routing.priority import Priority
from oppspot.routing.queries.optimising import list_ended, list_histories
from oppspot.routing.services.outcomes import WINDOW
from oppspot.routing.services.rules import get_rules
from oppspot.routing.shrinkage import arms_of
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_COMPARED: Final = timedelta(days=365)


@router.get("/routing/optimising", response_class=HTMLResponse)
async def show_optimising(request: Request, actor: Reader) -> HTMLResponse:
    """Show how optimising stands."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor)
    return render(request, "routing/optimising.html", context)


async def _context(tx: Transaction, actor: Actor) -> Mapping[str, Any]:
    now = utc_now()
    document, _ = await get_rules(tx, actor.org_id)
    histories = await list_histories(tx, actor.org_id)
    policy = document.policies.optimisation
    believed = {priority: arms_of(list(histories.values()), priority) for priority in Priority}
    return {
        "rules": [rule for rule in document.rules if rule.routing_algorithm == "ai_optimized" and rule.is_active],
        "policy": policy,
        "known": sum(each.trials for history in histories.values() for each in history.values()),
        "obstacle": usable(list(histories.values()), policy),
        "priorities": list(Priority),
        "people": [
            (rep_id, name, [(history.get(priority), believed[priority][place]) for priority in Priority])
            for place, ((rep_id, name), history) in enumerate(histories.items())
        ],
        "days": WINDOW.days,
        "compared": compare(await list_ended(tx, actor.org_id, now - _COMPARED)),
        "fewest": FEWEST_OUTCOMES,
    }
