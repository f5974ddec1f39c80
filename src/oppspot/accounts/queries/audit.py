"""The audit log as it is read: newest first, filtered by who, what, about what and when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from oppspot.accounts.queries.cursors import read_number
from oppspot.core.audit import AuditEntry
from oppspot.core.db import Transaction
from oppspot.core.pagination import Page, encode_cursor


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to show; None and empty mean everything. `search` looks in action, actor and subject."""

    action: str | None = None
    actor_id: UUID | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None


async def list_audit(
    tx: Transaction, wanted: AuditFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[AuditEntry]:
    """Return a page of entries."""
    where = _conditions(wanted)
    if cursor:
        where.append(AuditEntry.seq < read_number(cursor))
    newest_first = select(AuditEntry).where(*where).order_by(AuditEntry.seq.desc())
    found = (await tx.scalars(newest_first.limit(limit + 1))).all()
    shown = found[:limit]
    return Page(shown, encode_cursor([shown[-1].seq]) if len(found) > limit else None)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, value in (
        (AuditEntry.action, wanted.action),
        (AuditEntry.actor_id, wanted.actor_id),
        (AuditEntry.subject_kind, wanted.subject_kind),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value:
            where.append(column == value)
    if wanted.since:
        where.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        where.append(AuditEntry.at < wanted.until)
    if wanted.search:
        looked_in = (AuditEntry.action, AuditEntry.actor_name, AuditEntry.subject_kind, AuditEntry.subject_id)
        where.append(or_(*(column.icontains(wanted.search, autoescape=True) for column in looked_in)))
    return where


async def list_actions(tx: Transaction) -> list[str]:
    """Return the actions that occur, for a filter's choices."""
    return list((await tx.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action))).all())
