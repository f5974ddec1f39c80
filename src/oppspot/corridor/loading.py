"""Reads what the corridor needs of leads that are known: rows, facts, open work; each in one statement per batch."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, text

from oppspot.core.db import Transaction
from oppspot.corridor.types import LeadState, RoutingState
from oppspot.engagement.models import EngagementRecord
from oppspot.engagement.types import EngagementEvent, EventKind
from oppspot.leads.models import Company, Contact, Lead
from oppspot.qualification.models import ClaimRecord
from oppspot.qualification.types import Claim, Evidence

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('corridor:' || :org_id, 0))")


async def take_turn(tx: Transaction, org_id: UUID) -> None:
    """Wait for this organisation's turn: owners, capacities and credits are decided one batch after another."""
    await tx.execute(_LOCK, {"org_id": str(org_id)})


_FORGET_PLANS = text("DISCARD PLANS")
# As many leads a connection takes in before it plans anew for the first time.
_FIRST_REPLAN: Final = 50


async def replan_as_tables_grow(tx: Transaction, leads: int) -> None:
    """Have a connection plan its statements and foreign key checks anew each time it has taken in twice as many leads.

    A plan is kept for the life of a connection. One made while a table was all but empty, and not analysed yet, finds
    a row by its organisation alone: every foreign key check then reads the whole organisation, until PostgreSQL
    analyses the table. That is how a new database begins.
    """
    info = (await tx.connection()).sync_connection.info  # type: ignore[union-attr]
    taken = info["leads_taken"] = info.get("leads_taken", 0) + leads
    if taken >= info.get("replan_at", _FIRST_REPLAN):
        info["replan_at"] = 2 * taken
        await tx.execute(_FORGET_PLANS)


async def load_states(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], *, locks: bool = True, locks_companies: bool = True
) -> dict[UUID, LeadState]:
    """Return the full state of known leads, locked; companies shared by leads are one and the same dict.

    Whoever does not have the organisation's turn must not lock companies: others lock them in another order.
    Whoever only looks does without `locks` altogether.
    """
    if not lead_ids:
        return {}
    states = await _load_rows(tx, org_id, lead_ids, locks=locks, locks_companies=locks and locks_companies)
    for claim, lead_id, recorded_at in await _load_claims(tx, org_id, lead_ids):
        states[lead_id].claims.append(claim)
        _hear(states[lead_id], recorded_at)
    for event, lead_id, received_at in await _load_events(tx, org_id, lead_ids):
        states[lead_id].events.append(event)
        _hear(states[lead_id], received_at)
    for lead_id, routing in (await _load_routing(tx, org_id, lead_ids)).items():
        states[lead_id].routing = routing
    return states


def _hear(state: LeadState, moment: datetime) -> None:
    if state.heard_until is None or state.heard_until < moment:
        state.heard_until = moment


async def load_companies(
    tx: Transaction, org_id: UUID, ids: Sequence[UUID], *, locks: bool = True
) -> dict[UUID, dict[str, Any]]:
    """Return companies as dicts by column, locked against other writers unless told not to."""
    if not ids:
        return {}
    table = Company.__table__
    statement = select(table).where(table.c.org_id == org_id, table.c.id.in_(ids)).order_by(table.c.id)
    rows = await tx.execute(statement.with_for_update() if locks else statement)
    return {row.id: dict(row._mapping) for row in rows}  # noqa: SLF001 — SQLAlchemy's public name for it


async def _load_rows(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], *, locks: bool, locks_companies: bool
) -> dict[UUID, LeadState]:
    leads, contacts = Lead.__table__, Contact.__table__
    statement = select(leads).where(leads.c.org_id == org_id, leads.c.id.in_(lead_ids)).order_by(leads.c.id)
    found = await tx.execute(statement.with_for_update() if locks else statement)
    rows = [dict(row._mapping) for row in found]  # noqa: SLF001
    contact_ids = [row["contact_id"] for row in rows]
    people = await tx.execute(select(contacts).where(contacts.c.org_id == org_id, contacts.c.id.in_(contact_ids)))
    contact_by_id = {row.id: dict(row._mapping) for row in people}  # noqa: SLF001
    company_ids = list({row["company_id"] for row in rows if row["company_id"]})
    companies = await load_companies(tx, org_id, company_ids, locks=locks_companies)
    return {
        row["id"]: LeadState(
            id=row["id"],
            lead=row,
            contact=contact_by_id[row["contact_id"]],
            company=companies.get(row["company_id"]),
            is_new=False,
            heard_until=row["assessed_at"],
        )
        for row in rows
    }


async def _load_claims(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> list[tuple[Claim, UUID, datetime]]:
    table = ClaimRecord.__table__
    rows = await tx.execute(
        select(table).where(table.c.org_id == org_id, table.c.lead_id.in_(lead_ids)).order_by(table.c.id),
    )
    return [(claim_of(row), row.lead_id, row.recorded_at) for row in rows]


async def load_company_claims(tx: Transaction, org_id: UUID, states: Sequence[LeadState]) -> None:
    """Put on the states what was claimed about their companies."""
    table, about = ClaimRecord.__table__, defaultdict(list)
    for state in states:
        if state.company and not (state.is_new and state.company["created_at"] == state.lead["created_at"]):
            about[state.company["id"]].append(state)
    if not about:
        return
    rows = await tx.execute(
        select(table).where(table.c.org_id == org_id, table.c.company_id.in_(about)).order_by(table.c.id),
    )
    for row in rows:
        for state in about[row.company_id]:
            state.company_claims.append(claim_of(row))
            _hear(state, row.recorded_at)


def claim_of(row: Row[Any]) -> Claim:
    """Return a stored claim as a value."""
    return Claim(
        id=row.id,
        key=row.key,
        value=row.value,
        source=row.source,
        grade=row.grade,
        confidence=float(row.confidence),
        observed_at=row.observed_at,
        expires_at=row.expires_at,
        evidence=Evidence(**row.evidence) if row.evidence else None,
        author=row.author,
    )


async def _load_events(
    tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]
) -> list[tuple[EngagementEvent, UUID, datetime]]:
    table = EngagementRecord.__table__
    rows = await tx.execute(
        select(table.c.id, table.c.lead_id, table.c.kind, table.c.occurred_at, table.c.quantity, table.c.received_at)
        .where(table.c.org_id == org_id, table.c.lead_id.in_(lead_ids))
        .order_by(table.c.occurred_at, table.c.id),
    )
    return [
        (EngagementEvent(EventKind(row.kind), row.occurred_at, row.quantity, str(row.id)), row.lead_id, row.received_at)
        for row in rows
    ]


_ROUTING = text(
    """
    SELECT lead_id, bool_or(status IN ('assigned', 'accepted', 'working')) AS is_open,
           array_agg(rep_id) FILTER (WHERE status IN ('rejected', 'reassigned')) AS previous,
           bool_or(status = 'timed') AS is_timed
    FROM (
        SELECT lead_id, status, rep_id FROM assignments
        WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[]))
        UNION ALL
        SELECT lead_id, 'timed', NULL FROM sla_clocks
        WHERE org_id = :org_id AND lead_id = ANY(CAST(:ids AS uuid[])) AND kind = 'first_touch'
          AND met_at IS NULL AND stopped_at IS NULL
    ) AS had GROUP BY lead_id
    """,
)


async def _load_routing(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID]) -> dict[UUID, RoutingState]:
    rows = await tx.execute(_ROUTING, {"org_id": org_id, "ids": [str(item) for item in lead_ids]})
    found: dict[UUID, RoutingState] = defaultdict(RoutingState)
    for row in rows:
        found[row.lead_id] = RoutingState(row.is_open, frozenset(row.previous or ()), row.is_timed)
    return found
