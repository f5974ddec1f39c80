"""Takes a lead out of a queue: whoever comes first has it, within their limit."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.accounts.notifying import Notice, notify_users
from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, NotFound, invalid
from oppspot.core.events import Happening, record_events
from oppspot.core.ids import new_id
from oppspot.core.live import announce
from oppspot.corridor.lead_rows import set_columns
from oppspot.corridor.loading import take_turn
from oppspot.routing.clock_writes import meet_first_touch, true_dues
from oppspot.routing.errors import AlreadyTaken, AtTheLimit, NotARep, NotInAQueue
from oppspot.routing.models import Assignment, LeadTask, SlaClock
from oppspot.routing.priority import priority_of
from oppspot.routing.queries.takers import Taker, find_taker
from oppspot.routing.services.books import load_book
from oppspot.routing.starting import clock_row, follow_up_row
from oppspot.routing.terms import TermsBook


async def take_lead(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime, rep_id: UUID | None = None) -> None:
    """Take a lead that lies in a queue, for oneself or (who may assign leads) for a named rep.

    Taking is accepting: the first touch, where the policy counts it as one. Taking twice changes nothing. Raises
    NotFound, Forbidden, NotARep, NotInAQueue, AlreadyTaken, AtTheLimit; Invalid where nobody is named and the actor
    is no person.
    """
    await take_turn(tx, actor.org_id)
    lead = (await tx.execute(_LEAD, {"org_id": actor.org_id, "lead_id": lead_id})).one_or_none()
    if lead is None:
        raise NotFound("There is no such lead.")
    taker = await _taker(tx, actor, rep_id or actor.user_id, now)
    if lead.holder_id == taker.id:
        return
    book = await load_book(tx, actor.org_id, now)
    priority = priority_of(None if lead.score_overall is None else float(lead.score_overall))
    _refuse(lead, taker, actor, book.units(priority))
    row = _assignment(actor, lead, taker, now) | {"priority": priority, "units": book.units(priority)}
    await insert_rows(tx, Assignment, [row])
    await _move_clocks(tx, actor.org_id, lead, row, book, now)
    changes = {"owner_id": taker.id, "outcome": "assigned", "status": "working", "queue": None}
    await set_columns(tx, actor.org_id, lead_id, now, **changes, queue_breached_at=None)
    await _tell(tx, actor, lead_id, taker, str(row["reason"]), now)


# The lock is for other writers than those that wait for the organisation's turn.
_LEAD: Final = text(
    """
    SELECT l.id, l.queue, l.score_overall, a.rep_id AS holder_id, u.name AS holder,
           l.outcome = 'queued' AND l.status IN ('new', 'working') AS lies_in_queue,
           d.id AS decision_id, d.rule_id, d.rule_name, d.value, coalesce(o.country, p.country) AS country
    FROM leads AS l
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
         AND a.status IN ('assigned', 'accepted', 'working')
    LEFT JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    LEFT JOIN LATERAL (
        SELECT id, rule_id, rule_name, CAST(record -> 'lead' ->> 'value' AS numeric) AS value FROM routing_decisions
        WHERE org_id = l.org_id AND lead_id = l.id ORDER BY at DESC, id DESC LIMIT 1
    ) AS d ON true
    WHERE l.org_id = :org_id AND l.id = :lead_id
    FOR UPDATE OF l
    """,
)


async def _taker(tx: Transaction, actor: Actor, rep_id: UUID | None, now: datetime) -> Taker:
    if rep_id is None:
        raise invalid("rep_id", "is missing: an API key is nobody who could take it", "the id of the rep who takes it")
    if rep_id != actor.user_id and not actor.can("leads.assign"):
        raise Forbidden("Only who may assign leads can take one for somebody else.")
    taker = await find_taker(tx, actor.org_id, rep_id, now)
    if taker is None:
        raise NotARep
    return taker


def _refuse(lead: Any, taker: Taker, actor: Actor, units: int) -> None:
    """Raise what stands against it, if anything does."""
    if lead.holder_id is not None:
        raise AlreadyTaken(f"{lead.holder} has this lead already.")
    if not lead.lies_in_queue:
        raise NotInAQueue
    if (limit := taker.limit_against(units=units)) is not None:
        who = "You have" if taker.id == actor.user_id else f"{taker.name} has"
        first = "" if limit.startswith("had") else " Complete one or hand one back first."
        raise AtTheLimit(f"{who} {limit}.{first}")


_TAKE_CLOCK: Final = text(
    "UPDATE sla_clocks SET assignment_id = :assignment_id WHERE org_id = :org_id AND lead_id = :lead_id "
    "AND kind = 'first_touch' AND met_at IS NULL AND stopped_at IS NULL "
    "RETURNING CASE WHEN paused_at IS NULL THEN due_at END"
)


async def _move_clocks(
    tx: Transaction, org_id: UUID, lead: Any, assignment: dict[str, Any], book: TermsBook, now: datetime
) -> None:
    """Let the clock that ran in the queue be the taker's, met if taking is a touch, and start those that they get."""
    taken = {"org_id": org_id, "lead_id": lead.id, "assignment_id": assignment["id"]}
    due = (await tx.execute(_TAKE_CLOCK, taken)).scalar()
    terms = book.of(lead.rule_id, assignment["rep_id"], lead.country)
    if "accepted" in book.policy.touches:
        await meet_first_touch(tx, org_id, [lead.id], now, "accepted")
    elif terms.settings.auto_followup:
        task = follow_up_row(org_id, lead.id, assignment["rep_id"], assignment["id"], due, now)
        await insert_rows(tx, LeadTask, [task])
    if qualify := book.qualify(terms, now):
        row = clock_row(org_id, lead.id, qualify, assignment_id=assignment["id"], rule_id=lead.rule_id)
        await insert_rows(tx, SlaClock, [row])
    await true_dues(tx, org_id, [lead.id])


def _assignment(actor: Actor, lead: Any, taker: Taker, now: datetime) -> dict[str, Any]:
    by = "" if taker.id == actor.user_id else f", by {actor.name}"
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "lead_id": lead.id,
        "rep_id": taker.id,
        "status": "accepted",
        "reason": f"{taker.name} took it from the queue {lead.queue}{by}.",
        "value": lead.value,
        "rule_id": lead.rule_id,
        "rule_name": lead.rule_name,
        "decision_id": lead.decision_id,
        "assigned_at": now,
        "assigned_by": actor.name,
        "accepted_at": now,
    }


async def _tell(tx: Transaction, actor: Actor, lead_id: UUID, taker: Taker, reason: str, now: datetime) -> None:
    payload = {"rep_id": taker.id, "reason": reason, "from": None}
    happenings = [
        Happening("assignment.created", lead_id, payload),
        Happening("assignment.accepted", lead_id, {"rep_id": taker.id}),
    ]
    await record_events(tx, actor, happenings, now)
    await announce(tx, actor.org_id, ["leads", "routing", f"lead:{lead_id}"])
    if taker.id != actor.user_id:
        notice = Notice(taker.id, "assignment.created", "A lead was taken for you", reason, f"/leads/{lead_id}")
        await notify_users(tx, actor.org_id, [notice], now)
