"""Tables of organisations, people, teams, sessions and keys."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKeyConstraint, Index, LargeBinary, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from oppspot.accounts.currencies import DEFAULT
from oppspot.core.db import Base, OwnedByOrganisation, Tenant
from oppspot.core.ids import new_id


class Organisation(Base):
    """A customer of the product; everything else belongs to exactly one."""

    __tablename__ = "organisations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    time_zone: Mapped[str] = mapped_column(default="UTC")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    @property
    def currency(self) -> str:
        """The ISO 4217 code of the currency its amounts are in."""
        return str(self.settings.get("currency", DEFAULT))


class User(Tenant, Base):
    """A person of one organisation. An e-mail address logs in to exactly one."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", "email", unique=True),
        CheckConstraint("role IN ('owner', 'manager', 'rep', 'viewer')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    # None until an invitation is accepted.
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    # Whether they can be given leads, companies or tasks: viewers only look on.
    can_work: Mapped[bool] = mapped_column(Computed("active AND role <> 'viewer'", persisted=True))
    theme: Mapped[str | None]
    # False: sees notices in the application only.
    email_notices: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


def _user_key(column: str, **options: Any) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org_id", column], ["users.org_id", "users.id"], **options)


class CredentialToken(Tenant, Base):
    """A one-time link: an invitation or a password reset."""

    __tablename__ = "credential_tokens"
    __table_args__ = (
        _user_key("user_id", ondelete="CASCADE"),
        CheckConstraint("purpose IN ('invitation', 'password_reset')", name="purpose"),
        Index("uq_credential_tokens_token_hash", "token_hash", unique=True),
    )

    user_id: Mapped[UUID]
    purpose: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Session(Tenant, Base):
    """A logged-in browser; revoking the row logs it out at its next request."""

    __tablename__ = "sessions"
    __table_args__ = (
        _user_key("user_id", ondelete="CASCADE"),
        Index("uq_sessions_token_hash", "token_hash", unique=True),
        Index(None, "org_id", "user_id"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    user_agent: Mapped[str] = mapped_column(default="")
    ip: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ApiKey(Tenant, Base):
    """A machine's key: found by its public prefix, checked by the hash of its secret."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("uq_api_keys_prefix", "prefix", unique=True),)

    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Team(Tenant, Base):
    """A pool of reps that rules can send leads to."""

    __tablename__ = "teams"
    __table_args__ = (Index("uq_teams_name", "org_id", "name", unique=True),)

    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class TeamMember(OwnedByOrganisation, Base):
    """A person in a team."""

    __tablename__ = "team_members"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"], ondelete="CASCADE"),
        _user_key("user_id", ondelete="CASCADE"),
    )

    team_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)


class RepProfile(OwnedByOrganisation, Base):
    """What routing needs to know of a person who works leads."""

    __tablename__ = "rep_profiles"
    __table_args__ = (
        _user_key("user_id", ondelete="CASCADE"),
        CheckConstraint("weight > 0 AND weight <= 1000", name="weight"),
        CheckConstraint("max_open IS NULL OR max_open >= 0", name="max_open"),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    # Open leads at most; None means no limit.
    max_open: Mapped[int | None]
    # [{"leads": 5, "per": "day", "window": "fixed"}, …]: leads given at most; see `period_limits`.
    limits: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    # Share of a pool relative to colleagues; 1 is a full share.
    weight: Mapped[Decimal] = mapped_column(default=Decimal(1))
    # The day their ramp begins; None for a full share at once.
    ramp_from: Mapped[date | None]
    # {"german": 4, …}: levels from 1 to 5.
    skills: Mapped[dict[str, Any]] = mapped_column(default=dict)
    territories: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    seniority: Mapped[str] = mapped_column(default="mid")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    # Whose holidays are theirs: an alpha-2 code and a part of that country; None for their team's.
    country: Mapped[str | None]
    subdivision: Mapped[str | None]
    # {"mon": [["09:00", "17:30"]], …} in the person's own time zone.
    working_hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # False while paused: keeps what they have, gets nothing new.
    available: Mapped[bool] = mapped_column(default=True)
    # When a pause ends by itself; None for when somebody ends it.
    paused_until: Mapped[datetime | None]
    # For the person and for managers only.
    pause_reason: Mapped[str] = mapped_column(default="", server_default="")


class Notification(Tenant, Base):
    """Something a person should see; e-mail copies are sent by a job."""

    __tablename__ = "notifications"
    __table_args__ = (
        _user_key("user_id", ondelete="CASCADE"),
        Index(None, "org_id", "user_id", "created_at"),
        Index("ix_notifications_unread", "org_id", "user_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notifications_to_email", "org_id", postgresql_where=text("email_state = 'pending'")),
        CheckConstraint("email_state IN ('pending', 'sent', 'failed', 'skipped')", name="email_state"),
    )

    user_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    # Skipped: read before the e-mail was due, or its reader wants none.
    email_state: Mapped[str] = mapped_column(default="pending", server_default="skipped")
    # Why the last attempt failed, also while it is tried again.
    email_error: Mapped[str | None]


class SavedView(Tenant, Base):
    """A named filter of a list; shared when it belongs to nobody."""

    __tablename__ = "saved_views"
    __table_args__ = (_user_key("user_id", ondelete="CASCADE"), Index(None, "org_id", "page"))

    user_id: Mapped[UUID | None]
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    created_at: Mapped[datetime]
