"""Reads of companies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.models import Company, Lead


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company as lists show it."""

    id: UUID
    name: str | None
    domain: str | None
    country: str | None
    industry: str | None
    employees: int | None
    created_at: datetime
    leads: int

    @property
    def label(self) -> str:
        """What the company is called."""
        return self.name or self.domain or "No name"


async def list_companies(
    tx: Transaction,
    org_id: UUID,
    *,
    q: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CompanyRow]:
    """Return companies by name, those without one last, with how many leads each has."""
    name = func.coalesce(func.lower(Company.name), "\U0010ffff")
    counted = (
        select(func.count())
        .select_from(Lead)
        .where(Lead.org_id == Company.org_id, Lead.company_id == Company.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Company.id,
            Company.name,
            Company.domain,
            Company.country,
            Company.industry,
            Company.employees,
            Company.created_at,
            counted,
            name,
        )
        .where(Company.org_id == org_id)
        .order_by(name, Company.id)
        .limit(limit + 1)
    )
    if q:
        pattern = q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        statement = statement.where(or_(Company.name.ilike(pattern), Company.domain.ilike(pattern)))
    if cursor is not None:
        after, after_id = decode_cursor(cursor, 2)
        statement = statement.where(or_(name > after, (name == after) & (Company.id > UUID(str(after_id)))))
    rows: list[Any] = list(await tx.execute(statement))
    shown = [CompanyRow(*row[:-1]) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(shown, encode_cursor([last[-1], last.id]) if last is not None else None)


async def get_company(tx: Transaction, org_id: UUID, company_id: UUID) -> Company:
    """Return one company; raises NotFound."""
    company = await tx.get(Company, (org_id, company_id))
    if company is None:
        raise NotFound("There is no such company.")
    return company
