"""Reads documents, what was proposed from them, and who is on whose side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.leads.normalise.domains import company_domain_of_email
from oppspot.texts.models import Document, ProposalRecord
from oppspot.texts.types import Context, DocumentKind, DocumentState

_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document in a list; `open_count` proposals wait for a decision."""

    id: UUID
    name: str
    kind: str
    state: str
    author: str
    received_at: datetime
    added_at: datetime
    proposal_count: int
    open_count: int


async def get_document(tx: Transaction, org_id: UUID, document_id: UUID, *, for_update: bool = False) -> Document:
    """Return a document; raises NotFound. `for_update` makes others who would change it wait."""
    statement = select(Document).where(Document.org_id == org_id, Document.id == document_id)
    if for_update:
        statement = statement.with_for_update()
    found = (await tx.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such text.")
    return found


async def list_proposals(tx: Transaction, org_id: UUID, document_id: UUID) -> Sequence[ProposalRecord]:
    """Return what was proposed from a document, in the order of the text."""
    statement = (
        select(ProposalRecord)
        .where(ProposalRecord.org_id == org_id, ProposalRecord.document_id == document_id)
        .order_by(ProposalRecord.start, ProposalRecord.key, ProposalRecord.id)
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(statement)).all()


async def list_documents(tx: Transaction, org_id: UUID, lead_id: UUID) -> list[DocumentSummary]:
    """Return a lead's documents, the newest first."""
    counted = (
        select(
            ProposalRecord.document_id,
            func.count().label("proposals"),
            func.count().filter(ProposalRecord.state == "proposed").label("open"),
        )
        .where(ProposalRecord.org_id == org_id, ProposalRecord.lead_id == lead_id)
        .group_by(ProposalRecord.document_id)
        .subquery()
    )
    names = ("id", "name", "kind", "state", "author", "received_at", "added_at")
    statement = (
        select(
            *(getattr(Document, name) for name in names),
            func.coalesce(counted.c.proposals, 0),
            func.coalesce(counted.c.open, 0),
        )
        .outerjoin(counted, counted.c.document_id == Document.id)
        .where(Document.org_id == org_id, Document.lead_id == lead_id)
        .order_by(Document.added_at.desc(), Document.id.desc())
        .limit(_MOST)
    )
    rows: Any = await tx.execute(statement)
    return [DocumentSummary(*row) for row in rows]


async def waiting_since(tx: Transaction, org_id: UUID, before: datetime) -> Sequence[UUID]:
    """Return the documents that have waited for an extractor since before a moment."""
    statement = select(Document.id).where(
        Document.org_id == org_id, Document.state == DocumentState.WAITING, Document.moved_at < before
    )
    return (await tx.scalars(statement)).all()


_SIDES: Final = text(
    """
    SELECT o.name AS our_company, c.name AS company_name,
        nullif(concat_ws(' ', p.first_name, p.last_name), '') AS contact_name,
        (SELECT array_agg(u.name ORDER BY u.name) FROM users AS u WHERE u.org_id = l.org_id) AS names,
        (SELECT array_agg(u.email) FROM users AS u WHERE u.org_id = l.org_id) AS emails
    FROM leads AS l
    JOIN organisations AS o ON o.id = l.org_id
    JOIN contacts AS p ON p.org_id = l.org_id AND p.id = l.contact_id
    LEFT JOIN companies AS c ON c.org_id = l.org_id AND c.id = l.company_id
    WHERE l.org_id = :org_id AND l.id = :lead_id
    """,
)


async def get_context(tx: Transaction, document: Document) -> Context:
    """Return what an extractor is told beside the text."""
    row = (await tx.execute(_SIDES, {"org_id": document.org_id, "lead_id": document.lead_id})).one()
    domains = (company_domain_of_email(email) for email in row.emails or ())
    return Context(
        said_on=document.received_at.date(),
        kind=DocumentKind(document.kind),
        our_names=frozenset(row.names or ()),
        our_domains=frozenset(domain for domain in domains if domain),
        our_company=row.our_company,
        contact_name=row.contact_name,
        company_name=row.company_name,
    )
