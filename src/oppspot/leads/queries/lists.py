"""Lists of leads: filtered, ordered, one page at a time by keyset, so that page 1,000 costs what page 1 does."""

from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    column,
    func,
    literal_column,
    not_,
    select,
    table,
    tuple_,
)

from oppspot.core.actor import Actor
from oppspot.core.db import Transaction
from oppspot.core.errors import invalid
from oppspot.core.pagination import Page, decode_cursor, encode_cursor
from oppspot.leads.filters import SOON, ClockState, LeadFilter, LeadSort
from oppspot.leads.models import Company, Contact, Lead
from oppspot.leads.naming import lead_name

_LEADS, _CONTACTS, _COMPANIES = Lead.__table__, Contact.__table__, Company.__table__
# The one thing lists show of a person; the table itself belongs to accounts.
_USERS = table("users", column("org_id"), column("id"), column("name"))


@dataclass(frozen=True, slots=True)
class WholeLead:
    """A lead as exports write it: its columns as listed, and what lists leave out."""

    listed: "LeadRow"
    phone: str | None
    country: str | None
    region: str | None
    postcode: str | None
    product_interest: str | None
    attributes: dict[str, Any]
    reason: str | None
    company: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as lists show it."""

    id: UUID
    first_name: str | None
    last_name: str | None
    email: str | None
    title: str | None
    company_id: UUID | None
    company: str | None
    source: str | None
    status: str
    stage: str
    outcome: str
    owner_id: UUID | None
    owner: str | None
    queue: str | None
    score: Decimal | None
    fit: Decimal | None
    engagement: Decimal | None
    coverage: Decimal | None
    band: str | None
    grade: str | None
    bant_status: str | None
    bant_score: Decimal | None
    bant_coverage: Decimal | None
    framework: str
    verdict: str | None
    sla_due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    external_id: str | None
    own: Mapping[str, Any] | None  # where it stands by its own framework, as its row keeps it

    @property
    def is_judged(self) -> bool:
        """Say whether its verdict rests on anything: something known, or a person's decision."""
        return self.own is not None and (self.own["overall_score"] is not None or self.own["status"] != self.verdict)

    @property
    def name(self) -> str:
        """What the lead is called."""
        return lead_name(self.first_name, self.last_name, self.email, self.company, self.external_id)


_COLUMNS: Final[tuple[ColumnElement[Any], ...]] = (
    _LEADS.c.id,
    _CONTACTS.c.first_name,
    _CONTACTS.c.last_name,
    _CONTACTS.c.email,
    _CONTACTS.c.title,
    _LEADS.c.company_id,
    func.coalesce(_COMPANIES.c.name, _COMPANIES.c.domain).label("company"),
    _LEADS.c.source,
    _LEADS.c.status,
    _LEADS.c.stage,
    _LEADS.c.outcome,
    _LEADS.c.owner_id,
    _USERS.c.name.label("owner"),
    _LEADS.c.queue,
    _LEADS.c.score_overall.label("score"),
    _LEADS.c.score_fit.label("fit"),
    _LEADS.c.score_engagement.label("engagement"),
    _LEADS.c.score_coverage.label("coverage"),
    _LEADS.c.score_band.label("band"),
    _LEADS.c.score_grade.label("grade"),
    _LEADS.c.bant_status,
    _LEADS.c.bant_score,
    _LEADS.c.bant_coverage,
    _LEADS.c.framework,
    _LEADS.c.verdict,
    _LEADS.c.sla_due_at,
    _LEADS.c.created_at,
    _LEADS.c.updated_at,
    _LEADS.c.external_id,
    _LEADS.c.standings[0].label("own"),
)


def _selection() -> Select[Any]:
    return select(*_COLUMNS).select_from(
        _LEADS.join(_CONTACTS, and_(_CONTACTS.c.org_id == _LEADS.c.org_id, _CONTACTS.c.id == _LEADS.c.contact_id))
        .outerjoin(_COMPANIES, and_(_COMPANIES.c.org_id == _LEADS.c.org_id, _COMPANIES.c.id == _LEADS.c.company_id))
        .outerjoin(_USERS, and_(_USERS.c.org_id == _LEADS.c.org_id, _USERS.c.id == _LEADS.c.owner_id)),
    )


# Written out, not as parameters, so that the partial index answers.
_LIES_IN_QUEUE: Final[ColumnElement[bool]] = literal_column(
    "(leads.outcome = 'queued' AND leads.status IN ('new', 'working'))", Boolean
)


def conditions(actor: Actor, given: LeadFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the WHERE of a filter, as conditions on the table of leads."""
    lead = _LEADS.c
    found: list[ColumnElement[bool]] = [lead.org_id == actor.org_id]
    exact = {
        "stage": given.stage,
        "score_band": given.band,
        "bant_status": given.bant_status,
        "framework": given.framework,
        "verdict": given.verdict,
        "outcome": given.outcome,
        "source": given.source,
        "company_id": given.company_id,
        "import_id": given.import_id,
    }
    found += [lead[name] == value for name, value in exact.items() if value is not None]
    if given.status:
        found.append(lead.status.in_(given.status))
    if given.owner is not None:
        found.append(_owned_by(actor, given.owner))
    if given.min_score is not None:
        found.append(lead.score_overall >= given.min_score)
    if given.created_after is not None:
        found.append(lead.created_at >= given.created_after)
    if given.created_before is not None:
        found.append(lead.created_at < given.created_before)
    if given.overdue:
        found.append(lead.sla_due_at < now)
    if given.queue is not None:
        found += [_LIES_IN_QUEUE, lead.queue == given.queue]
    if given.in_queue is not None:
        found.append(_LIES_IN_QUEUE if given.in_queue else not_(_LIES_IN_QUEUE))
    found += _timed(given, now)
    if (words := _search(given.q)) is not None:
        found.append(words)
    return found


def _owned_by(actor: Actor, owner: str) -> ColumnElement[bool]:
    if owner == "nobody":
        return _LEADS.c.owner_id.is_(None)
    if owner == "somebody":
        return _LEADS.c.owner_id.is_not(None)
    if owner == "me":
        return _LEADS.c.owner_id == actor.user_id
    try:
        return _LEADS.c.owner_id == UUID(owner)
    except ValueError:
        raise invalid("owner", "is not a person", 'a person\'s id, "me", "somebody" or "nobody"') from None


# What lists ask of clocks; the table itself belongs to routing.
_CLOCKS = table("sla_clocks", *map(column, ("org_id", "lead_id", "kind", "started_at", "due_at", "paused_at")))
_WAITS: Final[ColumnElement[bool]] = literal_column(
    "(sla_clocks.met_at IS NULL AND sla_clocks.stopped_at IS NULL)", Boolean
)


def _timed(given: LeadFilter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the condition that a clock of the kind and state asked for waits for something, if one was asked for."""
    if (given.clock, given.clock_state, given.clock_started_after) == (None, None, None):
        return []
    clock = _CLOCKS.c
    runs = clock.paused_at.is_(None)
    states: dict[ClockState | None, list[ColumnElement[bool]]] = {
        None: [],
        ClockState.RUNNING: [runs],
        ClockState.SOON: [runs, clock.due_at >= now, clock.due_at < now + SOON],
        ClockState.OVERDUE: [runs, clock.due_at < now],
        ClockState.PAUSED: [clock.paused_at.is_not(None)],
    }
    kind = [] if given.clock is None else [clock.kind == given.clock]
    since = [] if given.clock_started_after is None else [clock.started_at >= given.clock_started_after]
    asked = (*kind, *since, *states[given.clock_state])
    waits = select(clock.lead_id).where(clock.org_id == _LEADS.c.org_id, _WAITS, *asked)
    return [_LEADS.c.id.in_(waits)]


def _search(text: str | None) -> ColumnElement[bool] | None:
    found = leads_found(text)
    return None if found is None else _LEADS.c.id.in_(found)


def leads_found(text: str | None) -> Select[Any] | None:
    """Return the ids of the leads of which every word typed begins a word; None when nothing was typed."""
    words = "".join(char if char.isalnum() else " " for char in (text or "").lower()).split()
    if not words:
        return None
    query = " & ".join(f"{word}:*" for word in words)
    # Through a door, because row-level security would keep the index from being used (migration 0005).
    return select(func.door_search_leads(query))


# Each order: the column, the way through its index (the only thing that NULLS says here: known and unknown values are
# asked for apart), whether it descends, whether it can be unknown.
_ORDERS: Final = {
    LeadSort.NEWEST: (_LEADS.c.created_at, _LEADS.c.created_at.desc(), True, False),
    LeadSort.OLDEST: (_LEADS.c.created_at, _LEADS.c.created_at.asc(), False, False),
    LeadSort.BEST: (_LEADS.c.score_overall, _LEADS.c.score_overall.desc().nulls_last(), True, True),
    LeadSort.WORST: (_LEADS.c.score_overall, _LEADS.c.score_overall.asc().nulls_first(), False, True),
    LeadSort.DUE: (_LEADS.c.sla_due_at, _LEADS.c.sla_due_at.asc(), False, True),
    LeadSort.LEAST_DUE: (_LEADS.c.sla_due_at, _LEADS.c.sla_due_at.desc(), True, True),
    LeadSort.LATEST: (_LEADS.c.updated_at, _LEADS.c.updated_at.desc(), True, False),
}
_POSITION: Final = {
    LeadSort.NEWEST: "created_at",
    LeadSort.OLDEST: "created_at",
    LeadSort.BEST: "score",
    LeadSort.WORST: "score",
    LeadSort.DUE: "sla_due_at",
    LeadSort.LEAST_DUE: "sla_due_at",
    LeadSort.LATEST: "updated_at",
}


async def list_leads(
    tx: Transaction,
    actor: Actor,
    given: LeadFilter,
    now: datetime,
    *,
    sort: LeadSort = LeadSort.NEWEST,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[LeadRow]:
    """Return one page of the leads that a filter lets through."""
    wanted = _selection().where(*conditions(actor, given, now))
    position = None if cursor is None else _read_position(sort, decode_cursor(cursor, 2))
    rows: list[LeadRow] = []
    for where in _parts(sort, position):
        statement = wanted.where(*where).order_by(*_order(sort)).limit(limit + 1 - len(rows))
        rows += [LeadRow(*row) for row in await tx.execute(statement)]
        if len(rows) > limit:
            break
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _cursor(sort, rows[-1]) if more else None)


def _order(sort: LeadSort) -> tuple[ColumnElement[Any], ...]:
    _, first, descending, _ = _ORDERS[sort]
    return first, (_LEADS.c.id.desc() if descending else _LEADS.c.id.asc())


def _cursor(sort: LeadSort, row: LeadRow) -> str:
    value = getattr(row, _POSITION[sort])
    return encode_cursor([str(value) if isinstance(value, Decimal) else value, row.id])


def _parts(sort: LeadSort, position: tuple[Any, UUID] | None) -> Iterator[list[ColumnElement[bool]]]:
    """Yield the conditions of what comes after a position: first of what is known, then of what is unknown.

    Apart, each is one walk through an index in either direction; together, PostgreSQL would sort the whole list.
    """
    by, _, descending, unknowable = _ORDERS[sort]
    value, lead_id = position or (None, None)
    if position is None:
        yield [by.is_not(None)] if unknowable else []
    elif value is not None:
        here, there = tuple_(by, _LEADS.c.id), tuple_(value, lead_id)
        yield [here < there if descending else here > there]
    if unknowable:
        rest: list[ColumnElement[bool]] = [by.is_(None)]
        if position is not None and value is None:
            rest.append(_LEADS.c.id < lead_id if descending else _LEADS.c.id > lead_id)
        yield rest


def _read_position(sort: LeadSort, position: list[Any]) -> tuple[Any, UUID]:
    value, lead_id = position
    try:
        read = (
            None if value is None else Decimal(value) if _POSITION[sort] == "score" else datetime.fromisoformat(value)
        )
        return read, UUID(lead_id)
    except (ValueError, TypeError, ArithmeticError):
        raise invalid("cursor", "is not a cursor of this order", "the `next_cursor` of the page before") from None


async def list_queued(tx: Transaction, actor: Actor, *, limit: int = 20) -> list[LeadRow]:
    """Return the most urgent leads of all queues: due soonest first, of equally due ones the best first."""
    urgency = _LEADS.c.sla_due_at.asc(), _LEADS.c.score_overall.desc().nulls_last(), _LEADS.c.id.asc()
    here = _LEADS.c.org_id == actor.org_id, _LIES_IN_QUEUE
    statement = _selection().where(*here).order_by(*urgency).limit(limit)
    return [LeadRow(*row) for row in await tx.execute(statement)]


COUNTED_UP_TO: Final = 10_000


async def count_leads(tx: Transaction, actor: Actor, given: LeadFilter, now: datetime) -> int:
    """Return how many leads a filter lets through, counting no further than COUNTED_UP_TO."""
    some = select(_LEADS.c.id).where(*conditions(actor, given, now)).limit(COUNTED_UP_TO).subquery()
    return int((await tx.execute(select(func.count()).select_from(some))).scalar_one())


_STORED: Final = (
    "name", "domain", "registration_number", "country", "region", "postcode", "industry", "sic_code", "employees",
    "annual_revenue", "growth_rate", "funding_stage", "credit_score", "technologies",
)  # fmt: skip
# What exports say of a company: beside what is stored, who looks after it and what it belongs to, by their names.
COMPANY_COLUMNS: Final = (*_STORED, "owner", "parent")
_KEEPERS, _PARENTS = _USERS.alias("keepers"), Company.__table__.alias("parents")


def _company_owner() -> ScalarSelect[Any]:
    statement = select(_KEEPERS.c.name).where(_KEEPERS.c.org_id == _COMPANIES.c.org_id)
    return statement.where(_KEEPERS.c.id == _COMPANIES.c.owner_id).scalar_subquery()


def _company_parent() -> ScalarSelect[Any]:
    statement = select(func.coalesce(_PARENTS.c.name, _PARENTS.c.domain))
    statement = statement.where(_PARENTS.c.org_id == _COMPANIES.c.org_id, _PARENTS.c.id == _COMPANIES.c.parent_id)
    return statement.scalar_subquery()


# Why the lead stands where it does: the newest decision's reason. The table itself belongs to routing.
_DECISIONS = table("routing_decisions", *map(column, ("org_id", "lead_id", "at", "id", "reason")))


def _reason() -> ScalarSelect[Any]:
    return (
        select(_DECISIONS.c.reason)
        .where(_DECISIONS.c.org_id == _LEADS.c.org_id, _DECISIONS.c.lead_id == _LEADS.c.id)
        .order_by(_DECISIONS.c.at.desc(), _DECISIONS.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


async def stream_leads(
    tx: Transaction, actor: Actor, given: LeadFilter, now: datetime
) -> AsyncGenerator[WholeLead, None]:
    """Yield all leads that a filter lets through, whole, newest first, in bounded memory."""
    person = tuple(_CONTACTS.c[name] for name in ("phone", "country", "region", "postcode"))
    own = (*person, _LEADS.c.product_interest, _LEADS.c.attributes)
    stored = (_COMPANIES.c[name].label(f"company_{name}") for name in _STORED)
    company = (*stored, _company_owner().label("company_owner"), _company_parent().label("company_parent"))
    statement = _selection().add_columns(*own, _reason().label("reason"), *company)
    statement = statement.where(*conditions(actor, given, now)).order_by(*_order(LeadSort.NEWEST))
    listed, more = len(_COLUMNS), len(_COLUMNS) + len(own) + 1
    async for row in await tx.stream(statement):
        facts = dict(zip(COMPANY_COLUMNS, row[more:], strict=True))
        phone, country, region, postcode, product, attributes, reason = row[listed:more]
        lead = LeadRow(*row[:listed])
        yield WholeLead(lead, phone, country, region, postcode, product, attributes, reason, facts)


async def find_lead_row(tx: Transaction, actor: Actor, lead_id: UUID) -> LeadRow | None:
    """Return one lead as lists show it."""
    statement = _selection().where(_LEADS.c.org_id == actor.org_id, _LEADS.c.id == lead_id)
    row = (await tx.execute(statement)).one_or_none()
    return LeadRow(*row) if row else None
