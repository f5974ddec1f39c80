"""Edits by people: given values replace, explicit nulls clear, and the lead enters the corridor again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text, update

from oppspot.core.actor import Actor
from oppspot.core.audit import record_audit
from oppspot.core.bulk import insert_rows
from oppspot.core.db import Transaction
from oppspot.core.errors import Conflict, FieldProblem, Invalid, NotFound
from oppspot.corridor.company_book import move_company_keys, open_company_book
from oppspot.corridor.company_relations import RELATIONS, check_relations
from oppspot.corridor.loading import load_companies, take_turn
from oppspot.corridor.merging import COMPANY_FIELDS, CONTACT_FIELDS, LEAD_FIELDS, is_same, new_company
from oppspot.corridor.pipeline import amend
from oppspot.corridor.routing import SETTLED
from oppspot.corridor.types import Cause, LeadResult, LeadState
from oppspot.leads.models import Company, Lead, LeadIdentity
from oppspot.leads.types import NO_COMPANY, AttributeDeclaration, CompanyInput, LeadInput, Rejected
from oppspot.leads.validating import validate_lead
from oppspot.routing.models import OPEN_STATUSES, Assignment

Document = Mapping[str, Any]

# What says who a lead is; each must stay that lead's own.
_IDENTITIES: Final = {"email": "email", "external_id": "external"}
_ALSO_EDITABLE: Final = ("status", "stage")


async def edit_lead(
    tx: Transaction,
    actor: Actor,
    lead_id: UUID,
    changes: Document,
    declared: Mapping[str, AttributeDeclaration],
    now: datetime,
) -> LeadResult:
    """Change a lead; raises Invalid naming fields, Conflict when an identity is another lead's, NotFound."""
    await take_turn(tx, actor.org_id)
    given = check_changes(changes, declared)
    await _move_identities(tx, actor.org_id, lead_id, changes, given)
    changes, joined = await _settle_company(tx, actor.org_id, lead_id, changes, given, now)

    def apply(state: LeadState) -> None:
        if joined is not None:
            state.changes["lead.company_id"] = [None, joined]
        _apply(state, changes, given, now)

    if changes.get("status") in SETTLED:
        await close_assignments(tx, actor.org_id, [lead_id], now)
    results = await amend(tx, actor, [lead_id], apply, now, Cause("edit"))
    if not results:
        raise NotFound("There is no such lead.")
    return results[0]


def check_changes(changes: Document, declared: Mapping[str, AttributeDeclaration]) -> LeadInput:
    """Return the values given in normal form; nulls are left to the caller."""
    document = {name: value for name, value in changes.items() if name not in _ALSO_EDITABLE and value is not None}
    # An edit need not say again who the lead is; any identity satisfies that check.
    checked = validate_lead({"external_id": "unchanged"} | document, declared)
    if isinstance(checked, Rejected):
        raise Invalid(checked.problems[0].message, errors=checked.problems)
    if checked.warnings:
        raise Invalid(checked.warnings[0].message, errors=checked.warnings)
    return checked


def _apply(state: LeadState, changes: Document, given: LeadInput, now: datetime) -> None:
    _set_given(state, state.lead, "lead", LEAD_FIELDS, changes, given)
    _set_given(state, state.contact, "contact", CONTACT_FIELDS, changes, given)
    if "company" in changes and changes["company"] is None:
        _leave_company(state)
    if state.company is not None:
        _set_given(state, state.company, "company", COMPANY_FIELDS, changes.get("company") or {}, given.company)
    for name in _ALSO_EDITABLE:
        if changes.get(name) is not None:
            _set(state, state.lead, "lead", name, changes[name])
    for key, value in (changes.get("attributes") or {}).items():
        _set_attribute(state, key, None if value is None else given.attributes.get(key))
    for row in (state.lead, state.contact, state.company) if state.changes else ():
        if row is not None:
            row["updated_at"] = now
    if changes.get("status") in SETTLED:
        state.lead["sla_due_at"] = state.lead["next_check_at"] = None


def _leave_company(state: LeadState) -> None:
    if state.company is not None:
        state.changes["lead.company_id"] = [state.lead["company_id"], None]
        state.lead["company_id"] = state.contact["company_id"] = state.company = None


def _set_given(
    state: LeadState, row: dict[str, Any], label: str, names: Sequence[str], changes: Document, given: object
) -> None:
    for name in names:
        if name in changes:
            _set(state, row, label, name, None if changes[name] is None else getattr(given, name))


def _set(state: LeadState, row: dict[str, Any], label: str, name: str, value: Any) -> None:
    if not is_same(value, row[name]):
        state.changes[f"{label}.{name}"] = [row[name], value]
        row[name] = value


def _set_attribute(state: LeadState, key: str, value: Any) -> None:
    held = state.lead["attributes"]
    if held.get(key) != value:
        state.changes[f"attributes.{key}"] = [held.get(key), value]
        kept = {name: item for name, item in held.items() if name != key}
        state.lead["attributes"] = kept if value is None else kept | {key: value}


async def _move_identities(tx: Transaction, org_id: UUID, lead_id: UUID, changes: Document, given: LeadInput) -> None:
    """Let go of identities that are replaced or cleared, and take the new ones unless somebody has them."""
    for field, kind in _IDENTITIES.items():
        if field not in changes:
            continue
        value = None if changes[field] is None else getattr(given, field)
        if value is not None:
            await _refuse_if_held(tx, org_id, lead_id, field, kind, value)
        identities = LeadIdentity.org_id == org_id, LeadIdentity.lead_id == lead_id, LeadIdentity.kind == kind
        await tx.execute(delete(LeadIdentity).where(*identities))
        if value is not None:
            await insert_rows(tx, LeadIdentity, [{"org_id": org_id, "kind": kind, "key": value, "lead_id": lead_id}])


async def _refuse_if_held(tx: Transaction, org_id: UUID, lead_id: UUID, field: str, kind: str, value: str) -> None:
    holder = await tx.scalar(
        select(LeadIdentity.lead_id).where(
            LeadIdentity.org_id == org_id, LeadIdentity.kind == kind, LeadIdentity.key == value
        ),
    )
    if holder is not None and holder != lead_id:
        problem = FieldProblem(field, f"belongs to lead {holder}", "one that no other lead has")
        raise Conflict(f"Another lead already has this {field.replace('_', ' ')}.", errors=[problem])


async def _settle_company(
    tx: Transaction, org_id: UUID, lead_id: UUID, changes: Document, given: LeadInput, now: datetime
) -> tuple[Document, UUID | None]:
    """Make sure there is a company to change and that its identities follow.

    Returns the changes to make and the company the lead joins, None when it has one already.
    """
    lead = (await tx.execute(select(Lead.company_id).where(Lead.org_id == org_id, Lead.id == lead_id))).one_or_none()
    said = {name: value for name, value in (changes.get("company") or {}).items() if name in COMPANY_FIELDS}
    if lead is None or not said:
        return changes, None
    if lead.company_id is not None:
        await _move_company(tx, org_id, lead.company_id, said, given.company, "company.")
        return changes, None
    # Nothing is cleared by joining: a null about a company the lead does not have says nothing.
    said = {name: value for name, value in said.items() if value is not None}
    changes = {**changes, "company": said}
    return changes, await _join_company(tx, org_id, lead_id, said, given, now) if said else None


_JOIN: Final = (
    text("UPDATE leads SET company_id = :company_id WHERE org_id = :org_id AND id = :lead_id"),
    text(
        "UPDATE contacts AS c SET company_id = :company_id FROM leads AS l "
        "WHERE l.org_id = :org_id AND l.id = :lead_id AND c.org_id = l.org_id AND c.id = l.contact_id",
    ),
)


async def _join_company(
    tx: Transaction, org_id: UUID, lead_id: UUID, said: Document, given: LeadInput, now: datetime
) -> UUID:
    """Let a lead and its contact join the company it is now said to be of, known or new; raises Invalid."""
    about = LeadInput(company=given.company)
    book = await open_company_book(tx, org_id, [about])
    company_id = book.resolve(about)
    if company_id is None:
        accepted = "a name, a domain or a registration number"
        raise Invalid(
            "The lead has no company yet; say which one it is.",
            errors=[FieldProblem("company", "does not say which company it is", accepted)],
        )
    if company_id in book.new_ids:
        await insert_rows(tx, Company, [new_company(org_id, company_id, about, now)])
        await move_company_keys(tx, org_id, company_id, NO_COMPANY, given.company, "company.")
    else:
        await _move_company(tx, org_id, company_id, said, given.company, "company.")
    for statement in _JOIN:
        await tx.execute(statement, {"org_id": org_id, "lead_id": lead_id, "company_id": company_id})
    return company_id


async def _move_company(
    tx: Transaction, org_id: UUID, company_id: UUID, changes: Document, given: CompanyInput, prefix: str
) -> None:
    row = (await load_companies(tx, org_id, [company_id]))[company_id]
    before = replace(NO_COMPANY, **{name: row[name] for name in COMPANY_FIELDS})
    after = replace(
        before, **{name: None if value is None else getattr(given, name) for name, value in changes.items()}
    )
    await move_company_keys(tx, org_id, company_id, before, after, prefix)


async def close_assignments(tx: Transaction, org_id: UUID, lead_ids: Sequence[UUID], now: datetime) -> None:
    """End the open assignments of leads whose business is finished."""
    await tx.execute(
        update(Assignment)
        .where(Assignment.org_id == org_id, Assignment.lead_id.in_(lead_ids), Assignment.status.in_(OPEN_STATUSES))
        .values(status="completed", completed_at=now, ended_at=now)
        .execution_options(synchronize_session=False),
    )


_LEADS_OF = text("SELECT id FROM leads WHERE org_id = :org_id AND company_id = :company_id")


async def edit_company(tx: Transaction, actor: Actor, company_id: UUID, changes: Document, now: datetime) -> int:
    """Change a company; its leads are assessed anew. Returns how many there are; raises Invalid, NotFound."""
    await take_turn(tx, actor.org_id)
    company = await tx.get(Company, (actor.org_id, company_id))
    if company is None:
        raise NotFound("There is no such company.")
    said = {name: value for name, value in changes.items() if name not in RELATIONS}
    given = check_changes({"company": {k: v for k, v in said.items() if v is not None}}, {}).company
    related = await check_relations(tx, actor.org_id, company_id, changes)
    moved = {name: {"from": getattr(company, name), "to": value} for name, value in related.items()}
    await _move_company(tx, actor.org_id, company_id, said, given, "")
    for name, value in said.items():
        setattr(company, name, None if value is None else getattr(given, name))
    for name, related_id in related.items():
        setattr(company, name, related_id)
    company.updated_at = now
    await tx.flush()
    ids = list((await tx.execute(_LEADS_OF, {"org_id": actor.org_id, "company_id": company_id})).scalars())
    payload = {"fields": sorted(changes), "leads": len(ids)} | ({"changes": moved} if moved else {})
    await record_audit(tx, actor, "company.updated", ("company", company_id), now, payload=payload)
    tx.expunge(company)
    await amend(tx, actor, ids, lambda _state: None, now, Cause("company"))
    return len(ids)
