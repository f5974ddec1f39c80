"""Reads of companies."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select, text

from oppspot.core.db import Transaction
from oppspot.core.errors import NotFound
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.models import Company, Lead
from oppspot.leads.normalise import company_name_key, registrable_domain


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


@dataclass(frozen=True, slots=True)
class Relations:
    """Who looks after a company, what it belongs to, and what belongs to it: each with id and name."""

    owner: tuple[UUID, str] | None
    parent: tuple[UUID, str] | None
    subsidiaries: tuple[tuple[UUID, str], ...]


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


_LABEL = "coalesce(c.name, c.domain, 'No name')"
_RELATED = text(
    f"""
    SELECT 'owner' AS kind, u.id, u.name FROM users AS u WHERE u.org_id = :org_id AND u.id = :owner_id
    UNION ALL
    SELECT 'parent', c.id, {_LABEL} FROM companies AS c WHERE c.org_id = :org_id AND c.id = :parent_id
    UNION ALL
    (SELECT 'subsidiary', c.id, {_LABEL} FROM companies AS c
     WHERE c.org_id = :org_id AND c.parent_id = :id ORDER BY 3, 2 LIMIT :limit)
    """  # noqa: S608 — the label is ours
)
MOST_SUBSIDIARIES: Final = 200


async def get_relations(tx: Transaction, company: Company) -> Relations:
    """Return whom and what a company is related to; of its subsidiaries the first 200 by name."""
    key = {"org_id": company.org_id, "id": company.id, "limit": MOST_SUBSIDIARIES}
    given = key | {"owner_id": company.owner_id, "parent_id": company.parent_id}
    related = [(row.kind, (row.id, row.name)) for row in await tx.execute(_RELATED, given)]
    one = dict(related)
    below = tuple(found for kind, found in related if kind == "subsidiary")
    return Relations(one.get("owner"), one.get("parent"), below)


_CALLED = text(
    """
    SELECT c.id FROM companies AS c WHERE c.org_id = :org_id AND c.name = :typed
    UNION SELECT i.company_id FROM company_identities AS i
    WHERE i.org_id = :org_id AND i.kind = 'name' AND i.key = :name_key
    LIMIT 2
    """
)
_AT_DOMAIN = text(
    "SELECT company_id FROM company_identities WHERE org_id = :org_id AND kind = 'domain' AND key = :domain"
)


async def find_companies_called(tx: Transaction, org_id: UUID, typed: str) -> list[UUID]:
    """Return the companies that somebody means who types a domain or a name: none, one, or two of several."""
    if domain := registrable_domain(typed):
        at_domain = list((await tx.execute(_AT_DOMAIN, {"org_id": org_id, "domain": domain})).scalars())
        if at_domain:
            return at_domain
    given = {"org_id": org_id, "typed": typed, "name_key": company_name_key(typed)}
    return list((await tx.execute(_CALLED, given)).scalars())


async def get_company(tx: Transaction, org_id: UUID, company_id: UUID) -> Company:
    """Return one company; raises NotFound."""
    company = await tx.get(Company, (org_id, company_id))
    if company is None:
        raise NotFound("There is no such company.")
    return company
