"""Routing at a glance: load and turns per rep, what is overdue, what nobody has, the newest decisions, the rules."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from oppspot.accounts.access import needs
from oppspot.conditions.describe import describe
from oppspot.conditions.parse import InvalidCondition, parse
from oppspot.conditions.types import Catalogue
from oppspot.core.actor import Actor
from oppspot.core.clock import utc_now
from oppspot.core.db import Transaction
from oppspot.core.runtime import runtime_of
from oppspot.corridor.configuration import catalogue_with, list_attributes
from oppspot.leads.pages import wording
from oppspot.routing.documents import RuleDocument
from oppspot.routing.fairness import LEAD
from oppspot.routing.queries.decisions import list_decisions
from oppspot.routing.queries.inputs import load_ledgers, target_names
from oppspot.routing.queries.queues import list_queues
from oppspot.routing.queries.standing import count_open, count_waiting, list_standings
from oppspot.routing.services.rules import get_rules
from oppspot.web import render

router = APIRouter()
Reader = Annotated[Actor, Depends(needs("routing.read"))]
_WINDOW = timedelta(days=30)


@router.get("/routing", response_class=HTMLResponse)
async def show_routing(request: Request, actor: Reader) -> HTMLResponse:
    """Show how routing stands."""
    async with runtime_of(request).database.transaction(actor.org_id) as tx:
        context = await _context(tx, actor)
    return render(request, "routing/dashboard.html", context, block="dashboard")


async def _context(tx: Transaction, actor: Actor) -> Mapping[str, Any]:
    now = utc_now()
    document, version = await get_rules(tx, actor.org_id)
    names = await target_names(tx, actor.org_id)
    catalogue = catalogue_with(await list_attributes(tx, actor.org_id))
    rules = sorted(document.rules, key=lambda rule: (rule.priority, rule.id))
    pools = sorted({f"team:{rule.assignment_target.id}" for rule in rules if rule.assignment_target.type == "team"})
    return {
        "version": version,
        "rules": [(rule, in_words(rule, catalogue), names.get(rule.assignment_target.id)) for rule in rules],
        "standings": await list_standings(tx, actor.org_id, now, now - _WINDOW),
        "owed": await _owed(tx, actor.org_id, pools),
        "work": await count_open(tx, actor.org_id, now),
        "queues": await list_queues(tx, actor.org_id, now),
        "waiting": await count_waiting(tx, actor.org_id),
        "decisions": await list_decisions(tx, actor.org_id, limit=12),
        "names": names,
        "wording": wording,
    }


def in_words(rule: RuleDocument, catalogue: Catalogue) -> str:
    """Return a rule's conditions as a sentence."""
    try:
        return describe(parse(rule.conditions, catalogue))
    except InvalidCondition:
        return "conditions on fields that are no longer declared"


async def _owed(tx: Transaction, org_id: UUID, pools: list[str]) -> Mapping[UUID, float]:
    """Return what each rep is owed over all team pools, in leads."""
    owed: dict[UUID, float] = defaultdict(float)
    for ledger in (await load_ledgers(tx, org_id, pools)).values():
        for rep_id, credit in ledger.credits.items():
            owed[rep_id] += credit / LEAD
    return owed
