"""Tables of companies, contacts, leads and how they are recognised."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.core.db import Base, OwnedByOrganisation, Tenant


class Company(Tenant, Base):
    """An account."""

    __tablename__ = "companies"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "parent_id"], ["companies.org_id", "companies.id"]),
        CheckConstraint("parent_id <> id", name="parent"),
        Index(None, "org_id", "name"),
        Index(None, "org_id", "domain"),
        Index("ix_companies_by_parent", "org_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
    )

    name: Mapped[str | None]
    domain: Mapped[str | None]
    registration_number: Mapped[str | None]
    country: Mapped[str | None]
    region: Mapped[str | None]
    postcode: Mapped[str | None]
    industry: Mapped[str | None]
    sic_code: Mapped[str | None]
    employees: Mapped[int | None]
    annual_revenue: Mapped[Decimal | None]
    # Percent a year.
    growth_rate: Mapped[float | None]
    funding_stage: Mapped[str | None]
    credit_score: Mapped[int | None]
    technologies: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    # Who looks after the account, and the company it belongs to: set by people, never by what leads say.
    owner_id: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


def _company_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org_id", "company_id"], ["companies.org_id", "companies.id"])


class CompanyIdentity(OwnedByOrganisation, Base):
    """A key by which a company is recognised: registrable domain, registration number or name."""

    __tablename__ = "company_identities"
    __table_args__ = (_company_key(), Index(None, "org_id", "company_id"))

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[UUID]


class Contact(Tenant, Base):
    """A person, at a company when we know it."""

    __tablename__ = "contacts"
    __table_args__ = (_company_key(), Index(None, "org_id", "company_id"))

    company_id: Mapped[UUID | None]
    email: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    title: Mapped[str | None]
    phone: Mapped[str | None]
    country: Mapped[str | None]
    region: Mapped[str | None]
    postcode: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


# What the search box searches: one expression, used by the index and the query alike.
SEARCH_EXPRESSION = "to_tsvector('simple', search_text)"


# A lead that lies in a queue for somebody to take.
LIES_IN_QUEUE = "outcome = 'queued' AND status IN ('new', 'working')"


class Lead(Tenant, Base):
    """A person's buying interest. Scores and owner here are copies of the newest record, for lists."""

    __tablename__ = "leads"
    __table_args__ = (
        _company_key(),
        ForeignKeyConstraint(["org_id", "contact_id"], ["contacts.org_id", "contacts.id"]),
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        CheckConstraint(
            "status IN ('new','working','qualified','nurturing','disqualified','converted','archived')",
            name="status",
        ),
        CheckConstraint("stage IN ('lead','mql','sal','sql','opportunity','customer')", name="stage"),
        Index("ix_leads_recent", "org_id", text("created_at DESC"), text("id DESC")),
        Index("ix_leads_by_score", "org_id", text("score_overall DESC NULLS LAST"), text("id DESC")),
        Index("ix_leads_by_owner", "org_id", "owner_id", text("created_at DESC")),
        Index("ix_leads_by_status", "org_id", "status", text("created_at DESC")),
        Index("ix_leads_by_verdict", "org_id", "framework", "verdict"),
        Index("ix_leads_by_source", "org_id", "source"),
        Index("ix_leads_by_company", "org_id", "company_id"),
        # Of the leads of a company, those that make it an account; few are.
        Index(
            "ix_leads_of_accounts",
            "org_id",
            "company_id",
            postgresql_where=text("stage IN ('opportunity', 'customer')"),
        ),
        Index("ix_leads_by_import", "org_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_leads_search", text(SEARCH_EXPRESSION), postgresql_using="gin"),
        Index("ix_leads_updated", "org_id", text("updated_at DESC"), text("id DESC")),
        Index("ix_leads_due", "org_id", "sla_due_at", "id"),
        Index(
            "ix_leads_in_queues",
            "org_id",
            "sla_due_at",
            text("score_overall DESC NULLS LAST"),
            "id",
            postgresql_where=text(LIES_IN_QUEUE),
        ),
        Index("ix_leads_next_check", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        Index(
            "ix_leads_waiting",
            "org_id",
            "outcome",
            "created_at",
            "id",
            postgresql_where=text("next_check_at IS NOT NULL"),
        ),
    )

    contact_id: Mapped[UUID]
    company_id: Mapped[UUID | None]
    external_id: Mapped[str | None]
    source: Mapped[str | None]
    product_interest: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="new")
    stage: Mapped[str] = mapped_column(default="lead")
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Why the lead is where it is: one of routing's closed list of outcomes.
    outcome: Mapped[str]
    owner_id: Mapped[UUID | None]
    queue: Mapped[str | None]
    sla_due_at: Mapped[datetime | None]
    # When it was marked that its time ran out while it lay in a queue; of somebody's, the assignment says that.
    queue_breached_at: Mapped[datetime | None]
    # When an outcome that is not "assigned" is looked at again.
    next_check_at: Mapped[datetime | None]
    score_overall: Mapped[Decimal | None]
    score_fit: Mapped[Decimal | None]
    score_engagement: Mapped[Decimal | None]
    score_coverage: Mapped[Decimal | None]
    score_band: Mapped[str | None]
    score_grade: Mapped[str | None]
    bant_status: Mapped[str | None]
    bant_score: Mapped[Decimal | None]
    bant_coverage: Mapped[Decimal | None]
    bant_confidence: Mapped[Decimal | None]
    # The framework the lead is qualified by; the verdict that counts: a person's while it holds, else the machine's.
    framework: Mapped[str] = mapped_column(default="bant")
    verdict: Mapped[str | None]
    # Where it stands by every framework it holds, its own first (qualification/standings.py).
    standings: Mapped[list[Any]] = mapped_column(default=list)
    # Frameworks chosen by hand: {"frameworks": ["meddic"], "also": [], "author": "…"}.
    framework_choice: Mapped[dict[str, Any] | None]
    # What people decided against the machine, by framework; every decision is kept in `overrides`.
    overrides: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_review_on: Mapped[date | None]
    import_id: Mapped[UUID | None]
    # Name, e-mail, company in one line of lower-case words.
    search_text: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # When an assessment last changed the row.
    assessed_at: Mapped[datetime]


def lead_key(**options: Any) -> ForeignKeyConstraint:
    """Return the foreign key of a row that belongs to a lead."""
    return ForeignKeyConstraint(["org_id", "lead_id"], ["leads.org_id", "leads.id"], ondelete="CASCADE", **options)


class LeadIdentity(OwnedByOrganisation, Base):
    """A key by which a lead is recognised: e-mail, external id, or domain + person."""

    __tablename__ = "lead_identities"
    __table_args__ = (
        # Checked at commit: identities are claimed first, then leads are written.
        lead_key(deferrable=True, initially="DEFERRED"),
        Index(None, "org_id", "lead_id"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID]


class LeadNote(Tenant, Base):
    """What a person wrote down about a lead."""

    __tablename__ = "lead_notes"
    __table_args__ = (
        lead_key(),
        ForeignKeyConstraint(["org_id", "author_id"], ["users.org_id", "users.id"]),
        Index(None, "org_id", "lead_id", "created_at"),
    )

    lead_id: Mapped[UUID]
    author_id: Mapped[UUID]
    body: Mapped[str]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class AttributeDefinition(Tenant, Base):
    """A custom field of an organisation's leads, with its type."""

    __tablename__ = "attribute_definitions"
    __table_args__ = (
        Index("uq_attribute_definitions_key", "org_id", "key", unique=True),
        CheckConstraint("type IN ('text','number','boolean','datetime','choice','text_list')", name="type"),
    )

    key: Mapped[str]
    label: Mapped[str]
    type: Mapped[str]
    choices: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Import(Tenant, Base):
    """One file brought in: rehearsed, run, and undone as a whole."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('uploaded','rehearsing','rehearsed','running','done','failed','undoing','undone')",
            name="status",
        ),
        Index(None, "org_id", "created_at"),
    )

    filename: Mapped[str]
    status: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    columns: Mapped[list[Any]]
    total_rows: Mapped[int | None]
    processed_rows: Mapped[int] = mapped_column(default=0)
    # Rows by outcome: created, updated, duplicate, rejected, …
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
    # What was found out about the file, in sentences.
    notes: Mapped[list[Any]] = mapped_column(default=list)
    # The number of the last row that is done: where a run goes on after its worker was killed.
    last_row: Mapped[int] = mapped_column(default=0)
    # When work on it last moved; one that stands still is taken up again.
    moved_at: Mapped[datetime | None]
    # Who started the run or the undoing: {kind, id, name}.
    run_by: Mapped[dict[str, Any] | None]


def _import_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org_id", "import_id"], ["imports.org_id", "imports.id"], ondelete="CASCADE")


class ImportFile(OwnedByOrganisation, Base):
    """A piece of an uploaded file, so that any worker on any machine can read it."""

    __tablename__ = "import_files"
    __table_args__ = (_import_key(),)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(OwnedByOrganisation, Base):
    """What became of one row of a file, and what was there before, for undo."""

    __tablename__ = "import_rows"
    __table_args__ = (
        _import_key(),
        Index(None, "org_id", "import_id", "outcome"),
        Index("ix_import_rows_of_lead", "org_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
    )

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    # One of leads/imports/types.py.
    outcome: Mapped[str]
    lead_id: Mapped[UUID | None]
    problems: Mapped[list[Any] | None]
    original: Mapped[dict[str, Any] | None]
    # What changed, with the old values: {"company_id": …, "changes": {"lead.source": ["old", "new"]}}.
    before: Mapped[dict[str, Any] | None]
    # In a rehearsal: what would become of it, as the page shows it.
    result: Mapped[dict[str, Any] | None]


class ImportMapping(OwnedByOrganisation, Base):
    """The mapping last used for a set of column headers."""

    __tablename__ = "import_mappings"

    signature: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
