"""What the person at the terminal does to accounts: acts as the product itself, in any organisation."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import text

from oppspot.accounts.currencies import DEFAULT
from oppspot.accounts.passwords import hash_password
from oppspot.accounts.permissions import PERMISSIONS, Role
from oppspot.accounts.schemas.fields import Address, Currency, Line, Password, TimeZone
from oppspot.accounts.services import organisations
from oppspot.accounts.services.api_keys import create_api_key
from oppspot.accounts.services.invitations import invite_user
from oppspot.accounts.services.users import create_user
from oppspot.accounts.types import NewUser
from oppspot.core.actor import system_actor
from oppspot.core.audit import ChainReport, verify_chain
from oppspot.core.db import Database
from oppspot.core.errors import Invalid, NotFound
from oppspot.web.validation import invalid_request

_ORGANISATIONS = text("SELECT org_id, slug FROM door_list_organisations() ORDER BY slug")
ALL_SCOPES = "all"


class OrganisationArguments(BaseModel):
    """An organisation as typed."""

    name: Line
    slug: Line | None
    time_zone: TimeZone
    currency: Currency


class UserArguments(BaseModel):
    """A person as typed; no password means an invitation."""

    email: Address
    name: Line
    role: Role
    password: Password | None


class KeyArguments(BaseModel):
    """A key as typed."""

    name: Line
    days: int | None


def _refusal(error: ValidationError) -> Invalid:
    refused = invalid_request(error.errors())
    lines = (f"{problem.path} {problem.message}" for problem in refused.errors)
    return Invalid("; ".join(lines), errors=refused.errors)


async def found_organisation(
    database: Database, name: str, slug: str | None, time_zone: str, now: datetime, *, currency: str = DEFAULT
) -> str:
    """Found an organisation; returns its slug."""
    try:
        typed = OrganisationArguments(name=name, slug=slug, time_zone=time_zone, currency=currency)
    except ValidationError as error:
        raise _refusal(error) from None
    actor = await organisations.create_organisation(
        database, typed.name, now, slug=typed.slug, time_zone=typed.time_zone, currency=typed.currency
    )
    async with database.transaction(actor.org_id) as tx:
        return str(await tx.scalar(text("SELECT slug FROM organisations")))


async def add_user(
    database: Database, org: str, person: NewUser, now: datetime, *, password: str | None = None
) -> str | None:
    """Add a person; without a password, returns the token of an invitation instead."""
    try:
        typed = UserArguments(email=person.email, name=person.name, role=person.role, password=password)
    except ValidationError as error:
        raise _refusal(error) from None
    actor = system_actor(await get_organisation_id(database, org))
    person = NewUser(typed.email, typed.name, typed.role)
    hashed = await hash_password(typed.password) if typed.password else None
    async with database.transaction(actor.org_id) as tx:
        if hashed is None:
            return (await invite_user(tx, actor, person, now)).token
        await create_user(tx, actor, person, now, password_hash=hashed)
    return None


async def make_key(
    database: Database, org: str, name: str, scopes: Collection[str], now: datetime, *, days: int | None = None
) -> str:
    """Make an API key; returns its token. The scope `all` stands for every scope there is."""
    try:
        typed = KeyArguments(name=name, days=days)
    except ValidationError as error:
        raise _refusal(error) from None
    wanted = tuple(PERMISSIONS) if ALL_SCOPES in scopes else scopes
    expires_at = now + timedelta(days=typed.days) if typed.days is not None else None
    actor = system_actor(await get_organisation_id(database, org))
    async with database.transaction(actor.org_id) as tx:
        return (await create_api_key(tx, actor, typed.name, wanted, now, expires_at=expires_at)).token


async def verify_logs(database: Database, org: str | None) -> list[tuple[str, ChainReport]]:
    """Check the audit log of one organisation, or of all; returns what was found by slug."""
    reports = []
    for org_id, slug in await _list_organisations(database, org):
        async with database.transaction(org_id) as tx:
            reports.append((slug, await verify_chain(tx, org_id)))
    return reports


async def get_organisation_id(database: Database, slug: str) -> UUID:
    """Return the organisation of a slug; raises NotFound."""
    return (await _list_organisations(database, slug))[0][0]


async def _list_organisations(database: Database, slug: str | None) -> Sequence[tuple[UUID, str]]:
    async with database.outside() as tx:
        rows = (await tx.execute(_ORGANISATIONS)).all()
    found = [(row.org_id, row.slug) for row in rows if slug in (None, row.slug)]
    if slug is not None and not found:
        raise NotFound(f"There is no organisation with the slug {slug}.")
    return found
