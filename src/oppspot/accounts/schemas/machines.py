"""The shapes of who one is, API keys and the audit log."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from oppspot.accounts.models import ApiKey
from oppspot.accounts.permissions import PERMISSIONS, Role
from oppspot.accounts.queries.audit import AuditFilter
from oppspot.accounts.schemas.fields import Body, Line
from oppspot.core.audit import AuditEntry, ChainReport

_ID = "0193f0c8-7a51-7c3e-9d0a-5b6f2f3c1a77"


class OrganisationAnswer(BaseModel):
    """The organisation everything in an answer belongs to."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Northwind"])
    slug: str = Field(examples=["northwind"])
    time_zone: str = Field(examples=["Europe/London"])
    currency: str = Field(examples=["GBP"], description="The ISO 4217 code of what all amounts are in.")


class MeAnswer(BaseModel):
    """Who a key or a session stands for, and what it may do."""

    kind: Literal["user", "api_key"]
    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Warehouse sync"])
    email: str | None = Field(description="Null for API keys.", examples=["ines.falk@example.com"])
    role: Role | None = Field(description="Null for API keys: they have scopes.")
    permissions: list[str] = Field(examples=[["leads.read", "leads.write"]])
    organisation: OrganisationAnswer


class ApiKeyBody(Body):
    """A key to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Warehouse sync", "scopes": ["leads.read", "leads.write"]}]},
    )

    name: Line
    scopes: list[Line] = Field(
        min_length=1, max_length=len(PERMISSIONS), description=f"Some of: {', '.join(PERMISSIONS)}."
    )
    expires_at: AwareDatetime | None = Field(default=None, description="Null: until it is revoked.")


class ApiKeyAnswer(BaseModel):
    """A key, without its secret."""

    id: UUID = Field(examples=[_ID])
    name: str = Field(examples=["Warehouse sync"])
    prefix: str = Field(description="How its tokens start, after `opp_`.", examples=["k3v9x0q2ab"])
    scopes: list[str] = Field(examples=[["leads.read", "leads.write"]])
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To about a minute.")
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """Return the answer for a key."""
        return cls.model_validate(key, from_attributes=True)


class NewApiKeyAnswer(ApiKeyAnswer):
    """A key just made; the token cannot be read again."""

    token: str = Field(examples=["opp_k3v9x0q2ab_…"])


class ApiKeyPage(BaseModel):
    """A page of keys, newest first."""

    items: list[ApiKeyAnswer]
    next_cursor: str | None


class AuditQuery(Body):
    """What to show of the audit log; what is left out does not narrow it."""

    action: Line | None = Field(default=None, examples=["user.role_changed"])
    actor_id: UUID | None = None
    subject_kind: Line | None = Field(default=None, examples=["user"])
    subject_id: Line | None = None
    since: AwareDatetime | None = Field(default=None, description="This moment and later.")
    until: AwareDatetime | None = Field(default=None, description="Before this moment.")
    limit: int = Field(default=50, ge=1, le=200, description="How many entries a page has.")
    cursor: str | None = Field(default=None, max_length=500, description="The `next_cursor` of the page before.")

    @property
    def filter(self) -> AuditFilter:
        """Return the narrowing part."""
        return AuditFilter(self.action, self.actor_id, self.subject_kind, self.subject_id, self.since, self.until)


class AuditAnswer(BaseModel):
    """One entry of the audit log."""

    seq: int = Field(description="Its place in the organisation's chain, from 1.", examples=[42])
    at: datetime
    actor_kind: Literal["user", "api_key", "system"]
    actor_id: UUID | None
    actor_name: str = Field(examples=["Ines Falk"])
    action: str = Field(examples=["user.role_changed"])
    subject_kind: str = Field(examples=["user"])
    subject_id: str = Field(examples=[_ID])
    payload: dict[str, Any] = Field(examples=[{"from": "rep", "to": "manager"}])
    hash: str = Field(description="SHA-256 over the hash before and this entry, in hex.")

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return the answer for an entry."""
        values = {name: getattr(entry, name) for name in cls.model_fields if name != "hash"}
        return cls(**values, hash=bytes(entry.hash).hex())


class AuditPage(BaseModel):
    """A page of the audit log, newest first."""

    items: list[AuditAnswer]
    next_cursor: str | None


class VerificationAnswer(BaseModel):
    """What a check of the whole chain found."""

    intact: bool
    entries: int = Field(description="Entries that hold, from the first on.", examples=[1_204])
    broken_at: int | None = Field(description="The first entry that does not hold.")
    reason: str | None = Field(examples=["the entry does not match its hash"])

    @classmethod
    def of(cls, report: ChainReport) -> Self:
        """Return the answer for a report."""
        return cls(
            intact=report.broken_at is None, entries=report.entries, broken_at=report.broken_at, reason=report.reason
        )
