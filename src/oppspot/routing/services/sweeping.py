"""Lets clocks run: what ran out is marked once, and what their ladders ask for is done once, whoever comes first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.core import json
from oppspot.core.actor import system_actor
from oppspot.core.bulk import uuid_array
from oppspot.core.db import Database, Transaction
from oppspot.core.events import Happening, record_events
from oppspot.core.live import announce
from oppspot.core.organisations import visit_each
from oppspot.corridor.loading import take_turn
from oppspot.leads.types import OPEN_STATUSES
from oppspot.routing.clock_writes import settle_clocks, true_dues
from oppspot.routing.clocks import ClockKind, advance
from oppspot.routing.ladders import NO_LADDER, Chain
from oppspot.routing.queries.chain import find_chain
from oppspot.routing.queries.due_clocks import list_due_clocks
from oppspot.routing.services.books import load_book
from oppspot.routing.services.climbing import climb
from oppspot.routing.services.moves import Moved
from oppspot.routing.services.sla_notices import tell_of_breaches
from oppspot.routing.starting import clock_changes, clock_of
from oppspot.routing.terms import TermsBook

CHUNK: Final = 1_000
_DUE: Final = text("SELECT org_id FROM door_list_organisations_due(:now)")
# Compare-and-set: of two workers, or a worker and whoever touches the lead, one finds the clock as it was read.
_MOVE: Final = text(
    """
    UPDATE sla_clocks AS c
    SET due_at = r.due_at, paused_at = r.paused_at, paused_until = r.paused_until, paused_seconds = r.paused_seconds,
        pause_reason = CASE WHEN r.paused_at IS NOT NULL THEN c.pause_reason END,
        breached_at = r.breached_at, climbed_seconds = r.climbed_seconds, repeat_at = r.repeat_at,
        next_step_at = r.next_step_at, next_action = r.next_action,
        acknowledged_at = CASE WHEN r.acts THEN NULL ELSE c.acknowledged_at END,
        acknowledged_by = CASE WHEN r.acts THEN NULL ELSE c.acknowledged_by END
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
        id uuid, seen timestamptz, due_at timestamptz, paused_at timestamptz, paused_until timestamptz,
        paused_seconds integer, breached_at timestamptz, climbed_seconds integer, repeat_at timestamptz,
        next_step_at timestamptz, next_action text, acts boolean)
    WHERE c.org_id = :org_id AND c.id = r.id AND c.next_step_at = r.seen
      AND c.met_at IS NULL AND c.stopped_at IS NULL
    RETURNING c.id
    """,
)
_MARK_QUEUES: Final = text(
    "UPDATE leads SET queue_breached_at = :now WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) "
    "AND outcome = 'queued' AND queue_breached_at IS NULL"
)


async def sweep_clocks(database: Database, now: datetime) -> int:
    """Do what every clock asks for that ran into something before `now`; returns how many did."""
    async with database.outside() as tx:
        org_ids: list[UUID] = list((await tx.execute(_DUE, {"now": now})).scalars())
    return await visit_each(org_ids, lambda org_id: _sweep_organisation(database, org_id, now))


async def _sweep_organisation(database: Database, org_id: UUID, now: datetime) -> int:
    try:
        return await _sweep_together(database, org_id, now)
    except Exception:  # noqa: BLE001 — what went wrong comes again, with the lead's name
        return await _sweep_singly(database, org_id, now)


async def _sweep_singly(database: Database, org_id: UUID, now: datetime) -> int:
    """Sweep leads one by one, so that one lead's trouble does not hold up the others; raises all of it at the end."""
    async with database.transaction(org_id) as tx:
        due = await list_due_clocks(tx, org_id, now, CHUNK)
    swept, failures = 0, list[Exception]()
    for lead_id in dict.fromkeys(row.lead_id for row in due):
        try:
            async with database.transaction(org_id) as tx:
                await take_turn(tx, org_id)
                _, moved = await sweep_chunk(tx, org_id, now, lead_id)
        except Exception as error:  # noqa: BLE001 — the others go on
            error.add_note(f"With the clocks of the lead {lead_id}.")
            failures.append(error)
        else:
            swept += moved
    if failures:
        raise ExceptionGroup("some leads' clocks could not be read", failures)
    return swept


async def _sweep_together(database: Database, org_id: UUID, now: datetime) -> int:
    swept = 0
    while True:
        async with database.transaction(org_id) as tx:
            # In turn with whoever writes leads: reassigning decides over capacity and turns.
            await take_turn(tx, org_id)
            found, moved = await sweep_chunk(tx, org_id, now)
        swept += moved
        if found < CHUNK or not moved:
            return swept


async def sweep_chunk(tx: Transaction, org_id: UUID, now: datetime, lead_id: UUID | None = None) -> tuple[int, int]:
    """Let the clocks longest overdue, or those of one lead, take their step; returns how many were there and moved."""
    rows = await list_due_clocks(tx, org_id, now, CHUNK, lead_id)
    if not rows:
        return 0, 0
    book = await load_book(tx, org_id, now, min(row.started_at for row in rows))
    chain = await find_chain(tx, org_id, book.policy.seat_id)
    over = [row.lead_id for row in rows if row.lead_status not in OPEN_STATUSES]
    await settle_clocks(tx, org_id, over, now)
    moved = await _move(tx, org_id, [_advanced(row, book, now) for row in rows if row.lead_status in OPEN_STATUSES])
    await _tell_of_resumes(tx, org_id, moved, now)
    await _mark_breaches(tx, org_id, moved, now)
    if moved and chain is not None:
        await _carry_out(tx, org_id, moved, chain, book, now)
    await true_dues(tx, org_id, {row.lead_id for row in rows})
    await announce(tx, org_id, ["leads", "routing", *(f"lead:{row.lead_id}" for row in rows)])
    return len(rows), len(moved) + len(over)


def _advanced(row: Any, book: TermsBook, now: datetime) -> Moved:
    clock = clock_of(row)
    is_touch = clock.kind is ClockKind.FIRST_TOUCH
    terms = book.of(row.rule_id, row.rep_id, row.country)
    ladder = terms.ladder(clock.allowed) if is_touch else NO_LADDER
    return Moved(row, terms, ladder, advance(clock, now, terms.counted_by, ladder))


async def _move(tx: Transaction, org_id: UUID, moves: Sequence[Moved]) -> list[Moved]:
    """Write how far each clock has come; returns those that nobody else has moved meanwhile."""
    if not moves:
        return []
    rows = [
        clock_changes(move.advance.clock, move.advance.next_step)
        | {"id": move.row.id, "seen": move.row.next_step_at, "acts": bool(move.advance.actions)}
        for move in moves
    ]
    done = set((await tx.execute(_MOVE, {"org_id": org_id, "rows": json.dumps(rows)})).scalars())
    return [move for move in moves if move.row.id in done]


async def _tell_of_resumes(tx: Transaction, org_id: UUID, moved: Sequence[Moved], now: datetime) -> None:
    """Write which leads' clocks run on, their pause being over; once a lead, whose clocks are paused together."""
    by_lead: dict[UUID, list[Moved]] = defaultdict(list)
    for move in moved:
        if move.advance.resumes:
            by_lead[move.row.lead_id].append(move)
    await record_events(tx, system_actor(org_id), [_resumed(lead_id, by_lead[lead_id]) for lead_id in by_lead], now)


def _resumed(lead_id: UUID, moves: Sequence[Moved]) -> Happening:
    due_at = min(move.advance.clock.due_at for move in moves)
    row = moves[0].row
    payload = {"since": row.paused_at, "reason_was": row.pause_reason, "until": row.paused_until, "due_at": due_at}
    return Happening("sla.resumed", lead_id, payload)


async def _mark_breaches(tx: Transaction, org_id: UUID, moved: Sequence[Moved], now: datetime) -> None:
    """Write what ran out: also where nobody has joined whom it could be told."""
    breached = [move.row for move in moved if move.advance.breaches]
    await record_events(tx, system_actor(org_id), [_breach(row) for row in breached], now)
    touches = [row.lead_id for row in breached if row.kind == ClockKind.FIRST_TOUCH]
    await tx.execute(_MARK_QUEUES, {"org_id": org_id, "ids": uuid_array(touches), "now": now})


async def _carry_out(
    tx: Transaction, org_id: UUID, moved: Sequence[Moved], chain: Chain, book: TermsBook, now: datetime
) -> None:
    elsewhere = await climb(tx, org_id, moved, chain, book, now)
    breached = [move.row for move in moved if move.advance.breaches]
    gone = [move.row for move in moved if move.row.lead_id in elsewhere]
    await tell_of_breaches(tx, org_id, breached, gone, chain, now)


def _breach(row: Any) -> Happening:
    who = {"rep_id": row.rep_id} if row.rep_id else {"queue": row.queue} if row.outcome == "queued" else {}
    return Happening("sla.breached", row.lead_id, {**who, "clock": row.kind, "due_at": row.due_at})
