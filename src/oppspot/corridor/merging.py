"""How a raw lead joins what is known: given values replace, missing ones leave alone; nothing is cleared by silence."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from oppspot.corridor.types import LeadState
from oppspot.leads.identities import company_domain
from oppspot.leads.types import CompanyInput, LeadInput

LEAD_FIELDS: Final = ("external_id", "source", "product_interest")
CONTACT_FIELDS: Final = ("email", "first_name", "last_name", "title", "phone", "country", "region", "postcode")
COMPANY_FIELDS: Final = (
    "name",
    "domain",
    "registration_number",
    "country",
    "region",
    "postcode",
    "industry",
    "sic_code",
    "employees",
    "annual_revenue",
    "growth_rate",
    "funding_stage",
    "credit_score",
    "technologies",
)


def new_company(org_id: UUID, company_id: UUID, given: LeadInput, now: datetime) -> dict[str, Any]:
    """Return the row of a company seen for the first time; an address at its domain names the domain."""
    row: dict[str, Any] = {"org_id": org_id, "id": company_id, "created_at": now, "updated_at": now}
    for name in COMPANY_FIELDS:
        row[name] = getattr(given.company, name)
    row["domain"] = company_domain(given)
    return row


def new_lead(org_id: UUID, lead_id: UUID, contact_id: UUID, given: LeadInput, now: datetime) -> LeadState:
    """Return the state of a lead seen for the first time, without its company."""
    contact: dict[str, Any] = {"org_id": org_id, "id": contact_id, "company_id": None}
    for name in CONTACT_FIELDS:
        contact[name] = getattr(given, name)
    contact["created_at"] = contact["updated_at"] = now
    lead: dict[str, Any] = {
        "org_id": org_id,
        "id": lead_id,
        "contact_id": contact_id,
        "company_id": None,
        "external_id": given.external_id,
        "source": given.source,
        "product_interest": given.product_interest,
        "status": "new",
        "stage": "lead",
        "attributes": dict(given.attributes),
        "owner_id": None,
        "queue": None,
        "sla_due_at": None,
        "queue_breached_at": None,
        "next_check_at": None,
        "framework_choice": None,
        "overrides": {},
        "import_id": None,
        "created_at": now,
        "updated_at": now,
    }
    return LeadState(id=lead_id, lead=lead, contact=contact, company=None, is_new=True)


def _replace(row: dict[str, Any], names: tuple[str, ...], given: Any, label: str, state: LeadState) -> bool:
    changed = False
    for name in names:
        value = getattr(given, name)
        if value is None or is_same(value, row[name]):
            continue
        _note_change(state, f"{label}.{name}", row[name], value)
        row[name] = value
        changed = True
    return changed


def is_same(value: Any, held: Any) -> bool:
    """Compare a given value with a stored one, which has decimals for floats and lists for tuples."""
    if isinstance(value, float) and isinstance(held, Decimal):
        return Decimal(repr(value)) == held
    if isinstance(value, tuple) and held is not None:
        return list(value) == list(held)
    return bool(value == held)


def _note_change(state: LeadState, name: str, old: Any, new: Any) -> None:
    """Note a change; of several in one batch the first old value counts."""
    first = state.changes.get(name)
    state.changes[name] = [first[0] if first else old, new]


def merge_lead(state: LeadState, given: LeadInput, foreign: Collection[str], now: datetime) -> None:
    """Take over what a raw lead says about a lead that is known; notes each change.

    Fields named in `foreign` carry another lead's identity and stay as they are.
    """
    if _replace(state.lead, _own(LEAD_FIELDS, foreign), given, "lead", state):
        state.lead["updated_at"] = now
    if _replace(state.contact, _own(CONTACT_FIELDS, foreign), given, "contact", state):
        state.contact["updated_at"] = now
    _merge_attributes(state, given, now)


def _own(names: tuple[str, ...], foreign: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in foreign) if foreign else names


def _merge_attributes(state: LeadState, given: LeadInput, now: datetime) -> None:
    held = state.lead["attributes"]
    fresh = {key: value for key, value in given.attributes.items() if held.get(key) != value}
    if fresh:
        for key, value in fresh.items():
            _note_change(state, f"attributes.{key}", held.get(key), value)
        state.lead["attributes"] = {**held, **fresh}
        state.lead["updated_at"] = now


def merge_company(state: LeadState, company: dict[str, Any], given: CompanyInput, now: datetime) -> bool:
    """Take over what a raw lead says about its company; returns whether the company changed."""
    changed = _replace(company, COMPANY_FIELDS, given, "company", state)
    if changed:
        company["updated_at"] = now
    return changed
