"""Pauses, resumes and acknowledges the clocks of a lead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.bulk import update_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Forbidden, invalid
from oppspot.corridor.configuration import load_configuration
from oppspot.corridor.lead_rows import get_score
from oppspot.corridor.loading import take_turn
from oppspot.routing.clock_writes import true_dues
from oppspot.routing.clocks import Clock, ClockKind, acknowledge, next_step, resume
from oppspot.routing.errors import NothingPaused, NothingRuns, NothingToAcknowledge, NotYourLead
from oppspot.routing.ladders import NO_LADDER
from oppspot.routing.models import SlaClock
from oppspot.routing.queries.chain import find_chain
from oppspot.routing.services.assignments import find_open_assignment, tell
from oppspot.routing.services.books import load_book
from oppspot.routing.starting import Terms, clock_changes, clock_of
from oppspot.routing.terms import TermsBook

LONGEST_PAUSE: Final = timedelta(days=366)
# What is asked of whoever has the lead; that a lead must be placed is nobody's to pause.
_RUNNING: Final = text(
    """
    SELECT c.*, a.rep_id, coalesce(o.country, p.country) AS country
    FROM sla_clocks AS c
    JOIN leads AS l ON l.org_id = c.org_id AND l.id = c.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN assignments AS a ON a.org_id = c.org_id AND a.id = c.assignment_id
    WHERE c.org_id = :org_id AND c.lead_id = :lead_id AND c.kind <> 'assign'
      AND c.met_at IS NULL AND c.stopped_at IS NULL
    ORDER BY c.due_at FOR UPDATE OF c
    """,
)


async def pause_clocks(
    tx: Transaction, actor: Actor, lead_id: UUID, reason: str, now: datetime, until: datetime | None = None
) -> None:
    """Let the clocks of a lead stand still, for a reason: it waits for the prospect.

    With `until` they run on by themselves. Raises NotFound, NothingRuns; Invalid for an `until` that is past
    or more than a year away.
    """
    await _may_act(tx, actor, lead_id)
    if until is not None and not now < until <= now + LONGEST_PAUSE:
        raise invalid("until", "is past" if until <= now else "is too far away", "a moment within a year, or nothing")
    running = [row for row in await _running(tx, actor.org_id, lead_id) if row.paused_at is None]
    if not running:
        raise NothingRuns
    # The sweep lets them run on at their next step; without an end, nothing comes.
    step = {"next_step_at": until, "next_action": None}
    still = {"paused_at": now, "pause_reason": reason, "paused_until": until, **step}
    await update_rows(tx, SlaClock, [{"org_id": actor.org_id, "id": row.id, **still} for row in running])
    await true_dues(tx, actor.org_id, [lead_id])
    await tell(tx, actor, lead_id, "sla.paused", now, {"reason": reason} | ({"until": until} if until else {}))


async def resume_clocks(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> None:
    """Let the clocks of a lead run on: each is due later by the time of the pause. Raises NotFound, NothingPaused."""
    await _may_act(tx, actor, lead_id)
    paused = [row for row in await _running(tx, actor.org_id, lead_id) if row.paused_at is not None]
    if not paused:
        raise NothingPaused
    book = await load_book(tx, actor.org_id, now, min(row.started_at for row in paused))
    resumed = [resume(clock_of(row), now, _terms(book, row).counted_by) for row in paused]
    await _write(tx, actor.org_id, paused, resumed, book, pause_reason=None)
    await true_dues(tx, actor.org_id, [lead_id])
    first = min(clock.due_at for clock in resumed)
    payload = {"since": paused[0].paused_at, "reason_was": paused[0].pause_reason, "due_at": first}
    await tell(tx, actor, lead_id, "sla.resumed", now, payload)


async def acknowledge_clocks(tx: Transaction, actor: Actor, lead_id: UUID, now: datetime) -> None:
    """Answer for a lead whose ladder has been climbed: its last rung does not come again, higher ones still do."""
    await _may_act(tx, actor, lead_id, or_the_seat=True)
    rows = await _running(tx, actor.org_id, lead_id)
    climbed = [row for row in rows if row.kind == ClockKind.FIRST_TOUCH and row.climbed_seconds > 0]
    if not climbed:
        raise NothingToAcknowledge
    if all(row.acknowledged_at for row in climbed):
        return
    book = await load_book(tx, actor.org_id, now, min(row.started_at for row in climbed))
    answered = [acknowledge(clock_of(row)) for row in climbed]
    by = {"acknowledged_at": now, "acknowledged_by": actor.name}
    await _write(tx, actor.org_id, climbed, answered, book, **by)
    await tell(tx, actor, lead_id, "sla.acknowledged", now, {})


async def _may_act(tx: Transaction, actor: Actor, lead_id: UUID, *, or_the_seat: bool = False) -> None:
    """Refuse whoever neither has the lead nor may give leads to people; raises NotFound, NotYourLead, Forbidden."""
    await take_turn(tx, actor.org_id)
    await get_score(tx, actor.org_id, lead_id)
    if actor.can("leads.assign"):
        return
    if or_the_seat:
        policy = (await load_configuration(tx, actor.org_id)).routing.policies.sla
        chain = await find_chain(tx, actor.org_id, policy.seat_id)
        if chain and chain.seat_id == actor.user_id:
            return
    assignment = await find_open_assignment(tx, actor.org_id, lead_id)
    if assignment is None:
        raise Forbidden("Only who may assign leads can do this for one that nobody has.")
    if assignment.rep_id != actor.user_id:
        raise NotYourLead


async def _running(tx: Transaction, org_id: UUID, lead_id: UUID) -> Sequence[Any]:
    return (await tx.execute(_RUNNING, {"org_id": org_id, "lead_id": lead_id})).all()


def _terms(book: TermsBook, row: Any) -> Terms:
    return book.of(row.rule_id, row.rep_id, row.country)


async def _write(
    tx: Transaction, org_id: UUID, rows: Sequence[Any], clocks: Sequence[Clock], book: TermsBook, **more: Any
) -> None:
    changed = []
    for row, clock in zip(rows, clocks, strict=True):
        terms = _terms(book, row)
        ladder = terms.ladder(clock.allowed) if clock.kind is ClockKind.FIRST_TOUCH else NO_LADDER
        step = next_step(clock, ladder, terms.counted_by)
        changed.append({"org_id": org_id, "id": row.id, **clock_changes(clock, step), **more})
    await update_rows(tx, SlaClock, changed)
