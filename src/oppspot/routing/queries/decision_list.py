"""The list of decisions: filtered, newest first, one page at a time by keyset."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    and_,
    column,
    func,
    literal_column,
    select,
    table,
    tuple_,
)

from oppspot.core.db import Transaction
from oppspot.core.errors import invalid
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.naming import sql_lead_name
from oppspot.leads.queries.lists import leads_found
from oppspot.routing.models import RoutingDecisionRecord
from oppspot.routing.outcomes import Outcome

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """All given conditions must hold; None and empty do not narrow.

    `q` finds words that start like this in the lead's name, address and company.
    """

    outcome: tuple[Outcome, ...] = ()
    rep_id: UUID | None = None
    team_id: UUID | None = None
    rule_id: str | None = None
    lead_id: UUID | None = None
    decided_after: datetime | None = None
    decided_before: datetime | None = None
    q: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything is filtered out."""
        return any(getattr(self, item.name) not in (None, ()) for item in fields(self))


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision as lists show it."""

    id: UUID
    at: datetime
    lead_id: UUID
    lead_name: str
    company: str | None
    outcome: str
    rep_id: UUID | None
    rep_name: str | None
    team_id: UUID | None
    team_name: str | None
    queue: str | None
    rule_id: str | None
    rule_name: str | None
    reason: str
    config_version: int
    next_check_at: datetime | None


_DECISIONS = RoutingDecisionRecord.__table__
# The one thing lists show of what belongs to others.
_LEADS = table("leads", *map(column, ("org_id", "id", "contact_id", "company_id", "external_id")))
_PEOPLE = table("contacts", *map(column, ("org_id", "id", "first_name", "last_name", "email")))
_COMPANIES = table("companies", *map(column, ("org_id", "id", "name", "domain")))
_USERS = table("users", *map(column, ("org_id", "id", "name")))
_TEAMS = table("teams", *map(column, ("org_id", "id", "name")))
# Written out, not as a parameter, so that the partial index answers.
_UNUSUAL: Final[ColumnElement[bool]] = literal_column("routing_decisions.outcome <> 'assigned'", Boolean)
_OWN: Final = (
    "org_id", "id", "at", "lead_id", "outcome", "rep_id", "team_id", "queue", "rule_id", "rule_name", "reason",
    "config_version", "next_check_at",
)  # fmt: skip


async def list_decisions(
    tx: Transaction, org_id: UUID, given: DecisionFilter, *, limit: int = PAGE, cursor: str | None = None
) -> Page[DecisionRow]:
    """Return one page of the decisions that a filter lets through, newest first."""
    chosen = _chosen(org_id, given).limit(limit + 1)
    if cursor is not None:
        chosen = chosen.where(tuple_(_DECISIONS.c.at, _DECISIONS.c.id) < tuple_(*_read_position(cursor)))
    rows = [DecisionRow(*row) for row in await tx.execute(_with_names(chosen))]
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, encode_cursor([rows[-1].at, rows[-1].id]) if more else None)


async def stream_decisions(tx: Transaction, org_id: UUID, given: DecisionFilter) -> AsyncGenerator[DecisionRow, None]:
    """Yield all decisions that a filter lets through, newest first, in bounded memory."""
    async for row in await tx.stream(_with_names(_chosen(org_id, given))):
        yield DecisionRow(*row)


def _chosen(org_id: UUID, given: DecisionFilter) -> Select[Any]:
    own = _DECISIONS.c
    wanted = select(*(own[name] for name in _OWN)).where(own.org_id == org_id, *_conditions(given))
    return wanted.order_by(own.at.desc(), own.id.desc())


def _conditions(given: DecisionFilter) -> list[ColumnElement[bool]]:
    own = _DECISIONS.c
    exact = {"rep_id": given.rep_id, "team_id": given.team_id, "rule_id": given.rule_id, "lead_id": given.lead_id}
    found: list[ColumnElement[bool]] = [own[name] == value for name, value in exact.items() if value is not None]
    if given.outcome:
        found.append(own.outcome.in_(given.outcome))
        if Outcome.ASSIGNED not in given.outcome:
            found.append(_UNUSUAL)
    if given.decided_after is not None:
        found.append(own.at >= given.decided_after)
    if given.decided_before is not None:
        found.append(own.at < given.decided_before)
    if (leads := leads_found(given.q)) is not None:
        found.append(own.lead_id.in_(leads))
    return found


def _with_names(chosen: Select[Any]) -> Select[Any]:
    """Join the names to the decisions chosen, which are few by then."""
    own = chosen.subquery("chosen")
    company = func.coalesce(_COMPANIES.c.name, _COMPANIES.c.domain)
    name: ColumnElement[str] = literal_column(sql_lead_name("contacts", "companies", "leads"))
    return (
        select(
            own.c.id,
            own.c.at,
            own.c.lead_id,
            name,
            company,
            own.c.outcome,
            own.c.rep_id,
            _USERS.c.name,
            own.c.team_id,
            _TEAMS.c.name,
            *(own.c[name] for name in ("queue", "rule_id", "rule_name", "reason", "config_version", "next_check_at")),
        )
        .select_from(own)
        .join(_LEADS, and_(_LEADS.c.org_id == own.c.org_id, _LEADS.c.id == own.c.lead_id))
        .join(_PEOPLE, and_(_PEOPLE.c.org_id == _LEADS.c.org_id, _PEOPLE.c.id == _LEADS.c.contact_id))
        .outerjoin(_COMPANIES, and_(_COMPANIES.c.org_id == _LEADS.c.org_id, _COMPANIES.c.id == _LEADS.c.company_id))
        .outerjoin(_USERS, and_(_USERS.c.org_id == own.c.org_id, _USERS.c.id == own.c.rep_id))
        .outerjoin(_TEAMS, and_(_TEAMS.c.org_id == own.c.org_id, _TEAMS.c.id == own.c.team_id))
        .order_by(own.c.at.desc(), own.c.id.desc())
    )


def _read_position(cursor: str) -> tuple[datetime, UUID]:
    at, decision_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(decision_id)
    except (ValueError, TypeError, AttributeError):
        raise invalid("cursor", "is not a cursor of this list", "the `next_cursor` of the page before") from None
