"""Puts leads into somebody's hands outside of turns: assignments, clocks and rows in a handful of statements."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from oppspot.core.actor import Actor
from oppspot.core.bulk import insert_rows, update_rows, uuid_array
from oppspot.core.db import Transaction
from oppspot.core.ids import new_id
from oppspot.corridor.lead_rows import set_columns_of_many
from oppspot.routing.clock_writes import leave_clocks, true_dues
from oppspot.routing.models import Assignment, LeadTask, SlaClock
from oppspot.routing.priority import priority_of
from oppspot.routing.sla import first_touch_due
from oppspot.routing.starting import Terms, clock_row, follow_up_row
from oppspot.routing.terms import TermsBook

_HELD: Final = text(
    """
    SELECT l.id, l.score_overall, l.status AS lead_status, a.id AS assignment_id, a.rep_id, c.id AS clock_id, c.due_at,
           c.paused_at, c.breached_at, c.rule_id, a.status, a.rule_id AS came_by, a.rule_name, a.decision_id,
           coalesce(o.country, p.country) AS country, coalesce(a.value, d.value) AS value
    FROM leads AS l
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN assignments AS a ON a.org_id = l.org_id AND a.lead_id = l.id
         AND a.status IN ('assigned', 'accepted', 'working')
    LEFT JOIN sla_clocks AS c ON c.org_id = l.org_id AND c.lead_id = l.id AND c.kind = 'first_touch'
         AND c.met_at IS NULL AND c.stopped_at IS NULL
    LEFT JOIN LATERAL (
        SELECT CAST(record -> 'lead' ->> 'value' AS numeric) AS value FROM routing_decisions
        WHERE org_id = l.org_id AND lead_id = l.id ORDER BY at DESC, id DESC LIMIT 1
    ) AS d ON a.id IS NULL
    WHERE l.org_id = :org_id AND l.id = ANY(CAST(:ids AS uuid[]))
    ORDER BY l.id FOR UPDATE OF l
    """,
)
_END: Final = text(
    "UPDATE assignments SET status = :status, ended_at = :now "
    "WHERE org_id = :org_id AND id = ANY(CAST(:ids AS uuid[])) AND status IN ('assigned', 'accepted', 'working')",
)


async def find_held(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Return those of the leads that there are, with who has each and by when; locked against other writers."""
    rows = await tx.execute(_HELD, {"org_id": org_id, "ids": uuid_array(lead_ids)})
    return {row.id: row for row in rows}


class Hand(NamedTuple):
    """A lead, as `find_held` has it, on its way to a person; one that `keeps_rule` goes on under its rule."""

    row: Any
    rep_id: UUID
    reason: str
    keeps_rule: bool = False

    @property
    def rule_id(self) -> str | None:
        """The rule whose terms hold for its clocks."""
        return self.row.rule_id or (self.row.came_by if self.keeps_rule else None)


async def hand_over(
    tx: Transaction,
    actor: Actor,
    held: Sequence[Any],
    rep_id: UUID,
    reason: str,
    book: TermsBook,
    now: datetime,
) -> None:
    """Give leads, as `find_held` has them, to a person."""
    await hand_out(tx, actor, [Hand(row, rep_id, reason) for row in held], book, now)


async def hand_out(
    tx: Transaction,
    actor: Actor,
    hands: Sequence[Hand],
    book: TermsBook,
    now: datetime,
    *,
    ended_as: str = "reassigned",
) -> dict[UUID, UUID]:
    """Give each lead to its person, in as many statements as one; returns the new assignments, by lead.

    A clock that still runs in time, or is paused, runs on for them; otherwise a first touch gets its whole time.
    Whoever had a lead is not given it again, unless that `ended_as` withdrawn.
    """
    if not hands:
        return {}
    org_id, held = actor.org_id, [hand.row for hand in hands]
    ids = [row.id for row in held]
    given = {hand.row.id: _assignment(actor, hand, book, now) for hand in hands}
    ending = uuid_array([row.assignment_id for row in held if row.assignment_id])
    await tx.execute(_END, {"org_id": org_id, "ids": ending, "status": ended_as, "now": now})
    await insert_rows(tx, Assignment, list(given.values()))
    kept = [row for row in held if _runs_on(row, now)]
    await leave_clocks(tx, org_id, ids, now, keep=[row.clock_id for row in kept])
    moved = [{"org_id": org_id, "id": row.clock_id, "assignment_id": given[row.id]["id"]} for row in kept]
    await update_rows(tx, SlaClock, moved)
    rows = [each for hand in hands for each in _clocks(org_id, hand, given[hand.row.id]["id"], book, now)]
    await insert_rows(tx, SlaClock, rows)
    await insert_rows(tx, LeadTask, list(_follow_ups(org_id, hands, given, book, now)))
    await set_columns_of_many(tx, [_lead(org_id, hand.row, hand.rep_id, now) for hand in hands])
    await true_dues(tx, org_id, ids)
    return {lead_id: row["id"] for lead_id, row in given.items()}


def _runs_on(row: Any, now: datetime) -> bool:
    if row.clock_id is None:
        return False
    return row.paused_at is not None or (row.breached_at is None and row.due_at > now)


def _clocks(org_id: UUID, hand: Hand, assignment_id: UUID, book: TermsBook, now: datetime) -> list[dict[str, Any]]:
    row, rule_id = hand.row, hand.rule_id
    terms = book.of(rule_id, hand.rep_id, row.country)
    started = [book.qualify(terms, now)]
    if not _runs_on(row, now):
        started.append(book.first_touch(terms, now, _due_anew(terms, now)))
    return [clock_row(org_id, row.id, each, assignment_id=assignment_id, rule_id=rule_id) for each in started if each]


def _due_anew(terms: Terms, now: datetime) -> datetime:
    return first_touch_due(now, terms.hours, terms.calendars, terms.policy)


def _follow_ups(
    org_id: UUID, hands: Sequence[Hand], given: Mapping[UUID, Mapping[str, Any]], book: TermsBook, now: datetime
) -> Iterator[dict[str, Any]]:
    """Return the tasks of new owners, where the rule asks for them: whoever had a lead took theirs along."""
    for hand in hands:
        row = hand.row
        terms = book.of(hand.rule_id, hand.rep_id, row.country)
        if terms.settings.auto_followup:
            still_due = None if row.paused_at else row.due_at
            due = still_due if _runs_on(row, now) else _due_anew(terms, now)
            yield follow_up_row(org_id, row.id, hand.rep_id, given[row.id]["id"], due, now)


def _assignment(actor: Actor, hand: Hand, book: TermsBook, now: datetime) -> dict[str, Any]:
    row, keeps = hand.row, hand.keeps_rule
    priority = priority_of(None if row.score_overall is None else float(row.score_overall))
    return {
        "org_id": actor.org_id,
        "id": new_id(),
        "lead_id": row.id,
        "rep_id": hand.rep_id,
        "status": "assigned",
        "reason": hand.reason,
        "priority": priority,
        "units": book.units(priority),
        "value": row.value,
        "rule_id": row.came_by if keeps else None,
        "rule_name": row.rule_name if keeps else None,
        "decision_id": row.decision_id if keeps else None,
        "sla_due_at": None,
        "assigned_at": now,
        "assigned_by": actor.name,
    }


def _lead(org_id: UUID, row: Any, rep_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "id": row.id,
        "owner_id": rep_id,
        "outcome": "assigned",
        # Whoever gets it has yet to take it up.
        "status": "new",
        "queue": None,
        "queue_breached_at": None,
        "next_check_at": None,
        "updated_at": now,
    }
