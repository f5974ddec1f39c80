"""Measures how long leads wait: system delay (until placed) and human delay (until touched), apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from oppspot.calendars.business_time import Calendars, elapsed_many
from oppspot.core.db import Transaction
from oppspot.routing.clocks import ClockKind
from oppspot.routing.delays import Delay, Standing, Verdict, Wait, judge, summarise_delay
from oppspot.routing.terms import TermsBook

# Two weeks: what targets are set from.
DEFAULT_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Delays:
    """The two delays of an organisation's leads that came, or were given, since a moment."""

    since: datetime
    system: Delay
    human: Delay


_STANDINGS: Final = text(
    """
    SELECT kind, count(*) AS clocks, breached_at IS NOT NULL AS breached, met_at IS NOT NULL AS met,
           stopped_at IS NOT NULL AS stopped, paused_at IS NOT NULL AS paused,
           coalesce(met_at, :now) > due_at AS overdue
    FROM sla_clocks WHERE org_id = :org_id AND kind IN ('assign', 'first_touch') AND started_at >= :since
    GROUP BY 1, 3, 4, 5, 6, 7
    """,
)
# A clock that was met or stopped while it stood still ran until it was paused. What a lead waited is one span, whoever
# had it in between, in whole microseconds.
_AROUND_THE_CLOCK: Final = text(
    """
    SELECT kind, array_agg(span) AS spans, array_agg(answered) AS answered FROM (
        SELECT kind, bool_or(met_at IS NOT NULL) AS answered, CAST(1000000 * sum(greatest(0, extract(epoch FROM
                   least(coalesce(met_at, stopped_at, :now), coalesce(paused_at, 'infinity')) - started_at)
                   - paused_seconds)) AS bigint) AS span
        FROM sla_clocks WHERE org_id = :org_id AND kind IN ('assign', 'first_touch') AND started_at >= :since
        GROUP BY kind, lead_id) AS waits
    GROUP BY kind
    """,
)
# With what says by whose calendars a clock counts.
_CLOCKS: Final = """
    SELECT c.lead_id, c.kind, c.rule_id, a.rep_id, c.started_at, c.met_at, c.paused_seconds,
           coalesce(o.country, p.country) AS country,
           least(coalesce(c.met_at, c.stopped_at, :now), coalesce(c.paused_at, 'infinity')) AS ended_at
    FROM sla_clocks AS c
    JOIN leads AS l ON l.org_id = c.org_id AND l.id = c.lead_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS o ON o.org_id = l.org_id AND o.id = l.company_id
    LEFT JOIN assignments AS a ON a.org_id = c.org_id AND a.id = c.assignment_id
    WHERE c.org_id = :org_id AND c.kind IN ('assign', 'first_touch')
"""
_BY_CALENDARS: Final = text(f"{_CLOCKS} AND c.started_at >= :since")
_OF_LEAD: Final = text(f"{_CLOCKS} AND c.lead_id = :lead_id")
Waits = Mapping[str, Sequence[Wait]]


async def measure_delays(tx: Transaction, org_id: UUID, book: TermsBook, now: datetime, since: datetime) -> Delays:
    """Return both delays of everything that was timed since; `book` must know calendars since then."""
    asked = {"org_id": org_id, "now": now, "since": since}
    clocks: dict[str, Counter[Verdict]] = defaultdict(Counter)
    waiting: Counter[str] = Counter()  # clocks that wait are leads that wait: a lead has one of a kind
    for kind, number, *standing in await tx.execute(_STANDINGS, asked):
        stands = Standing(*standing)
        clocks[kind][judge(stands)] += number
        waiting[kind] += 0 if stands.met or stands.stopped else number
    waits = await (_count_by_calendars(tx, asked, book) if book.policy.business_hours else _count_spans(tx, asked))
    system, human = (
        summarise_delay(waits.get(kind, ()), clocks[kind], waiting[kind])
        for kind in (ClockKind.ASSIGN, ClockKind.FIRST_TOUCH)
    )
    return Delays(since, system, human)


async def _count_spans(tx: Transaction, asked: Mapping[str, Any]) -> Waits:
    return {
        kind: [Wait(timedelta(microseconds=span), answered) for span, answered in zip(spans, all_answered, strict=True)]
        for kind, spans, all_answered in await tx.execute(_AROUND_THE_CLOCK, asked)
    }


async def _count_by_calendars(tx: Transaction, asked: Mapping[str, Any], book: TermsBook) -> Waits:
    rows = (await tx.execute(_BY_CALENDARS, asked)).all()
    return {kind: list(_waits(_of(rows, kind), book).values()) for kind in (ClockKind.ASSIGN, ClockKind.FIRST_TOUCH)}


@dataclass(frozen=True, slots=True)
class LeadDelays:
    """How long one lead has waited on us and on people; None: it has not (yet)."""

    system: Wait | None
    human: Wait | None


async def measure_lead(tx: Transaction, org_id: UUID, lead_id: UUID, book: TermsBook, now: datetime) -> LeadDelays:
    """Return both delays of one lead; `book` must know calendars since the lead came."""
    rows = (await tx.execute(_OF_LEAD, {"org_id": org_id, "now": now, "lead_id": lead_id})).all()
    system, human = (_waits(_of(rows, kind), book).get(lead_id) for kind in (ClockKind.ASSIGN, ClockKind.FIRST_TOUCH))
    return LeadDelays(system, human)


def _of(rows: Iterable[Any], kind: ClockKind) -> list[Any]:
    return [row for row in rows if row.kind == kind]


def _waits(rows: Sequence[Any], book: TermsBook) -> Mapping[UUID, Wait]:
    """Return how long each lead has waited, whoever had it in between; pauses are left out."""
    spans: dict[UUID, timedelta] = defaultdict(timedelta)
    answered: set[UUID] = set()
    by_calendars: dict[tuple[int, ...], tuple[Calendars, list[Any]]] = {}
    for row in rows:
        calendars = book.of(row.rule_id, row.rep_id, row.country).counted_by
        by_calendars.setdefault(tuple(map(id, calendars)), (calendars, []))[1].append(row)
        if row.met_at is not None:
            answered.add(row.lead_id)
    for calendars, theirs in by_calendars.values():
        for row, span in zip(theirs, _elapsed(calendars, theirs), strict=True):
            spans[row.lead_id] += max(span - timedelta(seconds=row.paused_seconds), timedelta())
    return {lead_id: Wait(span, lead_id in answered) for lead_id, span in spans.items()}


def _elapsed(calendars: Calendars, rows: Sequence[Any]) -> list[timedelta]:
    if not calendars:
        return [row.ended_at - row.started_at for row in rows]
    return elapsed_many(calendars, [row.started_at for row in rows], [row.ended_at for row in rows])
