"""What a lead's page shows of its clocks and tasks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.leads.queries.details import LeadWhole
from oppspot.routing.pages import clock_words
from oppspot.routing.queries.clocks import LeadClock, list_clocks
from oppspot.routing.queries.delays import measure_lead
from oppspot.routing.queries.tasks import list_lead_tasks
from oppspot.routing.services.books import load_book

_MOST_ENDED = 6


async def get_lead_clocks(tx: Transaction, actor: Actor, whole: LeadWhole, now: datetime) -> Mapping[str, Any]:
    """Return the clocks, delays and tasks of a lead, and what the reader may do with them."""
    org_id, lead_id = actor.org_id, whole.lead.id
    clocks = await list_clocks(tx, org_id, lead_id)
    book = await load_book(tx, org_id, now, whole.lead.created_at)
    running = [clock for clock in clocks if clock.runs]
    is_own = whole.assignment is not None and whole.assignment.rep_id == actor.user_id
    asked = [clock for clock in running if clock.kind != "assign"]
    return {
        "clocks": clocks,
        "running": running,
        "ended": [(clock, clock.verdict(now)) for clock in clocks if not clock.runs][:_MOST_ENDED],
        "first_touch": next((clock for clock in clocks if clock.kind == "first_touch"), None),
        "delays": await measure_lead(tx, org_id, lead_id, book, now),
        "tasks": await list_lead_tasks(tx, org_id, lead_id),
        "touches": book.policy.touches,
        "clock_words": clock_words,
        "may_run": actor.can("leads.work") and (is_own or actor.can("leads.assign")),
        "is_paused": any(clock.paused_at for clock in asked),
        "may_pause": any(clock.paused_at is None for clock in asked),
        "to_acknowledge": _to_acknowledge(asked),
    }


def _to_acknowledge(clocks: Sequence[LeadClock]) -> bool:
    return any(clock.climbed and not clock.acknowledged_at and (clock.breached_at or clock.repeats) for clock in clocks)
