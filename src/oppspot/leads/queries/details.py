"""Reads one lead whole: rows, open assignment, notes, timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound, invalid
from oppspot.core.events import TimelineEvent
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.models import Company, Contact, Lead
from oppspot.leads.naming import lead_name
from oppspot.leads.types import OPEN_STATUSES


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """Who has a lead, why, and by when."""

    id: UUID
    rep_id: UUID
    rep_name: str
    status: str
    priority: str
    reason: str
    rule_name: str | None
    assigned_at: datetime
    sla_due_at: datetime | None
    sla_breached_at: datetime | None
    decision_id: UUID | None


@dataclass(frozen=True, slots=True)
class LeadWhole:
    """A lead with its contact, company and open assignment; `reason` says why it is where it is."""

    lead: Lead
    contact: Contact
    company: Company | None
    assignment: OpenAssignment | None
    reason: str

    @property
    def lies_in_queue(self) -> bool:
        """Whether it waits in a queue for somebody to take it."""
        return self.lead.outcome == "queued" and self.lead.status in OPEN_STATUSES

    @property
    def due_at(self) -> datetime | None:
        """By when whoever has it, or takes it from its queue, must have done the next thing; None: nothing is due."""
        return self.lead.sla_due_at if self.assignment is not None or self.lies_in_queue else None

    @property
    def name(self) -> str:
        """What the lead is called."""
        contact, company = self.contact, self.company.name or self.company.domain if self.company else None
        return lead_name(contact.first_name, contact.last_name, contact.email, company, self.lead.external_id)


_ASSIGNMENT = text(
    """
    SELECT a.id, a.rep_id, u.name AS rep_name, a.status, a.priority, a.reason, a.rule_name, a.assigned_at,
           a.sla_due_at, a.sla_breached_at, a.decision_id
    FROM assignments AS a JOIN users AS u ON u.org_id = a.org_id AND u.id = a.rep_id
    WHERE a.org_id = :org_id AND a.lead_id = :lead_id AND a.status IN ('assigned', 'accepted', 'working')
    """,
)
_LAST_DECISION = text(
    "SELECT reason FROM routing_decisions WHERE org_id = :org_id AND lead_id = :lead_id "
    "ORDER BY at DESC, id DESC LIMIT 1",
)


async def get_lead(tx: Transaction, org_id: UUID, lead_id: UUID) -> LeadWhole:
    """Return a lead whole; raises NotFound."""
    lead = await tx.get(Lead, (org_id, lead_id))
    if lead is None:
        raise NotFound("There is no such lead.")
    contact = await tx.get_one(Contact, (org_id, lead.contact_id))
    company = await tx.get(Company, (org_id, lead.company_id)) if lead.company_id else None
    key = {"org_id": org_id, "lead_id": lead_id}
    row = (await tx.execute(_ASSIGNMENT, key)).one_or_none()
    assignment = OpenAssignment(*row) if row else None
    reason = assignment.reason if assignment else (await tx.execute(_LAST_DECISION, key)).scalar_one_or_none()
    return LeadWhole(lead, contact, company, assignment, reason or "")


async def list_timeline(
    tx: Transaction, org_id: UUID, lead_id: UUID, *, limit: int = 50, cursor: str | None = None
) -> Page[TimelineEvent]:
    """Return what happened to a lead, newest first."""
    statement = (
        select(TimelineEvent)
        .where(TimelineEvent.org_id == org_id, TimelineEvent.lead_id == lead_id)
        .order_by(TimelineEvent.at.desc(), TimelineEvent.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(tuple_(TimelineEvent.at, TimelineEvent.id) < tuple_(*_read_moment(cursor)))
    rows = list(await tx.scalars(statement))
    more = encode_cursor([rows[limit - 1].at, rows[limit - 1].id]) if len(rows) > limit else None
    return Page(rows[:limit], more)


def _read_moment(cursor: str) -> tuple[datetime, UUID]:
    at, event_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(event_id)
    except (ValueError, TypeError, AttributeError):
        raise invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before") from None


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its author's name."""

    id: UUID
    author_id: UUID
    author: str
    body: str
    created_at: datetime


_NOTES = text(
    "SELECT n.id, n.author_id, u.name, n.body, n.created_at FROM lead_notes AS n "
    "JOIN users AS u ON u.org_id = n.org_id AND u.id = n.author_id "
    "WHERE n.org_id = :org_id AND n.lead_id = :lead_id AND n.deleted_at IS NULL ORDER BY n.created_at DESC, n.id DESC",
)


async def list_notes(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[Note]:
    """Return a lead's notes, newest first."""
    rows: Any = await tx.execute(_NOTES, {"org_id": org_id, "lead_id": lead_id})
    return [Note(*row) for row in rows]
