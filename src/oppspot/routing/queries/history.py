"""Reads what has happened in routing, so that it can be simulated: decisions in chunks, and what people did."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import text

from oppspot.core.db import Transaction
from oppspot.routing.people import Rep
from oppspot.routing.record_forms import read_asked, read_office, read_stretch
from oppspot.routing.simulating.types import Before, Edit, End, Event, Gift, Past, Response
from oppspot.routing.stretches import Stretch

# No least uuid before PostgreSQL 18: as text, byte by byte, they are in the same order.
_EXTENT: Final = text(
    """
    SELECT count(*), CAST(min(CAST(id AS text) COLLATE "C") AS uuid), CAST(max(CAST(id AS text) COLLATE "C") AS uuid)
    FROM routing_decisions WHERE org_id = :org_id AND at >= :since AND at < :until
    """,
)
# Decisions are taken one batch after another and get their ids then; what they took for now may be a little earlier,
# for whoever asked may have had to wait for the organisation's turn. Ids say where to begin and to stop, so that a page
# reads little but its own rows; the few around them that are not of that time are left out here, for PostgreSQL takes
# the ids and the times of rows for unrelated, and would read all of that time, and sort it, for every page.
_PAGE: Final = """
    SELECT id, lead_id, at, outcome, rep_id, queue, reason, config_version, record FROM routing_decisions
    WHERE org_id = :org_id AND id {after} :id AND id <= :last ORDER BY id LIMIT :number
"""
_FIRST_PAGE: Final = text(_PAGE.format(after=">="))
_NEXT_PAGE: Final = text(_PAGE.format(after=">"))
CHUNK: Final = 1_000


class Span(NamedTuple):
    """The time that is simulated, from `since` until, but not including, `until`."""

    since: datetime
    until: datetime


class Extent(NamedTuple):
    """How many decisions were taken in some time, and which was the first and the last of them."""

    decisions: int
    first: UUID | None
    last: UUID | None


async def measure_history(tx: Transaction, org_id: UUID, span: Span) -> Extent:
    """Return how much there is to read of that time."""
    return Extent(*(await tx.execute(_EXTENT, {"org_id": org_id, **span._asdict()})).one())


_VERSION: Final = text("SELECT config_version FROM routing_decisions WHERE org_id = :org_id AND id = :id")


async def find_first_version(tx: Transaction, org_id: UUID, extent: Extent) -> int | None:
    """Return the version that the first decision of that time was taken under, which is the oldest of them."""
    given = {"org_id": org_id, "id": extent.first}
    return (await tx.execute(_VERSION, given)).scalar_one_or_none()


async def iterate_batches(tx: Transaction, org_id: UUID, span: Span, extent: Extent) -> AsyncIterator[list[Past]]:
    """Yield the decisions of that time, batch by batch: those of one moment together, in the order they were taken."""
    batch, tables = list[Past](), dict[UUID, Stretch]()
    page, at = _FIRST_PAGE, extent.first
    while at is not None:
        parameters = {"org_id": org_id, "id": at, "last": extent.last, "number": CHUNK}
        rows = (await tx.execute(page, parameters)).all()
        for row in (row for row in rows if span.since <= row.at < span.until):
            if batch and row.at != batch[0].at:
                yield batch
                batch, tables = [], {}
            batch.append(_past(row, tables))
        if len(rows) < CHUNK:
            break
        page, at = _NEXT_PAGE, rows[-1].id
    if batch:
        yield batch


def _past(row: Any, tables: dict[UUID, Stretch]) -> Past:
    record = row.record
    if "stretch" in record:
        tables[row.id] = read_stretch(record["stretch"])
    carrier = UUID(record["stretch_in"]) if "stretch_in" in record else row.id
    return Past(
        id=row.id,
        lead_id=row.lead_id,
        at=row.at,
        outcome=row.outcome,
        rep_id=row.rep_id,
        queue=row.queue,
        reason=row.reason,
        version=row.config_version,
        lead=record["lead"],
        stretch=tables.get(carrier),
        asked=tuple(map(read_asked, record.get("asked", ()))),
        office=read_office(record.get("office", {})),
    )


_GIFTS: Final = text(
    """
    SELECT a.assigned_at, a.lead_id, a.rep_id, a.units, coalesce(a.value, 0),
           a.status <> 'assigned' AND d.outcome IS NOT DISTINCT FROM 'queued' AND a.accepted_at = a.assigned_at
    FROM assignments AS a
    LEFT JOIN routing_decisions AS d ON d.org_id = a.org_id AND d.id = a.decision_id
    WHERE a.org_id = :org_id AND a.assigned_at >= :since AND a.assigned_at < :until AND a.assigned_by <> 'routing'
    """,
)
_ENDS: Final = text(
    "SELECT ended_at, lead_id, status = 'completed' OR status = 'withdrawn' AS is_over FROM assignments "
    "WHERE org_id = :org_id AND ended_at >= :since AND ended_at < :until",
)
_EDITS: Final = text(
    "SELECT at, pool, changes FROM ledger_calibrations WHERE org_id = :org_id AND at >= :since AND at < :until"
)


async def list_events(tx: Transaction, org_id: UUID, span: Span) -> list[Event]:
    """Return what people did in that time: leads given by hand, work that ended, credits that were calibrated."""
    given = {"org_id": org_id, **span._asdict()}
    gifts = [Gift(*row) for row in await tx.execute(_GIFTS, given)]
    ends = [End(*row) for row in await tx.execute(_ENDS, given)]
    edits = [Edit(row.at, row.pool, _by_rep(row.changes)) for row in await tx.execute(_EDITS, given)]
    return [*gifts, *ends, *edits]


def _by_rep(changes: Mapping[str, int]) -> dict[UUID, int]:
    return {UUID(rep_id): int(change) for rep_id, change in changes.items()}


_HELD: Final = text(
    """
    SELECT lead_id, rep_id, units FROM assignments
    WHERE org_id = :org_id AND assigned_at < :since AND status IN ('assigned', 'accepted', 'working')
    UNION ALL
    SELECT lead_id, rep_id, units FROM assignments
    WHERE org_id = :org_id AND assigned_at < :since AND ended_at >= :since
    """,
)
# As long as any limit, and the value that is kept even, looks back.
_LOOKS_BACK: Final = timedelta(days=31)
_GIVEN: Final = text(
    "SELECT rep_id, assigned_at, coalesce(value, 0) AS value FROM assignments "
    "WHERE org_id = :org_id AND assigned_at >= :earlier AND assigned_at < :since",
)
# What ended, or went on, without a first touch was waited for until then.
_RESPONSES: Final = text(
    """
    SELECT a.lead_id, a.rep_id, a.assigned_at,
           extract(epoch FROM coalesce(c.met_at, a.accepted_at) - a.assigned_at)::float AS seconds,
           extract(epoch FROM coalesce(a.ended_at, :until) - a.assigned_at)::float AS waited
    FROM assignments AS a
    LEFT JOIN sla_clocks AS c ON c.org_id = a.org_id AND c.lead_id = a.lead_id AND c.assignment_id = a.id
        AND c.kind = 'first_touch'
    WHERE a.org_id = :org_id AND a.assigned_at >= :since AND a.assigned_at < :until AND a.assigned_by = 'routing'
    ORDER BY a.assigned_at, a.id
    """,
)
_ZONES: Final = text("SELECT user_id, time_zone FROM rep_profiles WHERE org_id = :org_id")


async def load_before(tx: Transaction, org_id: UUID, span: Span, reps_now: Sequence[Rep]) -> Before:
    """Return how things stood when that time began, and what is known of people besides decisions."""
    given = {"org_id": org_id, **span._asdict(), "earlier": span.since - _LOOKS_BACK}
    held = {row.lead_id: (row.rep_id, row.units) for row in await tx.execute(_HELD, given)}
    lately = [(row.rep_id, row.assigned_at, Decimal(row.value)) for row in await tx.execute(_GIVEN, given)]
    responses: defaultdict[UUID, list[Response]] = defaultdict(list)
    for row in await tx.execute(_RESPONSES, given):
        responses[row.lead_id].append(Response(row.rep_id, row.assigned_at, row.seconds, row.waited))
    zones = {row.user_id: row.time_zone for row in await tx.execute(_ZONES, given)}
    return Before(held, lately, reps_now, zones, responses)
